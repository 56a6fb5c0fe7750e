"""Curves that the planner brings."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Form
from reallot.errors import Finding, quoted
from reallot.project.cells import Cells, by_its_cells
from reallot.project.headings import Columns, understand
from reallot.project.nearest import did_you_mean
from reallot.project.numbers import column_of_numbers
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in

Word = TypeVar("Word", bound=StrEnum)
FIELDS = ("channel", "form", "top", "half", "slope", "carryover", "period")
_NEEDS_SLOPE = frozenset({Form.HILL, Form.POWER})


def read_curves(
    table: Table, policy: Policy, planned: Cells | None, findings: list[Finding]
) -> tuple[ResponseCurve, ...] | None:
    """The curves of curves.csv; None, with findings, where they cannot be read.

    ``planned`` are the cells of the budget, None where it cannot be read.
    """
    before = len(findings)
    columns, _ = understand(table, FIELDS, (), policy.columns, policy.plan.currency, findings)
    if columns is None:
        return None
    channels = [name_in(text) for text in columns.text("channel")]
    forms = _words(columns, "form", Form, findings)
    periods = _words(columns, "period", Period, findings)
    numbers = {
        field: column_of_numbers(columns, field, findings, least=Decimal(0), blank=blank)
        for field, blank in {
            "top": "Write the response per period at full saturation.",
            "half": "Write an amount of money above 0.",
            "slope": None,
            "carryover": "Write a share between 0 and 1; 0 where nothing carries over.",
        }.items()
    }
    _refuse_divided(columns, channels, planned or {}, findings)
    curves: dict[str, ResponseCurve] = {}
    for i, row in enumerate(columns.rows):
        form, period = forms[i], periods[i]
        top, half, carryover = (numbers[f][i] for f in ("top", "half", "carryover"))
        slope = numbers["slope"][i]
        problems = len(findings)
        _check(columns, row, channels[i], channels[:i], form, half, slope, carryover, findings)
        if len(findings) > problems or form is None or period is None:
            continue
        if top is not None and half is not None and carryover is not None:
            curves[channels[i]] = ResponseCurve(
                channel=channels[i],
                form=form,
                top=float(top),
                half=float(half),
                slope=1.0 if slope is None else float(slope),
                carryover=float(carryover),
                period=period,
            )
    return tuple(curves.values()) if len(findings) == before else None


def _refuse_divided(
    columns: Columns, channels: list[str], planned: Cells, findings: list[Finding]
) -> None:
    position = columns.places["channel"].position
    for row, channel in zip(columns.rows, channels, strict=True):
        if cells := by_its_cells(planned, channel):
            found = f"one curve for all of {quoted(channel)}"
            expected = f"Write a curve for each.{cells}"
            findings.append(columns.table.finding(row, position, found, expected))


def _words(
    columns: Columns, field: str, words: type[Word], findings: list[Finding]
) -> list[Word | None]:
    position = columns.places[field].position
    read: list[Word | None] = []
    for row, text in columns.table.cells(position):
        word = text.strip().lower()
        if word in set(words):
            read.append(words(word))
            continue
        near = did_you_mean(word, words)
        expected = f"Write one of {', '.join(words)}.{near}"
        findings.append(columns.table.finding(row, position, f"found {quoted(text)}", expected))
        read.append(None)
    return read


def _check(
    columns: Columns,
    row: int,
    channel: str,
    earlier: list[str],
    form: Form | None,
    half: Decimal | None,
    slope: Decimal | None,
    carryover: Decimal | None,
    findings: list[Finding],
) -> None:
    def wrong(field: str, found: str, expected: str) -> None:
        position = columns.places[field].position
        findings.append(columns.table.finding(row, position, found, expected))

    if not channel:
        wrong("channel", "the cell is empty", "Write the channel's name.")
    elif channel in earlier:
        wrong("channel", f"{quoted(channel)} has a curve already", "Keep one row.")
    if half is not None and half == 0:
        wrong("half", "found 0", "Write an amount of money above 0.")
    if form in _NEEDS_SLOPE and not slope:
        found = "the cell is empty" if slope is None else "found 0"
        wrong("slope", found, f"Write a number above 0: {form} needs one.")
    elif slope is not None and slope == 0:
        wrong("slope", "found 0", "Write 1; this form does not use it.")
    if carryover is not None and carryover >= 1:
        wrong("carryover", f"found {carryover}", "Write a share below 1.")
