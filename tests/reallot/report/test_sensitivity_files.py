"""What the sensitivity page says of each input, step by step."""

from dataclasses import replace

import pytest

from optimizer.plan import Plan
from optimizer.reallocate import reallocate
from reallot.report.sensitivity_files import Most, most_of
from scenarios.sensitivity import Effect, Sensitivity, Step
from tests.reallot.report.plans import problem_of


@pytest.fixture(scope="module")
def plan() -> Plan:
    return reallocate(problem_of())


def most(plan: Plan, lowest: Step, highest: Step) -> Most:
    between = (Step(-0.1, 1.0, 1.0, 0.0), Step(0.1, 1.0, 1.0, 0.0))
    effect = Effect("effect", None, (), (lowest, *between, highest))
    return most_of(Sensitivity(plan, (effect,), ()), effect)


def test_what_moves_and_what_the_old_plan_loses_are_of_the_same_step(plan: Plan) -> None:
    budget = float(plan.problem.budget.sum())
    found = most(plan, Step(-0.2, 900.0, 800.0, 0.01 * budget), Step(0.2, 1100.0, 1090.0, budget))
    assert found == Most(pytest.approx(1.0), pytest.approx(10.0))


def test_an_old_plan_that_breaks_a_rule_where_most_moves_has_no_figure(plan: Plan) -> None:
    found = most(plan, Step(-0.2, 900.0, 800.0, 1.0), Step(0.2, 1100.0, None, 50.0))
    assert found.moved is not None
    assert found.lost is None


def test_a_step_without_a_plan_leaves_the_other_and_two_leave_nothing(plan: Plan) -> None:
    none = Step(0.2, None, None, None, "collided")
    assert most(plan, Step(-0.2, 900.0, 800.0, 1.0), none).lost == pytest.approx(100.0)
    assert most(plan, replace(none, by=-0.2), none) == Most(None, None)


@pytest.mark.parametrize(("held", "lost"), [(171_999_964.7, 0.0), (171_000_000.0, 1_000_000.0)])
def test_what_is_less_than_plans_are_proven_to_is_no_loss(
    plan: Plan, held: float, lost: float
) -> None:
    now = Step(-0.2, 1.0, 1.0, 0.0)
    assert most(plan, now, Step(0.2, 172_000_000.0, held, 5.0)).lost == pytest.approx(lost)


def test_where_least_money_is_sought_the_old_plan_loses_what_it_takes_more(plan: Plan) -> None:
    least = replace(plan, problem=replace(plan.problem, objective="spend"))
    now = Step(-0.2, 1.0, 1.0, 0.0)
    assert most(least, now, Step(0.2, 1000.0, 1100.0, 5.0)).lost == pytest.approx(100.0)
