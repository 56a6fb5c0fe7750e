from dataclasses import replace

import numpy as np
import pytest

from optimizer.channel import Channel
from optimizer.reallocate import reallocate
from scenarios.compare import NO_UNIT, compare
from tests.reallot.report.plans import ORDINARY, plan_of, problem_of


def test_plans_stand_side_by_side_in_the_order_given() -> None:
    comparison = compare([plan_of(scenario="growth"), plan_of(scenario="flat")])
    assert [outcome.scenario for outcome in comparison.outcomes] == ["growth", "flat"]


def test_a_gain_is_measured_against_the_same_money_spent_as_approved() -> None:
    plan = plan_of()
    (outcome,) = compare([plan]).outcomes
    assert outcome.gain == plan.objective - plan.comparable_objective


def test_money_on_channels_and_in_the_pool_is_the_scenarios_budget() -> None:
    problem = problem_of()
    cut = reallocate(replace(problem, budget=np.round(0.9 * problem.budget, 2)))
    (outcome,) = compare([cut]).outcomes
    assert outcome.spend + outcome.pool == pytest.approx(outcome.budget)
    assert outcome.budget == pytest.approx(0.9 * problem.budget.sum(), abs=0.02)


def test_units_gather_their_channels_and_the_pool_stands_apart() -> None:
    comparison = compare([plan_of()])
    lines = {line.name: line for line in comparison.at("unit")}
    assert set(lines) == {"unit 0", "unit 1", "reserve"}
    spend = plan_of().allocation.spend
    assert lines["unit 1"].amounts == pytest.approx((spend[[1, 3]].sum(),))


def test_channels_without_a_unit_are_gathered_where_others_have_one() -> None:
    problem = problem_of()
    first, *rest = problem.channels
    alone = Channel(first.name, first.curve)
    comparison = compare([reallocate(replace(problem, channels=(alone, *rest)))])
    assert NO_UNIT in {line.name for line in comparison.at("unit")}


def test_where_no_channel_has_a_unit_there_is_no_table_of_units() -> None:
    problem = problem_of()
    channels = tuple(Channel(channel.name, channel.curve) for channel in problem.channels)
    assert compare([reallocate(replace(problem, channels=channels))]).at("unit") == ()


def test_plans_of_different_budgets_are_refused() -> None:
    with pytest.raises(ValueError, match="same channels"):
        compare([plan_of(), plan_of(ORDINARY[1:])])


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="no plan"):
        compare([])
