import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Part, Ratio, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Events", 300, 400),
    channel("Traffic", 4000, 100),
    channel("Print", 500, 400),
)
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM50 = Elasticity(default=Band(0.5, 0.5))
EVENTS, TRAFFIC = (Part(channels=frozenset({name})) for name in ("Events", "Traffic"))


def tied(low: float = 0.8, high: float = 1.2, each_quarter: bool = False) -> Ratio:
    return Ratio("events and traffic", EVENTS, TRAFFIC, (low, high), each_quarter)


def test_two_parts_that_are_tied_move_together() -> None:
    spend = reallocate(with_rules(BASE, PM50, tied())).allocation.spend
    assert spend[0].sum() == pytest.approx(0.8 * spend[1].sum(), abs=0.03)


def test_each_quarter_keeps_the_ratio_where_the_rule_says_so() -> None:
    base = problem(CHANNELS, [[60.0, 140.0], [140.0, 60.0], [100.0, 100.0]])
    spend = reallocate(with_rules(base, PM50, tied(each_quarter=True))).allocation.spend
    assert spend[0] / spend[1] == pytest.approx([0.8, 0.8], abs=1e-3)
    spend = reallocate(with_rules(base, PM50, tied())).allocation.spend
    assert spend[0, 0] / spend[1, 0] < 0.7


def test_a_ratio_without_an_upper_end_has_one_row() -> None:
    plan = reallocate(with_rules(BASE, PM50, tied(high=np.inf)))
    assert [entry.side for entry in plan.rules if entry.rule == "ratio"] == ["min"]


def test_a_part_that_leaves_the_other_behind_is_noticed() -> None:
    base = with_rules(BASE, PM50, tied(each_quarter=True))
    found = violations(allocation(base, [[100.0, 70.0], [100.0, 100.0], [100.0, 130.0]]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [
        ("ratio", "events and traffic", "2027Q2")
    ]
    assert found[0].excess == pytest.approx(10.0)


def test_the_plan_says_in_words_what_stopped_it() -> None:
    plan = reallocate(with_rules(BASE, PM50, tied()))
    text = next(e.text for e in plan.rules if e.rule == "ratio" and e.binding)
    assert "events and traffic: Events has the least it may, 80 % of Traffic" in text
    assert "one percentage point less would bring" in text


def test_a_ratio_that_elasticity_does_not_allow_says_what_it_allows() -> None:
    """Ten per cent more of the one are at most 110 / 90 of ten per cent less of the other."""
    narrow = Elasticity(default=Band(0.1, 0.1))
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, narrow, tied(2.0, 3.0)))
    conflict = collision.value.conflict
    assert any("200 % of Traffic" in text for text in conflict.rules)
    remedy = "let Events be at least 122.22 % of Traffic instead of 200 %"
    assert remedy in conflict.remedies
    assert reallocate(with_rules(BASE, narrow, tied(1.2222, 3.0))).status == "optimal"


def test_one_point_less_of_ratio_brings_its_price() -> None:
    base = with_rules(BASE, PM50, tied())
    brings = gain(base, (Budget(), PM50, tied(0.798), Reserve()))
    paid = price(solved(base), "ratio", "events and traffic", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)
