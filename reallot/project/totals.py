"""Totals: revenue as a whole and the controls beside it, from a file or from a wide table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from reallot.errors import Finding
from reallot.project.calendar import Calendar, calendar_of
from reallot.project.dates import column_of_days
from reallot.project.headings import Columns, Place, place_all, understand
from reallot.project.numbers import column_of_numbers, floats
from reallot.project.policy import HistoryTable, Policy
from reallot.project.tables import Table


@dataclass(frozen=True)
class Totals:
    """Total revenue (P,), NaN where missing, or None; controls by name, each (P,).

    ``ahead`` are the controls of the periods after the history, (F,), NaN where one is missing.
    """

    revenue: Floats | None
    controls: Mapping[str, Floats]
    ahead: Mapping[str, Floats]


NO_TOTALS = Totals(None, {}, {})


@dataclass(frozen=True)
class TotalsTable:
    """Where the totals stand: fields date, revenue and perhaps unit_value; headings of controls.

    ``indicators`` are columns of text: heading -> the word that means nothing happened.
    """

    columns: Columns
    controls: tuple[str, ...]
    indicators: Mapping[str, str]


def totals_file(table: Table, policy: Policy, findings: list[Finding]) -> TotalsTable | None:
    """The columns of outcome.csv: date, revenue, and every other one a control."""
    fields = ("date", "revenue")
    columns, others = understand(table, fields, (), policy.columns, policy.plan.currency, findings)
    if columns is None:
        return None
    indicators = policy.history.indicators
    headings = [table.headings[position] for position in others]
    if place_all(table, [(heading, heading) for heading in indicators], findings) is None:
        return None
    controls = tuple(heading for heading in headings if heading not in indicators)
    return TotalsTable(columns, controls, indicators)


def totals_of_wide(
    table: Table, declared: HistoryTable, findings: list[Finding]
) -> TotalsTable | None:
    """The columns that [history] names beside the channels'."""
    wanted = [("date", declared.date or "date"), ("revenue", declared.outcome or "revenue")]
    if declared.unit_value is not None:
        wanted.append(("unit_value", declared.unit_value))
    places = place_all(table, wanted, findings)
    others = [(heading, heading) for heading in (*declared.controls, *declared.indicators)]
    if place_all(table, others, findings) is None or places is None:
        return None
    return TotalsTable(Columns(table, places), declared.controls, declared.indicators)


def totals_on(
    calendar: Calendar | None,
    totals: TotalsTable,
    findings: list[Finding],
    warnings: list[str],
) -> Totals:
    """Totals on the history's calendar: revenue added up, controls at their mean.

    A period that the table holds in part, or not at all, has no revenue (NaN). Of rows after the
    history the controls are kept, for the forecast. Without a calendar only the cells are looked
    at.
    """
    before = len(findings)
    columns = totals.columns
    days = column_of_days(columns, findings)
    revenue = floats(column_of_numbers(columns, "revenue", findings))
    if "unit_value" in columns:
        revenue = revenue * floats(column_of_numbers(columns, "unit_value", findings))
    controls = _controls(totals, np.isfinite(revenue), findings)
    if calendar is None or len(findings) > before:
        return NO_TOTALS
    own = calendar_of(columns, days, findings)
    known = [d for d in days if d is not None]
    if own is None or not _in_step(own, calendar, columns, findings):
        return NO_TOTALS
    p = calendar.positions(known)
    inside = (p >= 0) & (p < len(calendar))
    if not inside.any():
        found = "none of the dates lies in the history"
        findings.append(Finding(columns.table.file, None, "date", found, "Check the years."))
        return NO_TOTALS
    count = np.bincount(p[inside], minlength=len(calendar))
    whole = count == (_lengths(calendar) if own.daily else 1.0)
    added = np.bincount(p[inside], weights=revenue[inside], minlength=len(calendar))
    _warn(columns.table.file, calendar, known, p, np.isfinite(revenue), whole, warnings)
    means = {name: _means(p, values, len(calendar)) for name, values in controls.items()}
    return Totals(
        np.where(whole, added, np.nan),
        {name: _filled(values[: len(calendar)]) for name, values in means.items()},
        {name: values[len(calendar) :] for name, values in means.items()},
    )


