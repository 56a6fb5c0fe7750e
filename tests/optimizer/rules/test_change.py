from dataclasses import replace

import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Change, Elasticity, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 4000, 100, unit="online"),
    channel("Social", 1500, 200, unit="online"),
    channel("Members", 500, 400, unit="private"),
    channel("Groups", 100, 400, unit="private"),
)
BASE = problem(CHANNELS, np.full((4, 2), 100.0))
PM30 = Elasticity(default=Band(0.3, 0.3))
PRIVATE = frozenset({"Members", "Groups"})


def up(least: float | None = 0.25, most: float | None = None) -> Change:
    return Change("private domain", PRIVATE, least, most)


def test_a_part_goes_up_by_the_least_it_must_in_every_quarter() -> None:
    plan = reallocate(with_rules(BASE, PM30, up()))
    assert plan.allocation.spend[2:].sum(axis=0) == pytest.approx([250.0, 250.0])


def test_its_channels_are_no_longer_bound_by_elasticity() -> None:
    plan = reallocate(with_rules(BASE, PM30, up()))
    assert plan.allocation.spend[2, 0] > 130.0
    assert plan.allocation.spend[3, 0] < 70.0


def test_a_unit_counts_only_those_of_its_channels_that_no_change_names() -> None:
    rule = Elasticity(unit={"private": Band(0.1, 0.1)})
    only = Change("members", frozenset({"Members"}), 0.5, 0.5)
    plan = reallocate(with_rules(BASE, rule, only))
    assert plan.allocation.spend[2] == pytest.approx([150.0, 150.0])
    assert plan.allocation.spend[3] == pytest.approx([90.0, 90.0])


def test_a_change_below_nothing_is_a_cut() -> None:
    cut = Change("online", frozenset({"Search", "Social"}), None, -0.05)
    plan = reallocate(with_rules(BASE, PM30, cut))
    assert plan.allocation.spend[:2].sum(axis=0) == pytest.approx([190.0, 190.0])


def test_a_change_is_measured_from_the_budget_of_the_scenario() -> None:
    poorer = replace(with_rules(BASE, PM30, up(0.0, 0.0)), budget=BASE.budget * 0.9)
    plan = reallocate(poorer)
    assert plan.allocation.spend[2:].sum(axis=0) == pytest.approx([180.0, 180.0])


def test_a_part_that_has_nothing_is_not_bound() -> None:
    base = problem(CHANNELS, [[100.0], [100.0], [0.0], [0.0]])
    assert reallocate(with_rules(base, PM30, up(0.25, 0.30))).status == "optimal"


@pytest.mark.parametrize(
    ("private", "excess", "words"), [(120.0, 10.0, "less than"), (160.0, 20.0, "more than")]
)
def test_a_part_that_moves_too_little_or_too_far_is_noticed(
    private: float, excess: float, words: str
) -> None:
    rules = with_rules(BASE, up(0.25, 0.50))
    spend = np.full((4, 2), 125.0)
    spend[:2] = 75.0
    spend[2:, 1], spend[:2, 1] = private, 200.0 - private
    (found,) = violations(allocation(rules, spend))
    assert (found.rule, found.key, found.quarter) == ("change", "private domain", "2027Q2")
    assert found.excess == pytest.approx(excess)
    assert words in found.text


def test_the_plan_says_in_words_how_far_the_part_moved() -> None:
    plan = reallocate(with_rules(BASE, PM30, up()))
    texts = [entry.text for entry in plan.rules if entry.rule == "change"]
    assert len(texts) == 2
    assert all("private domain rises by the least it must: 25 %" in text for text in texts)
    assert all("one percentage point less would bring" in text for text in texts)


def test_a_smaller_cut_is_what_would_bring_more() -> None:
    cut = Change("online", frozenset({"Search", "Social"}), None, -0.05)
    plan = reallocate(with_rules(BASE, PM30, cut))
    text = next(entry.text for entry in plan.rules if entry.rule == "change")
    assert "online falls by the least it must: 5 %" in text
    assert "one percentage point less would bring" in text


def test_a_change_that_others_leave_no_money_for_says_how_far_it_can_go() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, Elasticity(default=Band(0.1, 0.1)), up(0.25)))
    conflict = collision.value.conflict
    assert any("private domain rises by the least it must" in text for text in conflict.rules)
    expected = "let private domain change by at least +10 % instead of +25 %"
    assert expected in conflict.remedies


def test_one_point_less_of_change_brings_its_price() -> None:
    base = with_rules(BASE, PM30, up(0.25))
    brings = gain(base, (Budget(), PM30, up(0.248), Reserve()))
    paid = price(solved(base), "change", "private domain", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)
