import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Reserve, Tier, Tiers, grade
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (channel("Search", 900, 100), channel("Social", 1500, 200), channel("TV", 500, 400))
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM60 = Elasticity(default=Band(0.6, 0.6))
GRADES = {"Search": "S", "Social": "A", "TV": "out"}


def tiers(low: float = 0.4, out: bool = False, **fields: frozenset[str]) -> Tiers:
    named = {"S": Tier((5.0, np.inf), (low, 0.6))}
    if out:
        named["out"] = Tier((0.0, 1.0), months=3)
    return Tiers(named, GRADES, **fields)


def test_a_grade_gets_at_least_its_share() -> None:
    plan = reallocate(with_rules(BASE, PM60, tiers(0.4)))
    assert plan.allocation.spend[0].sum() == pytest.approx(0.4 * 600, abs=0.02)


def test_a_grade_outside_its_band_is_noticed() -> None:
    found = violations(allocation(with_rules(BASE, PM60, tiers(0.4)), BASE.current))
    assert [(v.rule, v.key) for v in found] == [("tiers", "S")]


def test_the_lowest_grade_is_stopped_whatever_its_elasticity() -> None:
    rule = Elasticity(default=Band(0.6, 0.6), channel={"TV": Band(0.05, 0.05)})
    plan = reallocate(with_rules(BASE, rule, tiers(0.3, out=True)))
    assert plan.allocation.spend[2].tolist() == [0.0, 0.0]
    assert "stopped" in next(r.reason for r in plan.rows if r.channel == "TV")


def test_contracts_outlast_grades() -> None:
    rule = tiers(0.3, out=True, committed=frozenset({"TV"}))
    assert reallocate(with_rules(BASE, PM60, rule)).allocation.spend[2].min() > 0


def test_money_for_a_stopped_channel_is_noticed() -> None:
    base = with_rules(BASE, tiers(0.3, out=True))
    found = violations(allocation(base, BASE.current))
    assert {(v.rule, v.key) for v in found} == {("tiers", "out TV")}


def test_a_grade_that_nobody_has_cannot_take_its_share() -> None:
    rule = Tiers({"B": Tier((1.0, 2.0), (0.1, 0.2))}, GRADES)
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM60, rule))
    assert "tier B" in str(collision.value)


def test_one_point_less_of_a_grades_share_brings_its_price() -> None:
    base = with_rules(BASE, PM60, tiers(0.4))
    brings = gain(base, (Budget(), PM60, tiers(0.398), Reserve()))
    assert 0.2 * price(solved(base), "tiers", "S", "min") == pytest.approx(brings, rel=0.02)


def test_channels_are_graded_by_their_year_and_stopped_by_their_months() -> None:
    named = {"S": Tier((5.0, np.inf)), "A": Tier((2.0, 5.0)), "out": Tier((0.0, 1.0), months=3)}
    year = {"high": 6.0, "edge": 5.0, "middle": 2.0, "low": 1.5, "fading": 2.5, "dip": 2.5}
    monthly = {name: [roi] * 12 for name, roi in year.items()}
    monthly["fading"][-3:] = [0.9, 0.5, 0.99]
    monthly["dip"][-3:] = [0.9, 1.0, 0.9]
    expected = {"high": "S", "edge": "S", "middle": "A", "fading": "out", "dip": "A"}
    assert grade(named, monthly, year) == expected
