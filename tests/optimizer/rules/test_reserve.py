import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem(
    (channel("Search", 900, 200), channel("TV", 500, 400)), np.full((2, 4), 90.0), pool=20.0
)
PM50 = Elasticity(default=Band(0.5, 0.5))


def test_without_a_band_the_pool_stays_at_its_current_amount() -> None:
    assert reallocate(with_rules(BASE, PM50)).allocation.pool.tolist() == [20.0] * 4


def test_the_pool_is_filled_over_the_year_to_its_lower_end() -> None:
    """Money in the pool brings nothing, so it holds the least it may."""
    plan = reallocate(with_rules(BASE, PM50, Reserve((0.15, 0.2))))
    # Four rounded amounts may be two cents off.
    assert plan.allocation.pool.sum() == pytest.approx(0.15 * 800, abs=0.02)


def test_a_pool_outside_its_band_is_noticed() -> None:
    base = with_rules(BASE, PM50, Reserve((0.15, 0.2)))
    found = violations(allocation(base, BASE.current))
    assert [(v.rule, v.key) for v in found] == [("reserve", "pool")]
    assert found[0].excess == pytest.approx(40.0)
    assert not violations(allocation(base, np.full((2, 4), 80.0), 40.0))


def test_a_moved_pool_without_a_band_is_noticed() -> None:
    base = with_rules(BASE, PM50)
    spend = BASE.current + np.array([[1.0, 0, 0, 0], [0, 0, 0, 0]])
    found = violations(allocation(base, spend, np.array([19.0, 20.0, 20.0, 20.0])))
    assert [(v.rule, v.quarter) for v in found] == [("reserve", "2027Q1")]


def test_one_point_less_of_pool_brings_its_price() -> None:
    base = with_rules(BASE, PM50, Reserve((0.15, 0.2)))
    brings = gain(base, (Budget(), PM50, Reserve((0.148, 0.2))))
    assert 0.2 * price(solved(base), "reserve", "pool", "min") == pytest.approx(brings, rel=0.02)


def test_the_pool_holds_its_emergency_layer_where_the_band_begins_lower() -> None:
    plan = reallocate(with_rules(BASE, PM50, Reserve((0.05, 0.2), emergency=0.12)))
    assert plan.allocation.pool.sum() == pytest.approx(0.12 * 800, abs=0.02)


def test_a_pool_without_a_band_is_checked_for_its_emergency_layer() -> None:
    """It holds 10 % and stays there."""
    assert reallocate(with_rules(BASE, PM50, Reserve(emergency=0.10))).allocation.pool.sum() == 80
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM50, Reserve(emergency=0.12)))
    remedies = collision.value.conflict.remedies
    assert (
        "set the emergency layer of the reserve to 10 % of the budget instead of 12 %" in remedies
    )
    assert any("give the reserve a band" in text for text in remedies)


def test_a_pool_short_of_its_emergency_layer_is_noticed() -> None:
    found = violations(allocation(with_rules(BASE, Reserve((0.05, 0.2), 0.12)), BASE.current))
    assert [(v.rule, v.key) for v in found] == [("reserve", "emergency")]
    assert found[0].excess == pytest.approx(16.0)


def test_one_point_less_of_emergency_layer_brings_its_price() -> None:
    base = with_rules(BASE, PM50, Reserve((0.05, 0.2), 0.12))
    brings = gain(base, (Budget(), PM50, Reserve((0.05, 0.2), 0.118)))
    paid = price(solved(base), "reserve", "emergency", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)