def _controls(
    totals: TotalsTable, with_revenue: NDArray[np.bool_], findings: list[Finding]
) -> dict[str, Floats]:
    """Controls by name, row by row; a row without revenue may leave them open (NaN)."""
    table = totals.columns.table
    controls: dict[str, Floats] = {}
    for heading in totals.controls:
        position = table.headings.index(heading)
        one = Columns(table, {heading: Place(position)})
        controls[heading] = floats(column_of_numbers(one, heading, findings))
        for (row, text), needed in zip(table.cells(position), with_revenue, strict=True):
            if needed and not text.strip():
                remedy = "Write a number, or leave the column out."
                findings.append(table.finding(row, position, "the cell is empty", remedy))
    for heading, nothing in totals.indicators.items():
        words = Columns(table, {heading: Place(table.headings.index(heading))}).text(heading)
        for word in dict.fromkeys(words):
            if word not in ("", nothing):
                controls[f"{heading}: {word}"] = np.asarray([float(w == word) for w in words])
    return controls


def _in_step(own: Calendar, calendar: Calendar, columns: Columns, findings: list[Finding]) -> bool:
    shift = (own.starts[0] - calendar.starts[0]).days
    in_step = own.daily or (
        own.period is calendar.period and (shift % 7 == 0 or own.starts[0].day == 1)
    )
    if not in_step:
        found = f"its dates go by the {own.period} from {own.starts[0]}"
        expected = (
            f"The history goes by the {calendar.period} from {calendar.starts[0]}: "
            "use the same dates, or daily ones."
        )
        findings.append(Finding(columns.table.file, None, "date", found, expected))
    return in_step


def _lengths(calendar: Calendar) -> Floats:
    """Days in each period."""
    last = calendar.starts[-1]
    after = calendar.positions([last + timedelta(days=n) for n in range(93)])
    tail = int((after == len(calendar) - 1).sum())
    starts = [start.toordinal() for start in calendar.starts]
    return np.diff([*starts, starts[-1] + tail]).astype(float)


def _means(p: NDArray[np.int64], values: Floats, periods: int) -> Floats:
    """(P or more,) means of the periods ``p`` of the rows; NaN where no row has a value."""
    there = (p >= 0) & np.isfinite(values)
    length = max(periods, int(p.max()) + 1)
    count = np.bincount(p[there], minlength=length)
    added = np.bincount(p[there], weights=values[there], minlength=length)
    return np.asarray(np.divide(added, count, out=np.full(length, np.nan), where=count > 0))


def _filled(values: Floats) -> Floats:
    """Controls of missing periods between their neighbours; revenue is missing there anyway."""
    seen = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), seen, values[seen]) if seen.size else values


def _warn(
    file: str,
    calendar: Calendar,
    days: Sequence[date],
    p: NDArray[np.int64],
    with_revenue: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    warnings: list[str],
) -> None:
    early = [d for d, at in zip(days, p, strict=True) if at < 0]
    if early:
        warnings.append(
            f"{file}: {len(early)} rows lie before the history ({min(early)} to {max(early)}) and "
            "were left out."
        )
    late = with_revenue & (p >= len(calendar))
    if late.any():
        warnings.append(
            f"{file}: the revenue of {int(late.sum())} rows after the history is not used, as "
            "there is no spend beside it."
        )
    missing = np.flatnonzero(~whole)
    if missing.size:
        warnings.append(
            f"{file}: {missing.size} of the history's {len(calendar)} {calendar.period}s have no "
            f"whole total (the first is {calendar.starts[missing[0]]}) and are left out of the fit."
        )
