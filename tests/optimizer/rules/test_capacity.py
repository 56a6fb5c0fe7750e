import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Capacity, Elasticity, Part
from optimizer.rules.rule import responses
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

LINES = (channel("Phones", 900, 200), channel("Tablets", 700, 200), channel("Watches", 500, 400))
BASE = problem(LINES, np.full((3, 2), 100.0))
PM50 = Elasticity(default=Band(0.5, 0.5))
PHONES = Part(channels=frozenset({"Phones"}))


def test_money_leaves_a_market_that_is_full() -> None:
    free = reallocate(with_rules(BASE, PM50))
    full = reallocate(with_rules(BASE, PM50, Capacity("phones", PHONES, 250.0)))
    assert responses(free.allocation)[0].max() > 300
    assert full.allocation.spend[0].sum() < free.allocation.spend[0].sum()
    assert responses(full.allocation)[0] == pytest.approx(250.0, rel=1e-3)


def test_a_market_with_room_changes_nothing() -> None:
    free = reallocate(with_rules(BASE, PM50))
    wide = reallocate(with_rules(BASE, PM50, Capacity("phones", PHONES, 10_000.0)))
    assert wide.objective == pytest.approx(free.objective, rel=1e-4)
    entry = next(e for e in wide.rules if e.rule == "capacity")
    assert not entry.binding
    assert entry.price == 0


def test_what_a_full_market_does_not_take_is_not_counted() -> None:
    """All money is spent in full; what it would bring beyond the capacity does not come."""
    everything = Part(channels=frozenset(channel.name for channel in LINES))
    plan = reallocate(with_rules(BASE, PM50, Capacity("all", everything, 100.0)))
    assert plan.objective == pytest.approx(200.0)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(200.0)
    assert plan.bound == pytest.approx(200.0, rel=1e-4)
    assert not violations(allocation(plan.problem, BASE.current))


def test_the_capacitys_price_is_what_a_larger_market_brings() -> None:
    base = with_rules(BASE, PM50, Capacity("phones", PHONES, 250.0))
    wider = with_rules(BASE, PM50, Capacity("phones", PHONES, 251.0))
    assert gain(base, wider.rules) == pytest.approx(
        price(solved(base), "capacity", "phones", "max"), rel=0.02
    )
