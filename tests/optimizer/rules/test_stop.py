import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Elasticity, Stop
from tests.optimizer.rules.pricing import price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 900, 100, unit="online"),
    channel("Social", 500, 200, unit="online"),
    channel("TV", 300, 400),
)
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM60 = Elasticity(default=Band(0.6, 0.6))
TV = Stop(frozenset({"TV"}))


def test_a_stopped_channel_gets_nothing_whatever_its_elasticity() -> None:
    plan = reallocate(with_rules(BASE, PM60, TV))
    assert plan.allocation.spend[2].tolist() == [0.0, 0.0]
    assert "TV is stopped" in next(row.reason for row in plan.rows if row.channel == "TV")


def test_its_units_band_then_counts_the_others_only() -> None:
    rule = Elasticity(unit={"online": Band(0.1, 0.1)})
    plan = reallocate(with_rules(BASE, rule, Stop(frozenset({"Social"}))))
    assert plan.allocation.spend[0] == pytest.approx([110.0, 110.0])


def test_money_for_a_stopped_channel_is_noticed() -> None:
    spend = [[140.0, 150.0], [150.0, 150.0], [10.0, 0.0]]
    found = violations(allocation(with_rules(BASE, TV), spend))
    assert [(v.rule, v.key, v.quarter, v.excess) for v in found] == [("stop", "TV", "2027Q1", 10.0)]


def test_the_price_of_a_stop_is_what_the_first_money_would_bring_there() -> None:
    """Less what it brings where it is now."""
    plan = solved(with_rules(BASE, PM60, Stop(frozenset({"Search"}))))
    marginal = {row.channel: row.marginal_return or 0.0 for row in plan.rows}
    worth = 2 * (marginal["Search"] - marginal["TV"])
    assert worth > 0
    assert price(plan, "stop", "Search", "max") == pytest.approx(worth, rel=0.02)
