"""plan.csv: the plan's rows for spreadsheets and finance systems."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, fields
from decimal import Decimal

from optimizer.plan import Plan
from reallot.report.booking import BookedRow, booked

Cell = str | Decimal | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plan_csv(plan: Plan) -> bytes:
    """One row per quarter and channel, then the reserve; UTF-8, plain numbers."""
    columns = ["scenario", *(field.name for field in fields(BookedRow))]
    scenario = plan.problem.scenario
    rows = [(scenario, *asdict(row).values()) for row in booked(plan)]
    return csv_bytes(columns, rows)


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """A table as CSV in UTF-8.

    Text that a spreadsheet would take for a formula gets a leading apostrophe, which the reader of
    project files strips.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_written(column) for column in columns])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell
