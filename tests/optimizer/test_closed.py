"""Closed quarters: what is spent or decided stands, and the rest is planned around it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from optimizer.closed import Closed
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.response import response_of
from optimizer.rules import (
    Band,
    Budget,
    Capacity,
    Committed,
    CostOfResult,
    Elasticity,
    FixedCost,
    Floor,
    Launch,
    Moves,
    Package,
    Packages,
    Part,
    Reserve,
    Share,
)
from tests.optimizer.worlds import channel, problem, worlds


def closed(base: AllocationProblem, spend: list[list[float]], pool: float = 0.0) -> Closed:
    """The first quarters at these amounts, by quarter."""
    amounts = np.array(spend, dtype=float).T
    quarters = amounts.shape[1]
    return Closed(amounts, np.full(quarters, pool), np.zeros(quarters))


def two_channels(**fields: object) -> AllocationProblem:
    return problem(
        (channel("a", 4000, carryover=0.4), channel("b", 900, carryover=0.4)),
        np.full((2, 3), 100.0),
        (Elasticity(default=Band(0.2, 0.2)),),
        **fields,
    )


def test_a_closed_quarter_stays_as_it_is_and_breaks_no_rule() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[30.0, 200.0]])))
    assert plan.allocation.spend[:, 0].tolist() == [30.0, 200.0]
    assert not violations(plan.allocation)
    assert plan.allocation.spend[0, 1:].tolist() == [120.0, 120.0]


def test_the_rest_is_planned_for_the_carry_over_that_closed_quarters_leave() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[30.0, 200.0]])))
    assert plan.objective == pytest.approx(response_of(base).value(plan.allocation.spend))
    assert plan.gap <= base.tolerance


def test_no_rule_of_a_closed_quarter_is_listed_or_has_a_price() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[30.0, 200.0]])))
    assert {entry.quarter for entry in plan.rules} == {"2027Q2", "2027Q3"}


def test_rows_of_a_closed_quarter_say_so() -> None:
    base = two_channels()
    reasons = {("b", "2027Q1"): "closed: b's own", ("b", "2027Q2"): "not said: it is planned"}
    stands = replace(closed(base, [[30.0, 200.0]]), reasons=reasons)
    plan = reallocate(replace(base, closed=stands))
    first = [row for row in plan.rows if row.quarter == "2027Q1"]
    decided = "closed: this is what was decided"
    assert [row.reason for row in first] == [decided, "closed: b's own", decided]
    assert [row.current for row in first] == [100.0, 100.0, 0.0]
    assert [row.recommended for row in first] == [30.0, 200.0, 0.0]
    later = [row.reason for row in plan.rows if row.quarter != "2027Q1"]
    assert not any("closed" in reason or "not said" in reason for reason in later)


def test_a_share_over_the_horizon_counts_closed_quarters_as_they_are() -> None:
    base = problem(
        (channel("a", 9000), channel("b")),
        np.full((2, 2), 100.0),
        (Share("a's part", Part(frozenset({"a"})), (0.0, 0.5)),),
    )
    plan = reallocate(replace(base, closed=closed(base, [[150.0, 50.0]])))
    assert plan.allocation.spend[:, 1] == pytest.approx([50.0, 150.0])


def test_the_gain_is_against_the_approved_budget_in_the_quarters_that_are_left() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[30.0, 200.0]])))
    approved = np.array([[30.0, 100.0, 100.0], [200.0, 100.0, 100.0]])
    assert plan.current_objective == pytest.approx(response_of(base).value(approved))
    assert plan.comparable_objective == pytest.approx(plan.current_objective)


def test_what_a_closed_quarter_spent_beyond_its_budget_is_no_collision() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[300.0, 300.0]])))
    assert plan.allocation.spend.sum(axis=0) == pytest.approx([600.0, 200.0, 200.0])


def test_where_money_may_move_between_quarters_the_year_keeps_its_budget() -> None:
    base = two_channels(shift=0.2)
    plan = reallocate(replace(base, closed=closed(base, [[90.0, 90.0]])))
    assert plan.allocation.spend.sum() == pytest.approx(600.0)
    assert not violations(plan.allocation)


def test_all_kinds_of_switches_of_a_closed_quarter_stand() -> None:
    base = problem(
        (replace(channel("a"), fixed_cost=20.0), channel("b"), channel("c", 2000)),
        np.full((3, 2), 100.0),
        (
            Elasticity(default=Band(1.0, 1.0)),
            FixedCost(),
            Launch({"b": 60.0}),
            Moves(most=2, least=10.0),
            Floor({"c": 50.0}),
            Committed(frozenset({"b"})),
            Capacity("all", Part(frozenset({"a", "b", "c"})), 900.0),
        ),
    )
    for first in ([10.0, 5.0, 285.0], [0.0, 0.0, 300.0]):
        plan = reallocate(replace(base, closed=closed(base, [first])))
        assert plan.allocation.spend[:, 0].tolist() == first
        assert plan.gap <= base.tolerance
        assert plan.allocation.spend[1, 1] == 100.0


def test_packages_of_a_closed_quarter_are_funded_or_not() -> None:
    one = Package("one", "run", "c", "2027Q1", 40.0, 900.0)
    two = Package("two", "run", "c", "2027Q2", 60.0, 10.0, requires=("one",))
    base = problem(
        (channel("a"), channel("c")),
        [[100.0, 100.0], [60.0, 60.0]],
        (Packages((one, two)), Elasticity(default=Band(1.0, 1.0))),
    )
    first = closed(base, [[160.0, 0.0]])
    plan = reallocate(replace(base, closed=first))
    assert plan.allocation.funded == frozenset()
    plan = reallocate(replace(base, closed=replace(first, funded=frozenset({"one"}))))
    assert "one" in plan.allocation.funded


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_a_plan_that_is_entered_with_its_own_first_quarter_is_found_again(
    world: AllocationProblem,
) -> None:
    plan = reallocate(world)
    again = reallocate(replace(world, closed=Closed.of(plan.allocation, 1)))
    assert np.array_equal(again.allocation.spend[:, 0], plan.allocation.spend[:, 0])
    room = (plan.gap + again.gap) * max(abs(plan.objective), abs(plan.current_objective), 0.01)
    cents = world.minor_unit * float(response_of(world).marginal(plan.allocation.spend).sum())
    assert abs(again.objective - plan.objective) <= room + cents + 1e-9 * abs(plan.objective)


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_an_approved_first_quarter_that_is_closed_leaves_a_certified_rest(
    world: AllocationProblem,
) -> None:
    quarters = len(world.quarters)
    stands = Closed(world.current[:, :1], world.current_pool[:1], np.zeros(1))
    plan = reallocate(replace(world, closed=stands))
    assert not violations(plan.allocation)
    assert np.array_equal(plan.allocation.spend[:, 0], world.current[:, 0])
    assert plan.bound <= reallocate(world).bound * (1 + 1e-4) + 1e-6
    assert len(plan.rows) == quarters * (len(world.channels) + 1)


def test_everything_closed_is_only_counted() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[30.0, 200.0]] * 3)))
    assert isinstance(plan, Plan)
    assert plan.gap == pytest.approx(0.0, abs=1e-9)
    assert plan.rules == ()


def test_the_pool_of_closed_quarters_counts_in_the_reserve() -> None:
    base = problem(
        (channel("a"), channel("b")),
        np.full((2, 2), 100.0),
        (Reserve((0.1, 0.2)),),
        pool=20.0,
    )
    plan = reallocate(replace(base, closed=closed(base, [[110.0, 110.0]], pool=0.0)))
    assert plan.allocation.pool.tolist() == [0.0, pytest.approx(44.0)]


def test_profit_keeps_what_a_closed_quarter_left_unspent() -> None:
    base = two_channels(objective="profit")
    stands = Closed(np.array([[30.0], [60.0]]), np.zeros(1), np.array([110.0]))
    plan = reallocate(replace(base, closed=stands))
    assert plan.allocation.unspent[0] == 110.0
    assert not violations(plan.allocation)


@pytest.mark.parametrize(
    "wrong",
    [
        Closed(np.zeros((3, 1)), np.zeros(1), np.zeros(1)),
        Closed(np.zeros((2, 4)), np.zeros(4), np.zeros(4)),
    ],
)
def test_amounts_that_no_quarter_of_the_problem_can_hold_are_refused(wrong: Closed) -> None:
    with pytest.raises(ValueError, match="closed amounts must"):
        replace(two_channels(), closed=wrong)


def test_what_is_closed_need_not_be_a_whole_amount() -> None:
    base = two_channels(minor_unit=10.0)
    plan = reallocate(replace(base, closed=closed(base, [[91.237, 108.0]])))
    assert plan.allocation.spend[:, 0].tolist() == [91.237, 108.0]
    assert plan.allocation.spend[:, 1:] % 10 == pytest.approx(0.0)


def test_budget_is_listed_for_open_quarters_only() -> None:
    base = two_channels()
    plan = reallocate(replace(base, closed=closed(base, [[100.0, 100.0]])))
    named = {entry.quarter for entry in plan.rules if entry.rule == Budget.name}
    assert named == {"2027Q2", "2027Q3"}


def test_what_results_cost_in_a_closed_quarter_is_paid_from_what_was_spent() -> None:
    dear = replace(channel("a", 4000, carryover=0.4, slope=2.5), cost_of_result=0.02)
    base = problem(
        (dear, channel("b")),
        np.full((2, 2), 100.0),
        (Elasticity(default=Band(0.5, 0.5)), CostOfResult()),
    )
    plan = reallocate(replace(base, closed=closed(base, [[150.0, 20.0]])))
    assert plan.gap <= base.tolerance
    assert plan.objective == pytest.approx(response_of(base).value(plan.allocation.spend))
