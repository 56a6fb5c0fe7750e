"""Channels that nothing tells apart are not told apart."""

from dataclasses import replace

import numpy as np
import pytest

from models.fit import fit
from tests.models.worlds import history, totals_world


def with_a_twin(order):
    """Channel B, its twin of three times its size, and the rest, in this order."""
    past = totals_world(4, channels=3).history
    spend = np.column_stack([past.spend, 3 * past.spend[:, 1]])[:, order]
    return history(spend, outcome=past.outcome, controls=past.controls)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [0, 3, 2, 1]])
def test_twins_have_the_same_curve_but_for_their_size_whatever_their_order(order):
    curves = fit(with_a_twin(order)).curves
    small, large = curves[order.index(1)], curves[order.index(3)]
    assert large.top == pytest.approx(3 * small.top)
    assert large.half == pytest.approx(3 * small.half)
    assert (large.slope, large.carryover) == pytest.approx((small.slope, small.carryover))
    assert large.diagnostics.flags == small.diagnostics.flags
    spread = [np.mean([m.top / c.top for m in c.members]) for c in (small, large)]
    assert spread[0] == pytest.approx(spread[1], rel=0.05)


def test_channels_that_differ_keep_their_own_curves():
    past = with_a_twin([0, 1, 2, 3])
    spend = past.spend.copy()
    spend[40:60, 3] *= 1.5
    curves = fit(replace(past, spend=spend)).curves
    assert curves[3].top != pytest.approx(3 * curves[1].top, rel=1e-6)
