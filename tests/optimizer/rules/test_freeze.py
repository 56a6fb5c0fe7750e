from dataclasses import replace

import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Elasticity, Freeze
from tests.optimizer.rules.pricing import price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 900, 100),
    channel("Social", 500, 200, unit="social"),
    channel("TV", 300, 400, unit="social"),
)
BASE = problem(CHANNELS, [[100.0, 100.0], [100.01, 120.0], [99.99, 80.0]])
PM60 = Elasticity(default=Band(0.6, 0.6))
TV = Freeze(frozenset({"TV"}))


def test_a_frozen_channel_stays_to_the_cent() -> None:
    plan = reallocate(with_rules(BASE, PM60, TV))
    assert plan.allocation.spend[2].tolist() == [99.99, 80.0]
    assert "TV is frozen" in next(row.reason for row in plan.rows if row.channel == "TV")


def test_a_frozen_channel_takes_its_part_in_a_scenarios_cut() -> None:
    poorer = replace(with_rules(BASE, PM60, TV), budget=BASE.budget * 0.9)
    assert reallocate(poorer).allocation.spend[2].tolist() == [89.99, 72.0]


def test_its_units_band_then_counts_the_others_only() -> None:
    rule = Elasticity(default=Band(0.6, 0.6), unit={"social": Band(0.1, 0.1)})
    plan = reallocate(with_rules(BASE, rule, TV))
    assert plan.allocation.spend[1] == pytest.approx([90.01, 108.0], abs=0.01)


def test_moving_it_is_noticed() -> None:
    spend = BASE.current + np.array([[0.0, 0.02], [0.0, 0.0], [0.0, -0.02]])
    found = violations(allocation(with_rules(BASE, PM60, TV), spend))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("freeze", "TV", "2027Q2")]


def test_the_price_of_a_freeze_is_what_its_money_would_bring_elsewhere() -> None:
    plan = solved(with_rules(BASE, PM60, TV))
    marginal = {row.channel: row.marginal_return or 0.0 for row in plan.rows}
    paid = price(plan, "freeze", "TV", "min")
    assert paid > 0
    quarters = [row for row in plan.rows if row.channel in ("Social", "TV")]
    worth = sum(
        (row.marginal_return or 0.0) * (1 if row.channel == "Social" else -1) for row in quarters
    )
    assert paid == pytest.approx(worth, rel=0.02)
    assert marginal["TV"] < marginal["Social"]
