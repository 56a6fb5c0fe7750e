import csv
import io
from decimal import Decimal

import pytest

from reallot.report.plan_csv import plan_csv
from tests.reallot.report.plans import HOSTILE, QUARTERS, plan_of

COLUMNS = (
    "scenario,quarter,channel,current,recommended,change,change_pct,expected_response,"
    "marginal_return,reason"
)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_the_columns_are_those_that_finance_was_promised() -> None:
    assert plan_csv(plan_of()).decode().splitlines()[0] == COLUMNS


def test_rows_go_by_quarter_then_by_the_budget_then_the_reserve() -> None:
    rows = _rows(plan_csv(plan_of()))
    names = (*plan_of().problem.names, "reserve")
    assert [(r["quarter"], r["channel"]) for r in rows] == [(q, n) for q in QUARTERS for n in names]


def test_amounts_are_plain_with_the_cents_of_the_currency() -> None:
    for row in _rows(plan_csv(plan_of())):
        for column in ("current", "recommended", "change"):
            assert row[column].lstrip("-").replace(".", "").isdigit()
            assert len(row[column].partition(".")[2]) == 2


def test_the_responses_in_the_file_add_up_to_the_objective() -> None:
    plan = plan_of()
    total = sum(Decimal(row["expected_response"]) for row in _rows(plan_csv(plan)))
    assert float(total) == pytest.approx(plan.objective, rel=1e-9)


def test_the_reserve_brings_nothing_and_has_no_marginal_return() -> None:
    reserve = [r for r in _rows(plan_csv(plan_of())) if r["channel"] == "reserve"]
    assert {r["marginal_return"] for r in reserve} == {""}
    assert {Decimal(r["expected_response"]) for r in reserve} == {0}


def test_names_that_a_spreadsheet_would_run_get_an_apostrophe_and_others_none() -> None:
    rows = _rows(plan_csv(plan_of(HOSTILE)))
    written = [row["channel"] for row in rows[: len(HOSTILE)]]
    for name, cell in zip(HOSTILE, written, strict=True):
        assert cell == (f"'{name}" if name[0] in "=+-@\t\r" else name)


def test_no_cell_of_text_starts_a_formula() -> None:
    for row in _rows(plan_csv(plan_of(HOSTILE, scenario="=1+1"))):
        assert all(row[column][:1] not in "=+-@\t\r" for column in ("scenario", "channel"))
        assert row["reason"][:1] not in tuple("=+-@\t\r")
