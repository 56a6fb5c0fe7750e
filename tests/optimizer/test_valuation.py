"""What plans come to in many worlds: each against a slow simulation of that world alone."""

from dataclasses import replace

import numpy as np
import pytest

from models.curve import Member
from models.period import Period
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.decision import decision_of
from optimizer.objective import expectation
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import reallocate
from optimizer.rules import (
    Band,
    CostOfResult,
    Elasticity,
    Package,
    Packages,
    RoiTarget,
    Target,
)
from optimizer.valuation import valued
from optimizer.worlds import Worlds, members_of
from tests.optimizer.worlds import channel, problem, with_rules

RANDOM = np.random.default_rng(5)


def worlds_around(base: AllocationProblem, count: int = 6) -> Worlds:
    shape = (count, *base.current.shape)
    demand, price = (RANDOM.uniform(0.5, 1.5, shape) for _ in range(2))
    return Worlds(RANDOM.integers(0, 3, count), base.demand * demand, base.media_price * price)


def now(base: AllocationProblem) -> Allocation:
    return Allocation.of(base, base.current, base.current_pool)


def hill(top: float, half: float, slope: float, s: float) -> float:
    return top * s**slope / (s**slope + half**slope) if s > 0 else 0.0


def one_week_after_the_other(
    base: AllocationProblem, worlds: Worlds, k: int, c: int, spend: np.ndarray
) -> float:
    """What one channel with weekly carry-over brings in one world, in plain arithmetic."""
    curve = base.channels[c].curve
    assert curve is not None
    top, half, slope, lag = curve.members[int(worlds.member[k])]
    current = float(base.current[c, 0])
    stock = without = current / 13 / (1 - lag)
    brought = 0.0
    for q in range(len(base.quarters)):
        demand, price = float(worlds.demand[k, c, q]), float(worlds.media_price[k, c, q])
        for _ in range(13):
            stock = lag * stock + float(spend[c, q]) / 13 / price
            without = lag * without
            gain = hill(top, half, slope, stock) - hill(top, half, slope, without)
            brought += demand * gain
    later = float(base.current[c, -1]) / 13 / price
    for week in range(1, 27):
        if lag**week < 1e-4:
            break
        stock, without = lag * stock + later, lag * without + later
        brought += demand * (hill(top, half, slope, stock) - hill(top, half, slope, without))
    return brought


def test_a_plan_brings_in_every_world_what_a_slow_simulation_of_it_says() -> None:
    members = (
        Member(90.0, 40.0, 1.2, 0.5),
        Member(70.0, 60.0, 2.0, 0.0),
        Member(99.0, 9.0, 1, 0.8),
    )
    base = channel("TV", 80.0, 45.0, carryover=0.4, period=Period.WEEK)
    assert base.curve is not None
    unsure = Channel("TV", replace(base.curve, members=members))
    two = problem((unsure, replace(unsure, name="Radio")), [[500.0, 400.0], [300.0, 600.0]])
    worlds, plan = worlds_around(two), now(two)
    plan = replace(plan, spend=plan.spend * [[1.2, 0.9], [0.7, 1.1]])
    (one,) = valued(Program(two), [plan], worlds)
    found = one.at(expectation(Program(two)))
    for k in range(len(worlds)):
        expected = sum(one_week_after_the_other(two, worlds, k, c, plan.spend) for c in (0, 1))
        assert found[k] == pytest.approx(expected, rel=1e-9)


def test_a_world_is_worth_to_a_plan_what_the_problem_of_that_world_says() -> None:
    forms = list(Form)
    channels = tuple(
        channel(f.value, carryover=0.3, period=Period.MONTH, form=f, slope=0.8) for f in forms
    )
    base = problem(channels, [[300.0, 200.0]] * len(forms))
    worlds = worlds_around(base)
    (one,) = valued(Program(base), [now(base)], worlds)
    found = one.at(expectation(Program(base)))
    for k in range(len(worlds)):
        known = worlds.one(base, k)
        program = Program(known)
        assert found[k] == pytest.approx(program.objective.at(decision_of(program, now(known))))


def test_what_results_cost_follows_the_results() -> None:
    seller = replace(channel("seller", 2000.0), value=0.5, cost_of_result=0.1)
    base = problem((seller,), [[400.0]], (CostOfResult(),), objective="profit")
    worlds = worlds_around(base)
    program, plan = Program(base), now(base)
    media = float(program.response.media(plan.spend)[0, 0])
    (one,) = valued(program, [plan], worlds)
    for k, profit in enumerate(one.at(expectation(program)).tolist()):
        demand, price = worlds.demand[k, 0, 0], worlds.media_price[k, 0, 0]
        brought = demand * hill(2000.0, 400.0, 1.0, media / price)
        assert profit == pytest.approx(0.5 * brought - media - 0.1 * brought)


def test_targets_are_missed_where_a_world_brings_too_little_for_them() -> None:
    base = problem((channel("TV", 1000.0),), [[400.0]])
    base = with_rules(base, Target("response", 500.0, "CNY"), RoiTarget(1.0))
    worlds = Worlds(
        np.zeros(3, dtype=int), np.array([[[0.9]], [[1.0]], [[0.7]]]), np.ones((3, 1, 1))
    )
    (one,) = valued(Program(base), [now(base)], worlds)
    assert one.missed["response"].tolist() == [True, False, True]
    assert one.missed["roi"].tolist() == [False, False, True]


def test_what_packages_bring_goes_with_demand() -> None:
    tools = Package("crm", "tools", "CRM", "2027Q1", 100.0, 60.0)
    base = problem((Channel("CRM"),), [[100.0]], (Packages((tools,)),))
    plan = replace(now(base), funded=frozenset({"crm"}))
    worlds = Worlds(np.zeros(2, dtype=int), np.array([[[0.5]], [[1.5]]]), np.ones((1, 1, 1)))
    (one,) = valued(Program(base), [plan], worlds)
    assert one.at(expectation(Program(base))).tolist() == pytest.approx([30.0, 90.0])


def test_whoever_knows_the_world_plans_at_least_as_well_in_it() -> None:
    members = (Member(500.0, 300.0, 1.0, 0.0), Member(2000.0, 500.0, 1.0, 0.0))
    unsure = channel("unsure", 1200.0)
    assert unsure.curve is not None
    unsure = replace(unsure, curve=replace(unsure.curve, members=members))
    base = problem((channel("known"), unsure), [[300.0], [300.0]])
    base = with_rules(base, Elasticity(default=Band(0.3, 0.3)))
    assert members_of(base) == 2
    plan = reallocate(base)
    worlds = worlds_around(base)
    worlds = replace(worlds, member=worlds.member % 2)
    (one,) = valued(Program(base), [plan.allocation], worlds)
    for k, value in enumerate(one.at(expectation(Program(base))).tolist()):
        assert reallocate(worlds.one(base, k)).bound >= value - 1e-6 * value
