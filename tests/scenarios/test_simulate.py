"""Plans in many futures: what planners ask of them, each against plain arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from optimizer.closed import Closed
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.rules import Band, Elasticity, Target
from scenarios import judging
from scenarios.futures import Event, Futures, Spread, draw
from scenarios.judging import Contender, Judged, approved, scale_of, worst_of
from scenarios.scenario import Scenario, apply
from scenarios.simulate import Simulation, simulate
from tests.optimizer.worlds import channel, problem, with_rules

SLUMP = Event("slump", 0.3, quarters=2, demand=0.5)
CHANNELS = (channel("Search", 1000.0, 200.0), channel("TV", 900.0, 600.0))


def two_quarters(**fields) -> AllocationProblem:
    base = problem(CHANNELS, [[300.0, 300.0], [300.0, 300.0]], **fields)
    return with_rules(base, Elasticity(default=Band(0.3, 0.3)), Target("response", 1700.0, "CNY"))


BASE = problem(CHANNELS, [[300.0, 300.0], [300.0, 300.0]])


def moved(base: AllocationProblem, to_search: float) -> Allocation:
    spend = base.current + np.array([[to_search], [-to_search]])
    return Allocation.of(base, spend, base.current_pool)


def contenders(base: AllocationProblem, *to_search: float) -> list[Contender]:
    now = Contender("current budget", "current", (moved(base, 0.0),))
    return [
        now,
        *(Contender(f"{one:g} to Search", "plan", (moved(base, one),)) for one in to_search),
    ]


def futures(base: AllocationProblem, *events: Event, count: int = 500, seed: int = 1) -> Futures:
    return draw(base.channels, len(base.quarters), Spread(), events, 0, count, seed)


def judged(
    base: AllocationProblem, *to_search: float, events: tuple[Event, ...] = ()
) -> Simulation:
    plans = contenders(base, *to_search)
    names = [event.name for event in events]
    return simulate(base, plans, plans[-1].name, futures(base, *events), names)


def brings(base: AllocationProblem, drawn: Futures, k: int, spend: np.ndarray) -> float:
    """What amounts bring in one future, in plain arithmetic."""
    total = 0.0
    for c, one in enumerate(base.channels):
        assert one.curve is not None
        for q in range(len(base.quarters)):
            media = spend[c, q] / drawn.media_price[k, c, q]
            total += drawn.demand[k, c, q] * one.curve.top * media / (media + one.curve.half)
    return total


def test_every_plan_is_worth_in_every_future_what_plain_arithmetic_says() -> None:
    drawn = futures(BASE, SLUMP)
    plans = contenders(BASE, 60.0)
    found = simulate(BASE, plans, plans[1].name, drawn, ["slump"])
    for one, plan in zip(found.contenders, plans, strict=True):
        spend = plan.allocations[0].spend
        expected = [brings(BASE, drawn, k, spend) for k in range(len(drawn))]
        assert one.values == pytest.approx(np.array(expected))
        assert one.distribution.mean == pytest.approx(np.mean(expected))
        assert one.distribution.quantiles[2] == pytest.approx(np.median(expected))
        assert one.distribution.worst == pytest.approx(np.mean(sorted(expected)[:25]))


def test_all_plans_meet_the_same_futures() -> None:
    found = judged(BASE, 0.0)
    one, same = found.contenders
    assert np.array_equal(one.values, same.values)
    assert same.below_current == 0.0


def test_how_futures_are_taken_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = judged(BASE, 60.0, events=(SLUMP,))
    monkeypatch.setattr(judging, "_AT_ONCE", 40)
    parts = judged(BASE, 60.0, events=(SLUMP,))
    for one, same in zip(whole.contenders, parts.contenders, strict=True):
        assert one.values == pytest.approx(same.values, rel=1e-12)


def test_without_any_spread_every_future_is_the_plan() -> None:
    calm = draw(BASE.channels, 2, Spread(0, 0, 0, 0, 0), (), 0, 10, 1)
    base = two_quarters()
    plan = reallocate(base)
    plans = [contenders(base)[0], Contender("plan", "plan", (plan.allocation,))]
    found = simulate(base, plans, "plan", calm, [])
    assert found["plan"].values == pytest.approx(np.full(10, plan.objective))
    assert found["plan"].distribution.deviation == pytest.approx(0.0, abs=1e-9)


def test_a_target_is_missed_as_often_as_futures_bring_less() -> None:
    base = two_quarters()
    found = judged(base, 60.0)
    for one in found.contenders:
        assert one.missed["response"] == pytest.approx(
            np.mean(one.values < 1700.0 - 0.1), abs=0.005
        )
    assert 0 < found.contenders[1].missed["response"] < 1


def test_a_plan_that_bets_on_one_channel_is_below_the_current_budget_where_that_fails() -> None:
    found = judged(BASE, 295.0)
    current, plan = found.contenders
    assert plan.below_current == pytest.approx(np.mean(plan.values < current.values))


def test_a_rare_event_of_probability_0_changes_nothing() -> None:
    never = replace(SLUMP, name="never", probability=0.0)
    without = judged(BASE, 60.0, events=(SLUMP,))
    with_it = judged(BASE, 60.0, events=(never, SLUMP))
    for one, same in zip(without.contenders, with_it.contenders, strict=True):
        assert np.array_equal(one.values, same.values)
    assert with_it.factors == without.factors
    assert with_it.events[1:] == without.events
    assert with_it.events[0].share == 0.0
    assert with_it.events[0].effect is None


def test_what_hurts_is_what_the_worst_futures_have_more_of() -> None:
    found = judged(BASE, 60.0, events=(SLUMP, Event("harmless", 0.3, media_price=1.001)))
    slump, harmless = found.events
    assert slump.share_worst > 0.9 > 0.4 > slump.share
    assert slump.effect is not None
    assert slump.effect < 0
    assert abs(harmless.share_worst - harmless.share) < 0.25
    assert found.factors[0].demand_worst < 0.8 < 0.8 * found.factors[0].demand + 0.2
    assert [factor.channel for factor in found.factors] == [None, "Search", "TV"]


def test_the_plan_that_answers_an_event_best_is_the_one_away_from_the_channel_it_hits() -> None:
    crisis = Event("crisis", 0.3, quarters=2, channel_demand={"TV": 0.1})
    plans = contenders(BASE, -100.0, 100.0)
    found = simulate(BASE, plans, "-100 to Search", futures(BASE, crisis), ["crisis"])
    assert found.events[0].best == "100 to Search"
    assert found.best_there == "100 to Search"
    worst = worst_of(found["-100 to Search"].values)
    for one in found.contenders:
        assert found.there[one.name] == pytest.approx(one.values[worst].mean())


def test_a_plan_with_more_money_than_the_scenario_has_is_no_answer_to_it() -> None:
    richer = apply(Scenario("growth", budget=(1.5,)), BASE)
    rich = Allocation.of(richer, 1.5 * BASE.current, richer.current_pool)
    plans = [*contenders(BASE, 60.0), Contender("rich", "plan", (rich,))]
    found = simulate(BASE, plans, "60 to Search", futures(BASE, SLUMP), ["slump"])
    assert found["rich"].distribution.mean > found["60 to Search"].distribution.mean
    assert not found["rich"].within_budget
    assert found.best_there != "rich"
    assert found.events[0].best != "rich"


@pytest.mark.parametrize("money", [0.9, 1.25])
def test_the_approved_budget_is_judged_at_the_scenarios_money(money: float) -> None:
    base = problem(CHANNELS, [[300.0, 200.0], [300.0, 400.0]], pool=50.0)
    own = apply(Scenario("own", budget=(1.0, money)), base)
    found = approved(own)
    assert found.spend == pytest.approx(base.current * [[1.0, money]])
    assert found.pool == pytest.approx(base.current_pool * [1.0, money])
    assert found.spend.sum() + found.pool.sum() == pytest.approx(own.budget.sum())
    assert scale_of(own).tolist() == pytest.approx([1.0, money])
    plans = [Contender("current budget", "current", (found,))]
    judged = simulate(own, plans, "current budget", futures(own), [])
    assert judged.contenders[0].within_budget
    assert judged.scale == (1.0, pytest.approx(money))


def test_what_is_closed_stands_in_the_approved_budget_too_even_where_it_took_more() -> None:
    own = apply(Scenario("own", budget=(1.5,)), BASE)
    over = replace(BASE, budget=1.4 * BASE.budget)
    taken = Allocation.of(over, 1.4 * BASE.current, BASE.current_pool)
    own = replace(own, budget=np.array([600.0, 900.0]), closed=Closed.of(taken, 1))
    found = approved(own)
    assert found.spend.tolist() == [[420.0, 450.0], [420.0, 450.0]]
    plans = [Contender("current budget", "current", (found,))]
    assert simulate(own, plans, "current budget", futures(own), []).contenders[0].within_budget


def hedge(base: AllocationProblem) -> Contender:
    """Search where demand is high, TV where it is low."""
    growth, recession = (
        apply(Scenario(name, demand=(demand,)), base)
        for name, demand in (("growth", 1.3), ("recession", 0.7))
    )
    return Contender("hedge", "hedge", (moved(growth, 100.0), moved(recession, -100.0)))


def test_a_playbook_does_in_every_future_what_it_says_for_the_scenario_that_is_nearest() -> None:
    none = np.ones((2, 2, 2))
    drawn = Futures(
        np.array([1.25, 0.8])[:, None, None] * none, none, np.zeros(2, int), none[:, :0, 0] > 0
    )
    plans = [*contenders(BASE, 100.0, -100.0), hedge(BASE)]
    found = simulate(BASE, plans, "hedge", drawn, [])
    up, down, both = found.contenders[1:]
    assert both.values.tolist() == pytest.approx([up.values[0], down.values[1]])
    assert both.spend == pytest.approx(BASE.current.sum())


@pytest.mark.parametrize("kind", ["profit", "spend"])
def test_what_is_measured_is_profit_where_that_is_sought_and_response_elsewhere(kind: str) -> None:
    base = two_quarters(objective=kind)
    found = judged(base, 60.0)
    plain: Judged = judged(BASE, 60.0).contenders[1]
    paid = base.current.sum() if kind == "profit" else 0.0
    assert found.contenders[1].values == pytest.approx(plain.values - paid)
    assert found.measure == ("profit" if kind == "profit" else "response")


def test_what_is_closed_is_as_it_was_in_every_future() -> None:
    now = moved(BASE, 0.0)
    base = replace(BASE, closed=Closed.of(now, 1))
    drawn = futures(base, SLUMP)
    found = simulate(base, contenders(base, 60.0), "60 to Search", drawn, ["slump"])
    calm = np.ones((len(drawn), 2, 1))
    known = replace(
        drawn,
        demand=np.concatenate([calm, drawn.demand[:, :, 1:]], axis=2),
        media_price=np.concatenate([calm, drawn.media_price[:, :, 1:]], axis=2),
    )
    spend = moved(base, 60.0).spend
    assert spend[:, 0].tolist() == [300.0, 300.0]
    expected = [brings(base, known, k, spend) for k in range(len(drawn))]
    assert found["60 to Search"].values == pytest.approx(np.array(expected))
