"""The history's files: long or wide, daily to quarterly, with or without totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.history import History
from models.saturation import Floats
from reallot.errors import Finding, quoted
from reallot.project.calendar import Calendar, calendar_of
from reallot.project.dates import column_of_days
from reallot.project.headings import Columns, Place, place_all, understand
from reallot.project.nearest import nearest
from reallot.project.numbers import column_of_numbers, floats
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in
from reallot.project.totals import Totals, totals_file, totals_of_wide, totals_on

METRICS = ("revenue", "conversions", "new_customers", "exposures")
CELLS = ("product", "region", "audience")
RESERVED = ("reserve", "unspent")


@dataclass(frozen=True)
class Records:
    """One entry per row and channel; ``spend`` and ``metrics`` are NaN where nothing was read."""

    rows: list[int]
    days: list[date | None]
    channels: list[str]
    spend: Floats
    metrics: Mapping[str, Floats]


def read_history(
    table: Table,
    outcome: Table | None,
    policy: Policy,
    findings: list[Finding],
    warnings: list[str],
) -> History | None:
    """The history in its files; None, with findings, where it cannot be read."""
    before = len(findings)
    wide = policy.history.layout == "wide"
    columns, records = (_wide if wide else _long)(table, policy, findings)
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
    on_calendar = Totals(None, {})
    if totals is not None:
        sound = calendar if len(findings) == before else None
        on_calendar = totals_on(sound, totals, findings, warnings)
    if calendar is None or records is None or len(findings) > before:
        return None
    return _on(calendar, table.file, records, on_calendar, warnings)


def _days_of(columns: Columns, records: Records) -> list[date | None]:
    """The date of every row of the table; in a wide table a row makes several records."""
    by_row = dict(zip(records.rows, records.days, strict=True))
    return [by_row.get(row) for row in columns.rows]


def _long(
    table: Table, policy: Policy, findings: list[Finding]
) -> tuple[Columns | None, Records | None]:
    columns, others = understand(
        table,
        ("date", "channel", "spend"),
        (*METRICS, *CELLS),
        policy.columns,
        policy.plan.currency,
        findings,
    )
    if columns is None:
        return None, None
    for field in CELLS:
        if field in columns:
            found = f"{field} is not read by this version"
            expected = "Add the rows up to one per date and channel, and delete the column."
            findings.append(table.finding(1, columns.places[field].position, found, expected))
    days = column_of_days(columns, findings)
    channels = _channels(columns, findings)
    remedy = "Write 0 where nothing was spent, or delete the row."
    spend = column_of_numbers(columns, "spend", findings, least=Decimal(0), blank=remedy)
    metrics = {
        field: floats(column_of_numbers(columns, field, findings))
        for field in METRICS
        if field in columns
    }
    for position in others:
        metrics |= _other_metric(columns, position, findings)
    if not any(field in columns for field in CELLS):
        _refuse_twice(columns, days, channels, findings)
    return columns, Records(columns.rows, days, channels, floats(spend), metrics)


def _wide(
    table: Table, policy: Policy, findings: list[Finding]
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
    channels = [channel for channel in declared.spend for _ in days]
    return columns, Records(
        columns.rows * times, days * times, channels, np.concatenate(spends), {}
    )


def _channels(columns: Columns, findings: list[Finding]) -> list[str]:
    names = [name_in(text) for _, text in columns.table.cells(columns.places["channel"].position)]
    for row, name in zip(columns.rows, names, strict=True):
        position = columns.places["channel"].position
        if not name:
            remedy = "Write the channel's name."
            findings.append(columns.table.finding(row, position, "the cell is empty", remedy))
        elif name in RESERVED:
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
    channels: Sequence[str] | None,
    findings: list[Finding],
) -> None:
    first: dict[tuple[date, str], int] = {}
    for i, (row, when) in enumerate(zip(columns.rows, days, strict=True)):
        if when is None:
            continue
        channel = "" if channels is None else channels[i]
        earlier = first.setdefault((when, channel), row)
        if earlier != row:
            what = f"{when} {channel}".strip()
            found = f"{what} stands in row {earlier} already"
            findings.append(
                columns.table.finding(row, columns.places["date"].position, found, "Keep one row.")
            )


def _on(
    calendar: Calendar, file: str, records: Records, totals: Totals, warnings: list[str]
) -> History:
    """Add the records up on the calendar."""
    channels = tuple(dict.fromkeys(records.channels))
    of = {channel: c for c, channel in enumerate(channels)}
    days = [d for d in records.days if d is not None]
    p = calendar.positions(days)
    c = np.asarray([of[channel] for channel in records.channels], dtype=np.int64)
    inside = (p >= 0) & (p < len(calendar))
    _warn_of_part_weeks(calendar, file, days, inside, warnings)
    shape = (len(calendar), len(channels))

    def added(values: Floats) -> Floats:
        table = np.zeros(shape)
        np.add.at(table, (p[inside], c[inside]), values[inside])
        return table

    rows = added(np.ones(len(days)))
    observed = rows > 0
    spend = added(records.spend)
    attributed = {
        name: np.where(observed, added(values), np.nan) for name, values in records.metrics.items()
    }
    _fill(calendar, file, channels, spend, observed, warnings)
    if calendar.daily:
        _warn_of_missing_days(file, channels, rows, warnings)
    return History(
        period=calendar.period,
        starts=calendar.starts,
        channels=channels,
        spend=spend,
        observed=observed,
        attributed=attributed,
        outcome=totals.revenue,
        controls=dict(totals.controls),
    )


def _fill(
    calendar: Calendar,
    file: str,
    channels: tuple[str, ...],
    spend: Floats,
    observed: NDArray[np.bool_],
    warnings: list[str],
) -> None:
    """Interpolate spend in missing periods between a channel's first row and its last, in place."""
    periods = np.arange(len(calendar))
    for c, channel in enumerate(channels):
        seen = np.flatnonzero(observed[:, c])
        if seen.size == 0:
            continue
        between = periods[seen[0] : seen[-1] + 1]
        gaps = between[~observed[between, c]]
        spend[gaps, c] = np.interp(gaps, seen, spend[seen, c])
        if gaps.size:
            warnings.append(
                f"{file}: {channel} has no row for {_count(gaps.size, calendar)} "
                f"(the first is {calendar.starts[gaps[0]]}); they are left out of the fit, and its "
                "spend there is taken as between its neighbours, for carry-over only."
            )
        after = len(calendar) - 1 - int(seen[-1])
        if after:
            warnings.append(
                f"{file}: {channel} ends on {calendar.starts[seen[-1]]}, {_count(after, calendar)} "
                "before the history does; nothing is taken as spent after that."
            )


def _warn_of_part_weeks(
    calendar: Calendar,
    file: str,
    days: Sequence[date],
    inside: NDArray[np.bool_],
    warnings: list[str],
) -> None:
    outside = sorted({d for d, kept in zip(days, inside, strict=True) if not kept})
    if outside:
        warnings.append(
            f"{file}: daily rows were added up to weeks from Monday to Sunday; "
            f"{len(outside)} days of weeks cut off at the ends ({outside[0]} to {outside[-1]}) "
            "were left out."
        )


def _warn_of_missing_days(
    file: str, channels: tuple[str, ...], rows: Floats, warnings: list[str]
) -> None:
    for c, channel in enumerate(channels):
        missing = int((7 - rows[rows[:, c] > 0, c]).sum())
        if missing:
            warnings.append(
                f"{file}: {channel} has no row for {missing} days inside weeks that have others; "
                "nothing was taken as spent on them."
            )


def _count(number: int, calendar: Calendar) -> str:
    return f"{number} {calendar.period}{'s' if number != 1 else ''}"
