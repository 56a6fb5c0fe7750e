"""A planner's own plan is judged by the same measure as ours."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.response import response_of
from optimizer.rules import Band, Elasticity, Target
from optimizer.score import score
from tests.optimizer.worlds import allocation, channel, problem, worlds


def world() -> AllocationProblem:
    """A strong and a weak channel, two quarters, ±20 %."""
    return problem(
        (channel("strong", 4000), channel("weak", 900), channel("middle", 1500)),
        [[300.0, 320.0], [300.0, 280.0], [200.0, 200.0]],
        (Elasticity(default=Band(0.2, 0.2)),),
        pool=50.0,
    )


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_the_plan_itself_scores_as_the_plan(base: AllocationProblem) -> None:
    plan = reallocate(base)
    found = score(plan.allocation, plan)
    assert found.objective == pytest.approx(plan.objective, rel=1e-12)
    assert found.shortfall == pytest.approx(0.0, abs=1e-9 * abs(plan.objective))
    assert found.violations == ()
    assert found.deviations == ()


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_the_current_budget_scores_what_the_plan_says_it_brings(base: AllocationProblem) -> None:
    plan = reallocate(base)
    found = score(allocation(base, base.current), plan)
    assert found.objective == pytest.approx(plan.current_objective, rel=1e-12)
    assert found.violations == ()
    assert found.shortfall >= -1e-9 * abs(plan.objective)
    assert found.most_shortfall >= found.shortfall


def test_rows_are_the_amounts_beside_the_recommended_ones() -> None:
    base = world()
    plan = reallocate(base)
    found = score(allocation(base, base.current), plan)
    assert [(row.quarter, row.channel) for row in found.rows] == [
        (row.quarter, row.channel) for row in plan.rows
    ]
    for row, best in zip(found.rows, plan.rows, strict=True):
        assert (row.amount, row.recommended) == (best.current, best.recommended)
        assert row.difference == pytest.approx(row.amount - row.recommended)
    assert sum(row.expected_response for row in found.rows) == pytest.approx(found.objective)


def test_what_the_differences_cost_adds_up_to_the_shortfall() -> None:
    base = world()
    found = score(allocation(base, base.current), reallocate(base))
    assert {deviation.channel for deviation in found.deviations} <= {*base.names}
    assert sum(deviation.cost for deviation in found.deviations) == pytest.approx(found.shortfall)
    moved = [deviation.moved for deviation in found.deviations]
    assert moved == sorted(moved, reverse=True)


def test_money_that_strays_from_a_free_channel_costs_something() -> None:
    base = problem((channel("a"), channel("b"), channel("c")), [[300.0], [500.0], [400.0]])
    plan = reallocate(base)
    found = score(allocation(base, [300.0, 500.0, 400.0]), plan)
    costs = {deviation.channel: deviation.cost for deviation in found.deviations}
    assert costs["a"] > 0
    assert costs["b"] > 0


def test_a_channel_that_moves_too_far_is_named_with_the_money() -> None:
    base = world()
    spend = base.current.copy()
    spend[0, 0] += 100.0
    spend[1, 0] -= 100.0
    broken = score(allocation(base, spend), reallocate(base)).violations
    assert {(found.rule, found.key, found.quarter) for found in broken} == {
        ("elasticity", "strong", "2027Q1"),
        ("elasticity", "weak", "2027Q1"),
    }
    assert [found.excess for found in broken] == pytest.approx([40.0, 40.0])


@pytest.mark.parametrize("extra", [-10.0, 10.0])
def test_money_that_is_missing_or_too_much_breaks_the_budget(extra: float) -> None:
    base = world()
    spend = base.current.copy()
    spend[0, 1] += extra
    broken = score(allocation(base, spend), reallocate(base)).violations
    assert [(found.rule, found.quarter) for found in broken] == [("budget", "2027Q2")]
    assert broken[0].excess == pytest.approx(10.0)


def test_breaking_a_rule_may_bring_more_than_any_plan_within_them() -> None:
    base = world()
    spend = base.current + np.array([[200.0, 200.0], [-200.0, -200.0], [0.0, 0.0]])
    found = score(allocation(base, spend), reallocate(base))
    assert found.most_shortfall < 0
    assert found.violations


def test_of_least_money_what_is_spent_beyond_the_plan_is_the_shortfall() -> None:
    base = world()
    now = response_of(base).value(base.current)
    base = replace(base, objective="spend", rules=(*base.rules, Target("response", now, "CNY")))
    plan = reallocate(base)
    found = score(Allocation.of(base, base.current, base.current_pool), plan)
    assert found.objective == pytest.approx(base.current.sum())
    assert found.shortfall == pytest.approx(base.current.sum() - plan.objective)
    assert sum(deviation.cost for deviation in found.deviations) == pytest.approx(found.shortfall)
    assert found.violations == ()
