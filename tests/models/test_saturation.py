"""The forms of response curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.saturation import Form, derivative, inflection, response

PARAMETERS = (st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.floats(0.3, 6.0))


@pytest.mark.parametrize("form", list(Form))
def test_nothing_spent_brings_nothing(form):
    assert response(form, 0.0, 100.0, 10.0, 1.5) == 0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form.HILL, 100 * 20**1.5 / (20**1.5 + 10**1.5)),
        (Form.EXPONENTIAL, 100 * (1 - np.exp(-2))),
        (Form.LOGARITHM, 100 * np.log(3)),
        (Form.POWER, 100 * 2**1.5),
        (Form.LINEAR, 200.0),
    ],
)
def test_every_form_follows_its_formula(form, expected):
    assert response(form, 20.0, 100.0, 10.0, 1.5) == pytest.approx(expected)


def test_a_hill_curve_brings_half_of_its_top_at_half():
    assert response(Form.HILL, 10.0, 100.0, 10.0, 3.0) == pytest.approx(50)


@pytest.mark.parametrize("form", list(Form))
@given(*PARAMETERS, st.floats(0.05, 20))
def test_the_marginal_return_is_the_slope_of_the_response(form, top, half, slope, level):
    s, h = level * half, 1e-5 * half
    rise = response(form, s + h, top, half, slope) - response(form, s - h, top, half, slope)
    marginal = derivative(form, s, top, half, slope)
    assert rise / (2 * h) == pytest.approx(marginal, rel=1e-4, abs=1e-6 * top / half)


@pytest.mark.parametrize("form", list(Form))
@given(*PARAMETERS, st.floats(0, 1e7), st.floats(0, 1e7))
def test_more_money_never_brings_less(form, top, half, slope, one, other):
    low, high = sorted((one, other))
    assert response(form, low, top, half, slope) <= response(form, high, top, half, slope)


@given(*PARAMETERS)
def test_marginal_returns_rise_before_the_inflection_and_fall_after_it(top, half, slope):
    turn = float(inflection(Form.HILL, half, slope))
    for level in (0.3, 0.6, 0.9):
        if turn > 1e-6 * half:
            before = [derivative(Form.HILL, x * turn, top, half, slope) for x in (level, 1)]
            assert before[0] <= before[1]
        start = max(turn, 0.01 * half)
        after = [derivative(Form.HILL, x * start, top, half, slope) for x in (1, 1 + level)]
        assert after[0] >= after[1]


def test_at_nothing_the_marginal_return_depends_on_the_slope():
    at_zero = [float(derivative(Form.HILL, 0.0, 100.0, 10.0, n)) for n in (0.5, 1.0, 2.0)]
    assert at_zero == [np.inf, 10.0, 0.0]
    assert float(derivative(Form.HILL, 0.0, 0.0, 10.0, 0.5)) == 0


def test_which_forms_are_convex_somewhere():
    assert inflection(Form.EXPONENTIAL, 10.0, 2.0) == 0
    assert inflection(Form.POWER, 10.0, 0.5) == 0
    assert inflection(Form.POWER, 10.0, 2.0) == np.inf
    assert inflection(Form.HILL, 10.0, 0.8) == 0
