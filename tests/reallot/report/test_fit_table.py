"""The table that `reallot fit` prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from rich.cells import cell_len

from models import Curves, FitDiagnostics, Period, ResponseCurve
from models.curve import Member
from models.forecast import Forecast
from models.saturation import Form
from models.validation import BackTest
from reallot.report.fit_table import fit_document, fit_rows, fit_sentences, fit_table
from tests.models.worlds import history

SPENT = history(np.full((60, 2), 100.0), np.full((60, 2), 300.0))
SURE = ResponseCurve(
    "A",
    Form.LINEAR,
    3.0,
    1.0,
    1.0,
    0.0,
    Period.WEEK,
    members=tuple(Member(2.0 + step / 50, 1.0, 1.0, 0.0) for step in range(101)),
    diagnostics=FitDiagnostics("combined", elasticity=1.0, holdout_error=0.04, correction=1.12),
)
NOTHING = ResponseCurve(
    "B", Form.LINEAR, 0.0, 1.0, 1.0, 0.0, Period.WEEK, known=False,
    diagnostics=FitDiagnostics("attributed"),
)  # fmt: skip
BOTH = Curves((SURE, NOTHING))
TRIED = BackTest((date(2026, 3, 30), date(2025, 12, 29)), {"A": 0.07}, 0.03, 0.09)
ANYWAY = Forecast(("2027Q1",), (1e6,), (9e5,), (1.1e6,), error=0.03, naive_error=0.09)


def test_a_row_says_source_return_interval_error_and_correction():
    row, unknown = fit_rows(BOTH, SPENT)
    assert (row.source, row.returns, row.error, row.correction) == ("combined", 3.0, 0.04, 1.12)
    assert (row.low, row.high) == pytest.approx((2.2, 3.8))
    assert (unknown.returns, unknown.flags) == (None, ("no signal",))


def test_the_table_says_the_same_in_80_columns():
    table = fit_table(fit_rows(BOTH, SPENT))
    line = next(line for line in table.splitlines() if line.lstrip().startswith("A "))
    assert line.split() == ["A", "combined", "3.00", "2.20–3.80", "1.00", "4.0", "%", "+12", "%"]
    named = replace(NOTHING, channel="a very long name of a channel that goes on")
    wide = replace(SURE, diagnostics=replace(SURE.diagnostics, flags=("weak", "collinear")))
    table = fit_table(fit_rows(Curves((wide, named)), SPENT))
    assert max(map(cell_len, table.splitlines())) <= 80
    assert "no signal" in table


def test_without_a_correction_there_is_no_column_for_it():
    assert "Corr." not in fit_table(fit_rows(Curves((NOTHING,)), SPENT))


def test_a_back_test_takes_the_place_of_the_last_quarter():
    row, unknown = fit_rows(BOTH, SPENT, TRIED)
    assert (row.error, unknown.error) == (0.07, None)
    totals = replace(SURE, channel="B", diagnostics=FitDiagnostics("totals", holdout_error=0.1))
    assert fit_rows(Curves((totals,)), SPENT, TRIED)[0].error == 0.03


def test_sentences_say_what_comes_anyway_and_what_was_foretold():
    comes, foretold = fit_sentences(ANYWAY, TRIED, "CNY")
    assert "1.00 M CNY of revenue comes anyway" in comes.replace("\N{NO-BREAK SPACE}", " ")
    assert "2025-12-29" in foretold
    assert "9.0" in foretold
    assert fit_sentences(Forecast(), None, "CNY") == ()
    (short,) = fit_sentences(Forecast(), BackTest((), {}, None, None), "CNY")
    assert "too short" in short


def test_programs_get_the_same():
    document = fit_document(fit_rows(BOTH, SPENT, TRIED), ANYWAY, TRIED)
    assert document["channels"][0]["returns"] == 3.0
    assert document["forecast"]["mean"] == (1e6,)
    assert document["back_test"]["origins"] == ["2026-03-30", "2025-12-29"]
    assert fit_document((), Forecast(), None) == {"channels": [], "forecast": None}
