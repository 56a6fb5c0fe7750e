"""Any curve of another model is drawn by the form of ours that comes closest, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from models.period import Period
from models.saturation import Floats, Form, response
from reallot.imports.imported import NoCounterpartError
from reallot.imports.shape import LIMIT, curve_through

SPEND = np.linspace(0.0, 40_000.0, 201)[1:]


def logistic(spend: Floats) -> Floats:
    return 90_000.0 * np.tanh(spend / 20_000.0)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("slope", [0.6, 2.5])
def test_our_own_forms_come_back_as_they_were(form: Form, slope: float) -> None:
    brought = response(form, SPEND, 80_000.0, 15_000.0, slope)
    curve = curve_through("TV", SPEND, brought, 0.0, Period.WEEK)
    np.testing.assert_allclose(curve.at(SPEND), brought, atol=1e-5 * brought.max())


def test_the_simplest_form_is_taken_where_several_come_equally_close() -> None:
    assert curve_through("TV", SPEND, 3.0 * SPEND, 0.0, Period.WEEK).form is Form.LINEAR


def test_carry_over_leaves_what_an_even_spend_brings_in_all() -> None:
    at_once = curve_through("TV", SPEND, logistic(SPEND), 0.0, Period.WEEK)
    later = curve_through("TV", SPEND, logistic(SPEND), 0.5, Period.WEEK)
    np.testing.assert_allclose(later.at(SPEND / (1.0 - 0.5)), at_once.at(SPEND))


def test_the_distance_is_said_and_is_so() -> None:
    brought = logistic(SPEND)
    curve = curve_through("TV", SPEND, brought, 0.0, Period.WEEK)
    distance = np.abs(curve.at(SPEND) - brought).max() / brought.max()
    assert 0.001 < distance <= LIMIT
    assert curve.diagnostics.notes == (f"{distance:.1%} off at most, up to 40,000 a week",)


def test_a_step_has_no_counterpart() -> None:
    step = np.where(SPEND < 20_000.0, 0.1, 1.0) * 50_000.0
    with pytest.raises(NoCounterpartError, match="2% is allowed"):
        curve_through("TV", SPEND, step, 0.0, Period.WEEK)


def test_what_brings_nothing_has_no_curve() -> None:
    with pytest.raises(NoCounterpartError, match="brings nothing"):
        curve_through("TV", SPEND, -SPEND, 0.0, Period.WEEK)
