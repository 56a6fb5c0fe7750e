"""Prices where every amount stands at a limit."""

import numpy as np
import pytest

from models.saturation import Form
from optimizer.rules import Band, Cap, Elasticity
from tests.optimizer.rules.pricing import price, solved
from tests.optimizer.worlds import channel, problem

LINES = tuple(
    channel(name, top=top, half=1000.0, form=Form.LINEAR)
    for name, top in [("A", 400.0), ("B", 300.0), ("D", 200.0), ("E", 100.0)]
)


def test_a_price_is_what_loosening_brings_where_no_amount_is_free() -> None:
    """A and B are up, D and E down: more for A must come from B, more for B from nobody."""
    base = problem(LINES, np.full((4, 1), 1000.0), (Elasticity(default=Band(0.2, 0.2)),))
    plan = solved(base)
    assert price(plan, "elasticity", "A", "max") == pytest.approx(10 * 0.1)
    assert price(plan, "elasticity", "B", "max") == pytest.approx(0.0, abs=1e-9)
    assert price(plan, "elasticity", "D", "min") == pytest.approx(0.0, abs=1e-9)
    assert price(plan, "elasticity", "E", "min") == pytest.approx(10 * 0.1)


def test_more_money_is_worth_what_the_channel_that_can_take_it_brings() -> None:
    """C is at its cap and A may not move up: only B, at its lower end, can take more."""
    rules = (Elasticity(channel={"B": Band(0.2, 0.2)}), Cap({"A": 1000.0, "D": 1200.0, "E": 0.0}))
    base = problem(LINES, [[1000.0], [1000.0], [1000.0], [0.0]], rules)
    plan = solved(base)
    assert plan.allocation.spend.ravel() == pytest.approx([1000.0, 1200.0, 800.0, 0.0])
    assert price(plan, "budget", "total", "max") == pytest.approx(0.2)
