"""What the errors of a fit still tell."""

from dataclasses import replace

import numpy as np

from models import Curves, FitDiagnostics, History, Period, ResponseCurve
from models.residuals import channel_notes, totals_notes
from models.saturation import Form
from tests.models.worlds import history

WEEKS = 156
CURVE = ResponseCurve("A", Form.LINEAR, 2.0, 1.0, 1.0, 0.0, Period.WEEK)


def attributed(factors: np.ndarray) -> History:
    """A channel whose results are so many times what its curve says."""
    spend = 100 * np.exp(np.random.default_rng(1).normal(0, 0.3, (len(factors), 1)))
    return history(spend, 2 * spend * factors[:, None])


def noise(seed: int = 0, deviation: float = 0.1, weeks: int = WEEKS) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0, deviation, weeks))


def test_ordinary_errors_say_nothing():
    for seed in range(20):
        assert channel_notes(attributed(noise(seed)), CURVE) == ()


def test_errors_that_last_are_said():
    lasting = np.convolve(np.log(noise(deviation=0.3, weeks=WEEKS + 7)), np.full(8, 1 / 8), "valid")
    (note, *_) = channel_notes(attributed(np.exp(lasting)), CURVE)
    assert "lasts from week to week (correlation 0." in note


def test_a_week_far_off_is_named():
    factors = noise()
    factors[[40, 90]] = 3.0, 5.0
    told = attributed(factors)
    (note,) = channel_notes(told, CURVE)
    assert note.startswith("2 weeks lie far off")
    assert str(told.starts[90]) in note


def test_results_that_have_risen_lately_are_said():
    factors = noise()
    factors[-26:] *= 1.3
    (note,) = channel_notes(attributed(factors), CURVE)
    assert "in the last half year its results came to 3" in note
    assert "more than the curve says" in note


def test_corrected_results_are_compared_with_the_corrected_curve():
    corrected = replace(
        CURVE, top=2.4, diagnostics=FitDiagnostics(source="combined", correction=1.2)
    )
    assert channel_notes(attributed(noise()), corrected) == ()


def test_a_short_history_is_not_judged():
    factors = noise(weeks=60)
    factors[40] = 5.0
    assert channel_notes(attributed(factors), CURVE) == ()


def test_a_channel_without_a_curve_is_not_judged():
    factors = noise()
    factors[40] = 5.0
    assert channel_notes(attributed(factors), replace(CURVE, known=False)) == ()


def test_a_curve_that_would_move_all_revenue_is_pointed_out():
    told = attributed(noise())
    revenue = told.revenue[:, 0]
    steep = replace(CURVE, diagnostics=FitDiagnostics(source="attributed", elasticity=0.9))
    (note,) = channel_notes(replace(told, outcome=2 * revenue), steep)
    assert "to raise all revenue by 0.45 %" in note
    assert channel_notes(replace(told, outcome=5 * revenue), steep) == ()


def test_a_step_of_the_baseline_lasts_in_the_totals():
    outcome = 1000 * noise(deviation=0.02)
    told = replace(history(np.zeros((WEEKS, 1)), outcome=outcome))
    assert totals_notes(told, Curves(())) == ()
    stepped = replace(told, outcome=outcome * np.where(np.arange(WEEKS) > 80, 1.3, 1.0))
    assert any("lasts from week to week" in note for note in totals_notes(stepped, Curves(())))


def test_a_promotion_in_the_totals_is_named_unless_a_control_explains_it():
    outcome, sale = 1000 * noise(deviation=0.02), np.zeros(WEEKS)
    sale[[30, 70, 110]] = 1
    told = history(np.zeros((WEEKS, 1)), outcome=outcome * np.exp(0.5 * sale))
    (note,) = totals_notes(told, Curves(()))
    assert note.startswith("Totals: 3 weeks lie far off")
    assert totals_notes(replace(told, controls={"sale": sale}), Curves(())) == ()


def test_without_totals_there_is_nothing_to_say_of_them():
    assert totals_notes(attributed(noise()), Curves((CURVE,))) == ()
