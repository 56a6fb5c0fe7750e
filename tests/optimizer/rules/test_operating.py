import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Operating, Part, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem(
    (channel("Search", 900, 200), channel("Service", 500, 400, tags=("basic",))),
    np.full((2, 2), 90.0),
    pool=20.0,
)
PM50 = Elasticity(default=Band(0.5, 0.5))
POOL = Reserve((0.10, 0.30))
BASIC = Part(tags=frozenset({"basic"}))


def test_the_pool_holds_months_of_what_a_month_costs() -> None:
    plan = reallocate(with_rules(BASE, PM50, POOL, Operating(3, 18.0)))
    assert plan.allocation.pool.sum() == pytest.approx(54)


def test_a_part_costs_what_it_has_in_the_approved_budget() -> None:
    """180 over two quarters are 30 a month."""
    plan = reallocate(with_rules(BASE, PM50, POOL, Operating(2, BASIC)))
    assert plan.allocation.pool.sum() == pytest.approx(60)


def test_a_pool_that_does_not_last_as_long_is_noticed() -> None:
    found = violations(allocation(with_rules(BASE, Operating(3, 18.0)), BASE.current))
    assert [(v.rule, v.key) for v in found] == [("operating", "pool")]
    assert found[0].excess == pytest.approx(14)
    assert not violations(allocation(with_rules(BASE, Operating(2, 18.0)), BASE.current))


def test_a_pool_that_stays_and_is_too_small_is_explained() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM50, Operating(3, BASIC)))
    assert "the running cost of basic for 3 months" in str(collision.value)
    assert "keep running cost for 1.33 months instead of 3" in str(collision.value)


def test_one_unit_less_in_the_pool_brings_its_price() -> None:
    base = with_rules(BASE, PM50, POOL, Operating(3, 18.0))
    brings = gain(base, (Budget(), PM50, POOL, Operating(3, 18.0 - 0.5 / 3)))
    assert 0.5 * price(solved(base), "operating", "pool", "min") == pytest.approx(brings, rel=0.02)
