"""What holds for every plan, in any world."""

import numpy as np
import pytest
from hypothesis import given, settings

from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.response import response_of
from optimizer.rules import Band, Elasticity
from tests.optimizer.worlds import channel, problem, worlds


def comparable(plan: Plan) -> Allocation:
    """The current budget cut pro rata to the money that the plan spends."""
    base = plan.problem
    spend = base.current * plan.allocation.spend.sum() / base.current.sum()
    return Allocation.of(base, spend, base.budget - spend.sum(axis=0))


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_plan_keeps_every_rule_ties_out_and_is_no_worse_than_staying_put(
    world: AllocationProblem,
) -> None:
    plan = reallocate(world)
    assert not violations(plan.allocation)
    placed = plan.allocation.spend.sum(axis=0) + plan.allocation.pool
    assert np.allclose(placed, world.budget, rtol=1e-15, atol=1e-4 * world.minor_unit)
    brought = response_of(world).value(plan.allocation.spend)
    assert plan.objective == pytest.approx(brought, rel=1e-12)
    assert plan.bound >= plan.objective
    assert plan.objective >= plan.current_objective
    if world.current.sum() > 0 and not violations(comparable(plan)):
        without_moving, response = comparable(plan).spend, response_of(world)
        # The plan is in whole cents; the budget it is compared with need not be.
        cents = world.minor_unit * float(response.marginal(without_moving).sum())
        assert plan.objective >= response.value(without_moving) * (1 - 1e-12) - cents
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)


def test_rows_come_by_quarter_then_in_the_budgets_order_then_the_reserve() -> None:
    base = problem((channel("b"), channel("a")), [[1.0, 2.0], [3.0, 4.0]])
    rows = [(row.quarter, row.channel) for row in reallocate(base).rows]
    assert rows == [(q, c) for q in ("2027Q1", "2027Q2") for c in ("b", "a", "reserve")]


def test_the_gain_is_against_the_same_money_without_moving_it() -> None:
    base = problem((channel("a"), channel("b")), [[100.0], [100.0]], pool=20.0)
    plan = reallocate(base)
    assert plan.comparable_objective == plan.current_objective
    assert plan.objective == pytest.approx(plan.comparable_objective)


def test_every_amount_has_a_reason() -> None:
    base = problem(
        (channel("a", 4000, 50), channel("b"), channel("c", 90)),
        np.full((3, 1), 100.0),
        (Elasticity(default=Band(0.2, 0.2)),),
    )
    reasons = {row.channel: row.reason for row in reallocate(base).rows}
    assert reasons["a"].startswith("a may move 20 % up and no further; one more CNY")
    assert reasons["c"].startswith("c may move 20 % down and no further; one more CNY")
    assert reasons["b"].startswith("free within its limits")
