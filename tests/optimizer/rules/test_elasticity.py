from dataclasses import replace

import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Committed, Elasticity, Floor, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 4000, 100, unit="ecommerce"),
    channel("Social", 1500, 200, unit="ecommerce"),
    channel("TV", 500, 400, unit="offline"),
    channel("Print", 100, 400, unit="offline"),
)
BASE = problem(CHANNELS, np.full((4, 1), 100.0))
PM20 = Elasticity(default=Band(0.2, 0.2))


def change(rule: Elasticity, *more: Committed) -> dict[str, float]:
    """Per cent by which each channel moves."""
    plan = reallocate(with_rules(BASE, rule, *more))
    return {row.channel: row.change_pct or 0.0 for row in plan.rows}


def test_a_channel_never_moves_further_than_its_elasticity() -> None:
    moved = change(PM20)
    assert moved["Search"] == pytest.approx(20)
    assert moved["Print"] == pytest.approx(-20)


def test_up_and_down_may_differ() -> None:
    moved = change(Elasticity(default=Band(down=0.3, up=0.1)))
    assert moved["Search"] == pytest.approx(10)
    assert moved["Print"] == pytest.approx(-30)


def test_a_units_total_moves_no_further_than_its_own_band() -> None:
    moved = change(Elasticity(default=Band(0.2, 0.2), unit={"offline": Band(0.05, 0.05)}))
    assert moved["TV"] + moved["Print"] == pytest.approx(-10)
    assert abs(moved["Print"]) <= 5 + 1e-6


def test_a_channels_own_band_replaces_its_units_and_leaves_the_units_total() -> None:
    rule = Elasticity(unit={"offline": Band(0.05, 0.05)}, channel={"Print": Band(0.5, 0.5)})
    moved = change(rule)
    assert moved["Print"] == pytest.approx(-50)
    assert abs(moved["TV"]) <= 5 + 1e-6


def test_a_committed_channel_is_left_out_of_its_units_total() -> None:
    rule = Elasticity(default=Band(0.2, 0.2), unit={"ecommerce": Band(0.1, 0.1)})
    moved = change(rule, Committed(frozenset({"Search"})))
    assert moved["Search"] == 0
    assert moved["Social"] == pytest.approx(10)


def test_a_channel_without_a_current_amount_is_not_bound() -> None:
    base = problem(CHANNELS[:2], [[0.0], [200.0]])
    plan = reallocate(with_rules(base, PM20))
    assert plan.allocation.spend[0, 0] == pytest.approx(40)


def test_a_channel_that_starts_from_nothing_counts_in_its_units_total() -> None:
    unit = Elasticity(unit={"ecommerce": Band(0.1, 0.1)})
    base = problem(CHANNELS[:3], [[0.0], [200.0], [200.0]])
    plan = reallocate(with_rules(base, unit))
    assert plan.allocation.spend[:2].sum() == pytest.approx(220)
    assert plan.allocation.spend[0, 0] > 0


def test_elasticity_is_measured_from_the_budget_of_the_scenario() -> None:
    """With a tenth less money, a channel that keeps its share has not moved."""
    base = replace(with_rules(BASE, Elasticity(default=Band(0.0, 0.0))), budget=np.array([360.0]))
    assert reallocate(base).allocation.spend.ravel().tolist() == [90.0] * 4


def test_an_edit_beyond_the_band_is_noticed() -> None:
    found = violations(allocation(with_rules(BASE, PM20), [[125.0], [95.0], [100.0], [80.0]]))
    assert [(v.rule, v.key) for v in found] == [("elasticity", "Search")]
    assert found[0].excess == pytest.approx(5.0)
    assert found[0].text.endswith("moves 5.00 further than its elasticity of -20 % to +20 %")


def test_a_unit_beyond_its_band_is_noticed() -> None:
    rule = Elasticity(default=Band(0.2, 0.2), unit={"offline": Band(0.05, 0.05)})
    found = violations(allocation(with_rules(BASE, rule), [[106.0], [106.0], [94.0], [94.0]]))
    assert {v.key for v in found} == {"TV", "Print", "unit offline"} | {
        v.key for v in found if v.key in ("TV", "Print")
    }


def test_one_more_point_of_elasticity_brings_its_price() -> None:
    rule = Elasticity(default=Band(0.2, 0.2), channel={"Search": Band(0.2, 0.2)})
    base = with_rules(BASE, rule)
    looser = Elasticity(default=Band(0.2, 0.2), channel={"Search": Band(0.2, 0.205)})
    brings = gain(base, (Budget(), looser, Reserve()))
    paid = price(solved(base), "elasticity", "Search", "max")
    assert 0.5 * paid == pytest.approx(brings, rel=0.02)


WEAK = Elasticity(default=Band(0.2, 0.2), unsure=frozenset({"Print"}), weak=0.5)


def test_a_channel_whose_curve_is_unsure_moves_less() -> None:
    moved = change(WEAK)
    assert moved["Search"] == pytest.approx(20)
    assert moved["Print"] == pytest.approx(-10)


def test_the_plan_says_that_it_moves_less_because_its_curve_is_unsure() -> None:
    rows = {row.channel: row.reason for row in reallocate(with_rules(BASE, WEAK)).rows}
    assert (
        "Print may move 10 % down and no further: moved less, its curve is unsure" in rows["Print"]
    )
    assert "unsure" not in rows["Search"]


def test_a_plan_that_moves_what_is_unsure_further_is_noticed() -> None:
    base = with_rules(BASE, WEAK)
    kept = violations(allocation(base, [[110.0], [100.0], [100.0], [90.0]]))
    assert kept == ()
    broken = violations(allocation(base, [[115.0], [100.0], [100.0], [85.0]]))
    assert [(v.rule, v.key) for v in broken] == [("elasticity", "Print")]


def test_a_channels_own_band_is_narrowed_as_well() -> None:
    rule = replace(WEAK, channel={"Print": Band(0.5, 0.5)})
    assert change(rule)["Print"] == pytest.approx(-25)


def test_the_remedy_names_what_holds_an_unsure_channel_back() -> None:
    rule = replace(WEAK, weak=0.0)
    base = with_rules(BASE, rule, Floor({"Print": 120.0}))
    with pytest.raises(RulesCollide) as collided:
        reallocate(base)
    assert any("though its curve is unsure" in text for text in collided.value.conflict.remedies)


@pytest.mark.parametrize("weak", [-0.1, 1.5])
def test_a_factor_is_a_share(weak: float) -> None:
    with pytest.raises(ValueError, match="weak"):
        replace(WEAK, weak=weak)
