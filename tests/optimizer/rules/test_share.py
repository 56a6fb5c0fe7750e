import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Part, Reserve, Share
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 4000, 100, tags=("core",), unit="online"),
    channel("Social", 1500, 200, tags=("core", "brand"), unit="online"),
    channel("TV", 500, 400, tags=("brand",), unit="offline"),
)
BASE = problem(CHANNELS, np.full((3, 2), 100.0), pool=20.0)
PM50 = Elasticity(default=Band(0.5, 0.5))
BRAND = Part(tags=frozenset({"brand"}))


def brand(low: float, high: float, each_quarter: bool = False) -> Share:
    return Share("brand floor", BRAND, (low, high), each_quarter=each_quarter)


def test_a_part_never_falls_below_its_share_of_the_whole_budget() -> None:
    """Of 640 in all, pool included, brand keeps 55 %."""
    plan = reallocate(with_rules(BASE, PM50, brand(0.55, 1.0)))
    assert plan.allocation.spend[1:].sum() == pytest.approx(0.55 * 640, abs=0.02)


def test_each_quarter_keeps_the_share_where_the_rule_says_so() -> None:
    plan = reallocate(with_rules(BASE, PM50, brand(0.55, 1.0, each_quarter=True)))
    assert plan.allocation.spend[1:].sum(axis=0) == pytest.approx([0.55 * 320] * 2, abs=0.02)


def test_a_share_within_another_part_is_measured_by_that_parts_plan() -> None:
    split = Share("search of online", Part(channels=frozenset({"Search"})), (0.0, 0.5),
                  within=Part(units=frozenset({"online"})))  # fmt: skip
    plan = reallocate(with_rules(BASE, PM50, split))
    online = plan.allocation.spend[:2].sum()
    assert plan.allocation.spend[0].sum() == pytest.approx(0.5 * online, abs=0.03)


def test_a_part_outside_its_band_is_noticed() -> None:
    base = with_rules(BASE, PM50, brand(0.65, 1.0))
    found = violations(allocation(base, BASE.current))
    assert [(v.rule, v.key) for v in found] == [("share", "brand floor")]
    assert found[0].excess == pytest.approx(0.65 * 640 - 400)


def test_a_part_is_what_matches_all_that_is_named() -> None:
    both = Part(tags=frozenset({"brand"}), units=frozenset({"online"}))
    assert [CHANNELS[i].name for i in both.members(BASE)] == ["Social"]


def test_one_point_less_of_share_brings_its_price() -> None:
    base = with_rules(BASE, PM50, brand(0.55, 1.0))
    brings = gain(base, (Budget(), PM50, brand(0.548, 1.0), Reserve()))
    paid = price(solved(base), "share", "brand floor", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)


def test_a_share_of_an_amount_from_outside_does_not_follow_the_budget() -> None:
    """Of 1,000 of research money, brand gets 30 %, over two quarters."""
    rule = Share("brand research", BRAND, (0.30, 1.0), of_amount=1000.0)
    plan = reallocate(with_rules(BASE, PM50, rule))
    assert plan.allocation.spend[1:].sum() == pytest.approx(300.0, abs=0.02)
    text = next(e.text for e in plan.rules if e.rule == "share" and e.binding)
    assert "30 % of 1,000.00 from outside the budget" in text


def test_an_amount_from_outside_counts_in_equal_parts_in_each_quarter() -> None:
    rule = Share("brand research", BRAND, (0.30, 1.0), each_quarter=True, of_amount=1000.0)
    plan = reallocate(with_rules(BASE, PM50, rule))
    assert plan.allocation.spend[1:].sum(axis=0) == pytest.approx([150.0, 150.0], abs=0.02)
    less = [[160.0, 150.0], [60.0, 75.0], [80.0, 75.0]]
    found = violations(allocation(with_rules(BASE, rule), less))
    assert [(v.key, v.quarter) for v in found] == [("brand research", "2027Q1")]
    assert found[0].excess == pytest.approx(10.0)
