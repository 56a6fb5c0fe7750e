"""Every future planned anew: what the allocation would be, and what plans lose against it."""

from dataclasses import replace

import numpy as np
import pytest
from joblib import parallel_config

from optimizer.problem import Allocation
from optimizer.reallocate import reallocate
from optimizer.rules import Band, Elasticity, Target
from scenarios.futures import Spread, draw
from scenarios.judging import Contender
from scenarios.reoptimise import GAP, reoptimise, reoptimised
from scenarios.replan import Answer
from scenarios.simulate import simulate, worlds_of
from tests.optimizer.worlds import channel, problem, with_rules

BASE = with_rules(
    problem((channel("Search", 1000.0, 200.0), channel("TV", 900.0, 600.0)), [[300.0], [300.0]]),
    Elasticity(default=Band(0.3, 0.3)),
)
FUTURES = draw(BASE.channels, 1, Spread(), (), 0, 12, 1)
WORLDS = worlds_of(BASE, FUTURES)


def simulation(base=BASE):
    plan = reallocate(base)
    now = Allocation.of(base, base.current, base.current_pool)
    plans = [Contender("now", "current", (now,)), Contender("plan", "plan", (plan.allocation,))]
    return simulate(base, plans, "plan", FUTURES, [])


def test_every_future_gets_the_plan_of_a_planner_who_knows_it():
    for k, found in enumerate(reoptimise(BASE, WORLDS, jobs=1)):
        known = replace(BASE, demand=WORLDS.demand[k], media_price=WORLDS.media_price[k])
        assert isinstance(found, Answer)
        best = max(
            float(one.objective)
            for one in (reallocate(replace(known, tolerance=GAP)), reallocate(known))
        )
        assert found.objective == pytest.approx(best, rel=2 * GAP)


def test_the_number_of_workers_changes_nothing():
    one, two = reoptimise(BASE, WORLDS, jobs=1), reoptimise(BASE, WORLDS, jobs=2)
    for found, same in zip(one, two, strict=True):
        assert np.array_equal(found.spend, same.spend)
        assert found.objective == same.objective


def test_whatever_backend_joblib_is_told_to_use_does_the_work():
    one = reoptimise(BASE, WORLDS, jobs=1)
    with parallel_config("threading", n_jobs=2):
        two = reoptimise(BASE, WORLDS)
    assert [found.objective for found in one] == [found.objective for found in two]


@pytest.mark.long
# The cluster is distributed's own affair: what it deprecates or closes late says nothing of ours.
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_plans():
    distributed = pytest.importorskip("distributed")
    alone = reoptimise(BASE, WORLDS, jobs=1)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
    )
    with cluster, distributed.Client(cluster), parallel_config("dask"):
        spread = reoptimise(BASE, WORLDS)
    for one, same in zip(alone, spread, strict=True):
        assert np.array_equal(one.spend, same.spend)
        assert one.objective == same.objective


def test_no_plan_beats_the_plan_of_a_future_in_it():
    found = reoptimised(BASE, simulation(), reoptimise(BASE, WORLDS, jobs=1))
    assert found.planned == 12
    assert found.gap <= GAP
    now, plan = found.regrets
    assert plan.mean >= -GAP * 1000
    assert now.mean > plan.mean
    assert plan.mean <= plan.high <= plan.most


def test_the_spread_is_of_the_amounts_that_the_futures_plans_give():
    answers = reoptimise(BASE, WORLDS, jobs=1)
    found = reoptimised(BASE, simulation(), answers)
    search = [float(one.spend[0].sum()) for one in answers]
    assert found.spreads[0].channel == "Search"
    assert found.spreads[0].quantiles == pytest.approx(np.quantile(search, [0.1, 0.5, 0.9]))
    assert [one.channel for one in found.spreads] == ["Search", "TV", "reserve"]


def test_futures_in_which_the_rules_collide_are_counted_and_left_out():
    base = with_rules(BASE, Elasticity(default=Band(0.1, 0.1)), Target("response", 940.0, "CNY"))
    answers = reoptimise(base, WORLDS, jobs=1)
    found = reoptimised(base, simulation(BASE), answers)
    assert found.collided == answers.count("collided")
    assert 0 < found.collided < 12
    assert found.planned == 12 - found.collided


def test_progress_is_told_after_every_future():
    told = []
    reoptimise(BASE, WORLDS, jobs=1, done=lambda: told.append(1))
    assert len(told) == 12
