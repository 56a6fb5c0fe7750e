"""Returns, cancellations and credit notes: results below 0 belong to what was booked before."""

import numpy as np
import pytest

from models import Curves, History, ResponseCurve
from models.effects import effect_of
from models.fit import fit
from models.reversals import net_of
from tests.models.worlds import attributed_world, history

WEEKS = 130


def told(booked: np.ndarray) -> History:
    """The first channel of a world with other results."""
    return history(clean().spend[:, :1], booked[:, None])


def clean() -> History:
    """A world in which nothing is ever returned."""
    return attributed_world(3, weeks=WEEKS).history


def sales() -> np.ndarray:
    """(WEEKS,) what the first channel sold."""
    return clean().revenue[:, 0].copy()


def returned(part: float, every: int) -> np.ndarray:
    """What is booked where a part of the sales comes back, all at once every so many weeks."""
    booked = sales()
    for week in range(every, WEEKS, every):
        booked[week] -= part * sales()[week - every : week].sum()
    return booked


def fitted(booked: np.ndarray) -> tuple[ResponseCurve, float]:
    """The curve, and what it makes of the whole history as a share of what was booked."""
    curve = fit(told(booked)).curves[0]
    return curve, float(effect_of(told(booked), 0, curve).sum() / booked.sum())


def said(booked: np.ndarray) -> str:
    return " ".join(fit(told(booked)).warnings)


@pytest.mark.parametrize(("part", "every"), [(0.6, 4), (0.5, 5), (0.3, 13)])
def test_steady_returns_lower_the_curve_to_what_was_kept(part, every):
    curve, share = fitted(returned(part, every))
    assert share == pytest.approx(1, abs=0.04)
    assert curve.diagnostics.flags == ()


def test_returns_leave_the_shape_as_it_is():
    without, _ = fitted(sales())
    curve, _ = fitted(returned(0.4, 13))
    assert curve.diagnostics.elasticity == pytest.approx(without.diagnostics.elasticity, rel=0.1)
    assert curve.diagnostics.r2 == pytest.approx(without.diagnostics.r2, abs=0.05)


def test_a_single_correction_counts_in_full():
    booked = sales()
    booked[60] = -10 * booked.mean()
    curve, share = fitted(booked)
    assert share == pytest.approx(1, abs=0.02)
    without, _ = fitted(sales())
    lost = 1 - booked.sum() / sales().sum()
    assert curve.top == pytest.approx((1 - lost) * without.top, rel=0.05)


def test_a_mistake_upwards_still_hardly_counts():
    booked = sales()
    booked[60] *= 20
    _, share = fitted(booked)
    assert share * booked.sum() == pytest.approx(sales().sum(), rel=0.05)


def test_returns_are_said():
    words = said(returned(0.4, 13))
    assert "negative, or far below its other results: 10." in words
    assert "lower its curve by 3" in words
    assert "negative" not in said(sales())


def test_noise_below_0_is_no_return():
    random = np.random.default_rng(1)
    booked = sales() + random.normal(0, 0.7 * sales().mean(), WEEKS)
    assert np.sum(booked < 0) > 5
    words = said(booked)
    assert "no further out" in words
    assert "corrections" not in words
    _, share = fitted(booked)
    assert share == pytest.approx(1, abs=0.1)


def test_results_above_0_stand_as_they_are():
    used = np.ones(WEEKS, dtype=bool)

    def never(weights):
        raise AssertionError("nothing is to be fitted")

    net = net_of(sales(), used, never)
    assert (net.kept, net.reversals) == (1.0, 0)
    assert np.array_equal(net.result, sales())
    assert np.array_equal(net.used, used)


def test_reversals_are_taken_from_all_results_alike():
    result = np.array([10.0, 12, 8, -15, 11, 9])
    used = np.array([True, True, True, True, True, False])
    net = net_of(result, used, lambda weights: np.full(6, 10.0))
    assert net.used.tolist() == [True, True, True, False, True, False]
    assert (net.reversals, net.kept) == (1, (40 - 15) / 50)
    assert net.result[0] == 5.0


def test_a_channel_from_which_all_came_back_is_held_and_told():
    booked = sales()
    booked[1::2] = -1.5 * booked[1::2].mean()
    curves: Curves = fit(told(booked))
    assert not curves.curves[0].known
    assert "look at their signs" in curves.warnings[0]


def test_a_channel_whose_sign_is_wrong_in_all_weeks_but_one_is_held_and_told():
    booked = -sales()
    booked[5] = 1.0
    curves = fit(told(booked))
    assert not curves.curves[0].known
    assert "look at their signs" in curves.warnings[0]
