from dataclasses import replace

import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Committed, Elasticity, Moves
from tests.optimizer.rules.pricing import price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = tuple(
    channel(name, top, 300)
    for name, top in (("Search", 2000), ("Social", 900), ("TV", 400), ("Print", 100))
)
BAND = Elasticity(default=Band(0.2, 0.2))
BASE = problem(CHANNELS, [[200.0]] * 4, (BAND, Moves(most=2)))


def test_as_many_channels_as_may_are_changed() -> None:
    assert violations(allocation(BASE, [[240.0], [200.0], [200.0], [160.0]])) == ()


def test_one_change_too_many_is_noticed() -> None:
    found = violations(allocation(BASE, [[240.0], [190.0], [200.0], [170.0]]))
    assert [(v.rule, v.key, v.excess) for v in found] == [("moves", "most", 1.0)]


def test_a_change_too_small_is_noticed() -> None:
    base = with_rules(BASE, BAND, Moves(least=20.0))
    assert violations(allocation(base, [[220.0], [200.0], [200.0], [180.0]])) == ()
    found = violations(allocation(base, [[205.0], [200.0], [200.0], [195.0]]))
    assert {(v.rule, v.key, v.excess) for v in found} == {
        ("moves", "least Search", 15.0),
        ("moves", "least Print", 15.0),
    }


def test_the_plan_changes_the_channels_that_matter_most() -> None:
    change = reallocate(BASE).allocation.spend[:, 0] - 200
    assert change.tolist() == [40.0, 0.0, 0.0, -40.0]


def test_changes_are_large_enough_or_none() -> None:
    plan = reallocate(with_rules(BASE, BAND, Moves(least=35.0)))
    change = abs(plan.allocation.spend[:, 0] - 200)
    assert all(c == 0 or c >= 35 for c in change)


def test_what_another_rule_settles_does_not_count() -> None:
    base = with_rules(BASE, BAND, Moves(most=1), Committed(frozenset({"Search", "Social"})))
    tripled = replace(base, budget=1.1 * base.budget)
    committed = allocation(tripled, [[200.0], [200.0], [264.0], [216.0]])
    found = [v.key for v in violations(committed) if v.rule == "moves"]
    assert found == ["most"]


def test_the_price_is_what_one_more_change_brings() -> None:
    two = problem(CHANNELS, [[300.0], [200.0], [200.0], [200.0]], (BAND, Moves(most=2)))
    brings = solved(with_rules(two, BAND, Moves(most=3))).objective - solved(two).objective
    assert brings > 0
    assert price(solved(two), "moves", "most", "max") == pytest.approx(brings, rel=0.02)
