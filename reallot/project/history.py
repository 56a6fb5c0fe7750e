"""The history's files: long or wide, daily to quarterly, with or without totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from models.history import History
from models.saturation import Floats
from reallot.errors import Finding, quoted
from reallot.project import gaps
from reallot.project.calendar import Calendar, calendar_of
from reallot.project.cells import (
    DIMENSIONS,
    Cell,
    Cells,
    check_cells,
    divisions_of,
    rows_as_cells,
)
from reallot.project.dates import column_of_days
from reallot.project.headings import Columns, Place, place_all, understand
from reallot.project.nearest import nearest
from reallot.project.numbers import column_of_numbers, floats
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in
from reallot.project.totals import NO_TOTALS, Totals, totals_file, totals_of_wide, totals_on

METRICS = ("revenue", "conversions", "new_customers", "exposures")
RESERVED = ("reserve", "unspent")


@dataclass(frozen=True)
class Records:
    """One entry per row and channel; ``spend`` and ``metrics`` are NaN where nothing was read.

    ``cells`` are what the rows count for, ``parts`` what they are rows of: the same, or a part that
    is added up to it.
    """

    rows: list[int]
    days: list[date | None]
    cells: list[Cell]
    parts: list[Cell]
    spend: Floats
    metrics: Mapping[str, Floats]


def read_history(
    table: Table,
    outcome: Table | None,
    policy: Policy,
    planned: Cells | None,
    findings: list[Finding],
    warnings: list[str],
) -> History | None:
    """The history in its files, added up to the cells that are planned.

    Without ``planned`` each channel is divided as its rows are. None, with findings, where the
    history cannot be read.
    """
    before = len(findings)
    columns, records = records_of(table, policy, planned, findings)
    totals = None
    if outcome is not None:
        totals = totals_file(outcome, policy, findings)
        if policy.history.outcome is not None:
            found = "there are totals in a column of the history too"
            expected = "Delete this file, or the line outcome in [history] of reallot.toml."
            findings.append(Finding(outcome.file, None, None, found, expected))
    elif policy.history.outcome is not None:
        totals = totals_of_wide(table, policy.history, findings)
    calendar = None
    if columns is not None and records is not None:
        calendar = calendar_of(columns, _days_of(columns, records), findings)
    on_calendar = NO_TOTALS
    if totals is not None:
        sound = calendar if len(findings) == before else None
        on_calendar = totals_on(sound, totals, findings, warnings)
    if calendar is None or records is None or len(findings) > before:
        return None
    return _on(calendar, table.file, records, on_calendar, warnings)


def records_of(
    table: Table,
    policy: Policy,
    planned: Cells | None,
    findings: list[Finding],
    beside: frozenset[str] = frozenset(),
) -> tuple[Columns | None, Records | None]:
    """The rows of a history or of actuals, long or wide as the policy says; None with findings.

    ``beside`` are names of the plan's own that may stand among the channels.
    """
    if policy.history.layout == "wide":
        return _wide(table, policy, planned or {}, findings)
    return _long(table, policy, planned, findings, beside)


def _days_of(columns: Columns, records: Records) -> list[date | None]:
    """The date of every row of the table; in a wide table a row makes several records."""
    by_row = dict(zip(records.rows, records.days, strict=True))
    return [by_row.get(row) for row in columns.rows]


def _long(
    table: Table,
    policy: Policy,
    planned: Cells | None,
    findings: list[Finding],
    beside: frozenset[str],
) -> tuple[Columns | None, Records | None]:
    columns, others = understand(
        table,
        ("date", "channel", "spend"),
        (*METRICS, *DIMENSIONS),
        policy.columns,
        policy.plan.currency,
        findings,
    )
    if columns is None:
        return None, None
    days = column_of_days(columns, findings)
    parts = rows_as_cells(columns, _channels(columns, findings, beside))
    divisions = divisions_of(parts if planned is None else list(planned.values()))
    along = {part: part.along(divisions.get(part.channel, frozenset())) for part in set(parts)}
    cells = [along[part] for part in parts]
    check_cells(columns, cells, divisions, findings)
    remedy = "Write 0 where nothing was spent, or delete the row."
    spend = column_of_numbers(columns, "spend", findings, least=Decimal(0), blank=remedy)
    metrics = {
        field: floats(column_of_numbers(columns, field, findings))
        for field in METRICS
        if field in columns
    }
    for position in others:
        metrics |= _other_metric(columns, position, findings)
    _refuse_twice(columns, days, parts, findings)
    return columns, Records(columns.rows, days, cells, parts, floats(spend), metrics)


def _wide(
    table: Table, policy: Policy, planned: Cells, findings: list[Finding]
) -> tuple[Columns | None, Records | None]:
    declared = policy.history
    spend_headings = list(declared.spend.values())
    wanted = [("date", declared.date or "date"), *((h, h) for h in spend_headings)]
    places = place_all(table, wanted, findings)
    if places is None:
        return None, None
    columns = Columns(table, places)
    days = column_of_days(columns, findings)
    _refuse_twice(columns, days, None, findings)
    remedy = "Write 0 where nothing was spent."
    spends = [
        floats(column_of_numbers(columns, heading, findings, least=Decimal(0), blank=remedy))
        for heading in spend_headings
    ]
    times = len(spends)
    cells = [planned.get(name, Cell(name)) for name in declared.spend for _ in days]
    return columns, Records(
        columns.rows * times, days * times, cells, cells, np.concatenate(spends), {}
    )


def _channels(columns: Columns, findings: list[Finding], beside: frozenset[str]) -> list[str]:
    names = [name_in(text) for _, text in columns.table.cells(columns.places["channel"].position)]
    for row, name in zip(columns.rows, names, strict=True):
        position = columns.places["channel"].position
        if not name:
            remedy = "Write the channel's name."
            findings.append(columns.table.finding(row, position, "the cell is empty", remedy))
        elif name in RESERVED and name not in beside:
            remedy = "Give the channel another name: this one belongs to the plan."
            found = f"found the channel {quoted(name)}"
            findings.append(columns.table.finding(row, position, found, remedy))
    return names


def _other_metric(columns: Columns, position: int, findings: list[Finding]) -> dict[str, Floats]:
    """A further column of numbers; a heading near a known one is taken for a slip."""
    heading = columns.table.headings[position]
    near = nearest(heading, METRICS)
    if near is not None and near not in columns:
        expected = f"Write {near}, or [columns] {near} = {heading!r} in reallot.toml."
        found = f"there is a column {heading!r} and none {near}"
        findings.append(columns.table.finding(1, position, found, expected))
        return {}
    one = Columns(columns.table, {heading: Place(position)})
    return {heading: floats(column_of_numbers(one, heading, findings))}


def _refuse_twice(
    columns: Columns,
    days: Sequence[date | None],
    parts: Sequence[Cell] | None,
    findings: list[Finding],
) -> None:
    first: dict[tuple[date, Cell | None], int] = {}
    for i, (row, when) in enumerate(zip(columns.rows, days, strict=True)):
        if when is None:
            continue
        part = None if parts is None else parts[i]
        earlier = first.setdefault((when, part), row)
        if earlier != row:
            what = f"{when}" if part is None else f"{when} {part.name}"
            found = f"{what} stands in row {earlier} already"
            findings.append(
                columns.table.finding(row, columns.places["date"].position, found, "Keep one row.")
            )


def _on(
    calendar: Calendar, file: str, records: Records, totals: Totals, warnings: list[str]
) -> History:
    """Add the records up on the calendar."""
    cells = tuple(dict.fromkeys(records.cells))
    channels = tuple(cell.name for cell in cells)
    of = {cell: c for c, cell in enumerate(cells)}
    days = [d for d in records.days if d is not None]
    p = calendar.positions(days)
    c = np.asarray([of[cell] for cell in records.cells], dtype=np.int64)
    inside = (p >= 0) & (p < len(calendar))
    gaps.warn_of_part_weeks(file, days, inside, warnings)
    shape = (len(calendar), len(channels))

    def added(values: Floats) -> Floats:
        table = np.zeros(shape)
        np.add.at(table, (p[inside], c[inside]), values[inside])
        return table

    # Several parts of a cell may have rows on one day, which is there once all the same.
    _, first = np.unique(np.stack([[d.toordinal() for d in days], c]), axis=1, return_index=True)
    there = added(np.isin(np.arange(len(days)), first).astype(float))
    observed = there > 0
    spend = added(records.spend)
    attributed = {
        name: np.where(observed, added(values), np.nan) for name, values in records.metrics.items()
    }
    gaps.fill(calendar, file, channels, spend, observed, warnings)
    if calendar.daily:
        gaps.warn_of_missing_days(file, channels, there, warnings)
    if (revenue := attributed.get("revenue")) is not None:
        gaps.warn_of_missing_results(calendar, file, channels, revenue, observed, warnings)
        _warn_of_signs(file, channels, revenue, warnings)
    if records.parts != records.cells:
        counted = [channels[i] for i in c]
        gaps.warn_of_missing_parts(file, days, counted, records.parts, warnings)
    divided = any(cell.dimensions for cell in cells)
    return History(
        period=calendar.period,
        starts=calendar.starts,
        channels=channels,
        spend=spend,
        observed=observed,
        attributed=attributed,
        outcome=totals.revenue,
        controls=dict(totals.controls),
        groups=tuple(cell.channel for cell in cells) if divided else (),
        ahead=totals.ahead,
    )


def _warn_of_signs(
    file: str, channels: tuple[str, ...], revenue: Floats, warnings: list[str]
) -> None:
    """Channels that lost money over all of the history; ``revenue`` (P, C) is NaN where missing."""
    for c, channel in enumerate(channels):
        results = revenue[np.isfinite(revenue[:, c]), c]
        if np.any(results < 0) and results.sum() <= 0:
            warnings.append(
                f"{file}: the revenue of {channel} is negative in {np.count_nonzero(results < 0)} "
                f"of {len(results)} periods and adds up to 0 or less: see whether it has the right "
                "sign."
            )
