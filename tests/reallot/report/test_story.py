from dataclasses import replace

import numpy as np
import pytest

from optimizer.channel import Channel
from optimizer.plan import Plan
from optimizer.problem import Allocation
from optimizer.reallocate import reallocate
from optimizer.rules import Held, Reserve, StrategicReserve
from reallot.report.story import story_of
from tests.reallot.report.plans import bent_plan, plan_of, problem_of


def _said(sentence: str) -> str:
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def _unmoved() -> Plan:
    plan = plan_of()
    problem = plan.problem
    return replace(
        plan,
        allocation=Allocation.of(problem, problem.current, problem.current_pool),
        objective=plan.current_objective,
        comparable_objective=plan.current_objective,
    )


def test_the_headline_says_what_moves_and_what_it_brings() -> None:
    story = story_of(plan_of())
    assert _said(story.headline).startswith("Moving ")
    assert "than the same money spent as approved" in story.headline


def test_money_moved_is_what_lies_elsewhere_than_before() -> None:
    plan = plan_of()
    change = plan.allocation.spend - plan.problem.current
    assert story_of(plan).moved == pytest.approx(float(change[change > 0].sum()))


def test_a_plan_that_moves_nothing_says_so() -> None:
    assert "Nothing needs to move" in story_of(_unmoved()).headline


def test_a_gain_below_nothing_is_called_a_cost() -> None:
    plan = plan_of()
    dearer = replace(plan, comparable_objective=1.1 * plan.objective)
    assert "keeps the rules and costs" in story_of(dearer).headline


def test_the_largest_changes_are_named_and_the_others_counted() -> None:
    story = story_of(plan_of())
    assert "More for" in story.direction
    assert "Less for" in story.direction


def test_the_steps_lead_from_the_approved_budget_to_the_plan() -> None:
    first, money, moving, last = story_of(plan_of()).steps
    assert first.amount + money.amount + moving.amount == pytest.approx(last.amount)


def test_a_pool_that_stays_is_as_today_and_costs_nothing() -> None:
    pool = _said(story_of(plan_of()).pool)
    assert pool == "The pool holds 200 CNY (2.1 % of the budget), as today."


def test_a_pool_in_two_layers_says_which_of_its_money_needs_approval() -> None:
    problem = problem_of()
    rules = tuple(Reserve(emergency=0.01) if r == Reserve() else r for r in problem.rules)
    pool = _said(story_of(reallocate(replace(problem, rules=rules))).pool)
    assert "Of that, 95.2 CNY is the emergency layer, which needs approval;" in pool
    assert "the base layer is 105 CNY." in pool


def test_a_second_pool_is_told_beside_the_first_and_not_among_what_moves() -> None:
    problem = problem_of()
    channels = (*problem.channels[:-1], Channel("CFO reserve"))
    second = StrategicReserve("CFO reserve", (0.20, 0.30), "cfo office")
    rules = (*(rule for rule in problem.rules if not isinstance(rule, Held)), second)
    story = story_of(reallocate(replace(problem, channels=channels, rules=rules)))
    assert "CFO reserve holds 1,905 CNY (20.0 % of the budget)" in _said(story.pool)
    assert "CFO reserve" not in story.direction


def test_a_smaller_budget_is_told_apart_from_what_moving_brings() -> None:
    problem = problem_of()
    cut = replace(problem, budget=np.round(0.95 * problem.budget, 2), scenario="recession")
    pool = _said(story_of(reallocate(cut)).pool)
    assert "The budget of this scenario is 476 CNY less than approved." in pool
    assert "That alone costs" in pool


def test_a_proof_that_the_clock_ended_says_so() -> None:
    plan = plan_of()
    assert "time limit" not in story_of(plan).proof
    assert "time limit" in story_of(replace(plan, status="time_limit")).proof


def test_nothing_is_claimed_where_nothing_is_known() -> None:
    problem = problem_of()
    silent = tuple(replace(channel, curve=None) for channel in problem.channels)
    story = story_of(reallocate(replace(problem, channels=silent)))
    assert story.headline.startswith("Nothing can be recommended")
    assert story.proof.startswith("There is nothing to prove")


def test_a_plan_in_which_rules_gave_way_says_so() -> None:
    story = story_of(bent_plan())
    assert story.gave_way.startswith("The rules cannot all hold. Elasticity (TV) gave way in 2027Q")
    assert story.gave_way.endswith("So did 1 other limit.")


def test_where_every_rule_holds_nothing_is_said_of_giving_way() -> None:
    assert story_of(plan_of()).gave_way == ""
