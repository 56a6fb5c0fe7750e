import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Budget, Cap, Floor, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem(
    (channel("Search", 4000, 100), channel("TV", 300, 400), channel("Print", 500, 200)),
    np.full((3, 2), 100.0),
)


def test_a_channel_keeps_its_floor_in_every_quarter() -> None:
    plan = reallocate(with_rules(BASE, Floor({"TV": 60.0})))
    assert plan.allocation.spend[1].tolist() == [60.0, 60.0]


def test_a_channel_never_exceeds_its_cap() -> None:
    plan = reallocate(with_rules(BASE, Cap({"Search": 120.0})))
    assert plan.allocation.spend[0].tolist() == [120.0, 120.0]


def test_amounts_below_a_floor_or_above_a_cap_are_noticed() -> None:
    base = with_rules(BASE, Floor({"TV": 60.0}), Cap({"Search": 120.0}))
    found = violations(allocation(base, [[150.0, 100.0], [50.0, 100.0], [100.0, 100.0]]))
    assert [(v.rule, v.quarter, v.excess) for v in found] == [
        ("floor", "2027Q1", 10.0),
        ("cap", "2027Q1", 30.0),
    ]


def test_one_unit_less_of_floor_brings_its_price() -> None:
    base = with_rules(BASE, Floor({"TV": 60.0}))
    brings = gain(base, (Budget(), Floor({"TV": 59.5}), Reserve()))
    assert 0.5 * price(solved(base), "floor", "TV", "min") == pytest.approx(brings, rel=0.02)


def test_one_unit_more_of_cap_brings_its_price() -> None:
    base = with_rules(BASE, Cap({"Search": 120.0}))
    brings = gain(base, (Budget(), Cap({"Search": 120.5}), Reserve()))
    assert 0.5 * price(solved(base), "cap", "Search", "max") == pytest.approx(brings, rel=0.02)
