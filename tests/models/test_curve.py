"""Curves and the history they come from, as values."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models import Curves, FitDiagnostics, History, Period, ResponseCurve
from models.curve import Member
from models.saturation import Form
from tests.models.worlds import attributed_world

CURVE = ResponseCurve(
    channel="=Search, “品牌”\n",
    form=Form.HILL,
    top=1 / 3,
    half=2e12,
    slope=0.7,
    carryover=0.1,
    period=Period.WEEK,
    observed=(0.0, 9.5),
    last_adstock=3.3,
    last_period=date(2026, 12, 28),
    diagnostics=FitDiagnostics("attributed", 52, 0.9, None, 0.2, ("a note",)),
)


def test_curves_come_back_from_their_file_exactly():
    curves = Curves((CURVE, replace(CURVE, channel="TV", observed=None, last_period=None)), ("w",))
    assert Curves.from_json(curves.to_json()) == curves


def test_curves_of_another_version_are_refused():
    with pytest.raises(ValueError, match="version 99"):
        Curves.from_json(Curves(()).to_json().replace('"version": 2', '"version": 99'))


def test_a_channel_is_found_by_its_name():
    curves = Curves((CURVE,))
    assert curves[CURVE.channel] is CURVE
    assert CURVE.channel in curves
    assert "TV" not in curves
    with pytest.raises(KeyError):
        curves["TV"]


def test_a_draw_is_the_curve_with_a_members_parameters():
    unsure = replace(CURVE, members=(Member(0.5, 1e12, 0.8, 0.1), Member(0.2, 3e12, 0.6, 0.4)))
    drawn = unsure.drawn(1)
    assert (drawn.top, drawn.half, drawn.slope, drawn.carryover) == (0.2, 3e12, 0.6, 0.4)
    assert drawn.members == ()
    # The same steady spend leaves 0.9 / 0.6 as much behind.
    assert drawn.last_adstock == pytest.approx(3.3 * 0.9 / 0.6)
    assert replace(unsure, last_adstock=None).drawn(0).last_adstock is None


@pytest.mark.parametrize(
    "wrong",
    [{"top": -1.0}, {"half": 0.0}, {"slope": 0.0}, {"carryover": 1.0}, {"top": float("nan")}],
)
def test_a_curve_without_meaning_is_refused(wrong):
    with pytest.raises(ValueError, match="Search"):
        replace(CURVE, **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"observed": np.ones((2, 2), dtype=bool)}, "every table"),
        ({"outcome": np.ones(3)}, "outcome and controls"),
        ({"controls": {"price": np.ones(3)}}, "outcome and controls"),
        ({"spend": np.full((156, 1), np.nan)}, "0 or more"),
    ],
)
def test_a_history_whose_tables_do_not_fit_is_refused(wrong, message):
    history: History = attributed_world(0, channels=1).history
    with pytest.raises(ValueError, match=message):
        replace(history, **wrong)


def test_a_quarter_has_thirteen_weeks_or_three_months():
    assert [period.per_quarter for period in Period] == [13, 3, 1]
    assert [period.longest_tail for period in Period] == [26, 6, 2]
