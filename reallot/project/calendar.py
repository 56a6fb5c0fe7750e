"""The calendar of a history: its rhythm, its periods, and the period each row belongs to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.period import Period
from reallot.errors import Finding
from reallot.project.headings import Columns

DAY = "day"
Rhythm = Period | str


@dataclass(frozen=True)
class Calendar:
    """P periods without gaps.

    ``starts`` are their first days. With ``daily`` files the periods are weeks that begin on a
    Monday, and only weeks that the files hold from Monday to Sunday.
    """

    period: Period
    starts: tuple[date, ...]
    daily: bool = False

    def positions(self, days: Sequence[date]) -> NDArray[np.int64]:
        """The period each day belongs to; negative or >= P where it lies outside."""
        if self.period is Period.WEEK:
            first = self.starts[0].toordinal()
            return np.asarray([(d.toordinal() - first) // 7 for d in days], dtype=np.int64)
        step = _months(self.period)
        first = _month_number(self.starts[0])
        return np.asarray([(_month_number(d) - first) // step for d in days], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.starts)


def calendar_of(
    columns: Columns, days: Sequence[date | None], findings: list[Finding]
) -> Calendar | None:
    """The calendar that these dates follow; None, with findings, where they follow none."""
    known = sorted({d for d in days if d is not None})
    rhythm = rhythm_of(known)
    if rhythm is None:
        alone = len(known) < 2
        found = "one date alone shows no rhythm" if alone else "its dates follow no rhythm"
        expected = "Write a row for every day, week, month or quarter, two periods at least."
        findings.append(Finding(columns.table.file, None, "date", found, expected))
        return None
    if not _regular(columns, days, known, rhythm, findings):
        return None
    calendar = _between(known, rhythm)
    if len(calendar) < 2:
        found = "the days make no two whole weeks from Monday to Sunday"
        findings.append(Finding(columns.table.file, None, "date", found, "Write more days."))
        return None
    seen = set(calendar.positions(known).tolist())
    if len(seen) < len(calendar) / 2:
        found = f"most {calendar.period}s from {known[0]} to {known[-1]} have no row"
        expected = "Check the first date and the last, or write the rows that are missing."
        findings.append(Finding(columns.table.file, None, "date", found, expected))
        return None
    return calendar


def _between(known: Sequence[date], rhythm: Rhythm) -> Calendar:
    """The calendar from the first date to the last."""
    if rhythm == DAY:
        first = known[0] + timedelta(-known[0].weekday() % 7)
        count = ((known[-1] - first).days + 1) // 7
        return Calendar(Period.WEEK, _weeks(first, count), daily=True)
    if rhythm is Period.WEEK:
        return Calendar(Period.WEEK, _weeks(known[0], (known[-1] - known[0]).days // 7 + 1))
    period = Period(rhythm)
    numbers = range(_month_number(known[0]), _month_number(known[-1]) + 1, _months(period))
    return Calendar(period, tuple(date(n // 12, n % 12 + 1, 1) for n in numbers))


def _weeks(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(7 * i) for i in range(count))


def rhythm_of(days: Sequence[date]) -> Rhythm | None:
    """Days, weeks, months or quarters: what the dates (ascending, distinct) mostly follow.

    None where they follow nothing of this.
    """
    if len(days) < 2:
        return None
    gaps = [(b - a).days for a, b in pairwise(days)]
    typical = statistics.median_low(gaps)
    if typical >= 28 and (_on_one_day_of_month(days) or typical % 7):
        months = [_month_number(b) - _month_number(a) for a, b in pairwise(days)]
        quarterly = all(m % 3 == 0 for m in months) and _month_number(days[0]) % 3 == 0
        return Period.QUARTER if quarterly else Period.MONTH
    if typical >= 7:
        return Period.WEEK
    return DAY if typical == 1 else None


def _regular(
    columns: Columns,
    days: Sequence[date | None],
    known: Sequence[date],
    rhythm: Rhythm,
    findings: list[Finding],
) -> bool:
    """Whether every date lies on the grid; a finding for the first rows that do not."""
    if rhythm == DAY:
        return True
    if rhythm is Period.WEEK:
        weekday = statistics.mode(d.weekday() for d in known)
        off = {d for d in known if d.weekday() != weekday}
        expected = f"This file is weekly and its weeks begin on a {_WEEKDAYS[weekday]}."
    else:
        ends = all(_is_month_end(d) for d in known)
        usual = statistics.mode(d.day for d in known)
        off = set() if ends else {d for d in known if d.day != usual}
        expected = f"This file has one date a {rhythm}, on day {usual} of the month."
    wrong = [(row, d) for row, d in zip(columns.rows, days, strict=True) if d in off]
    for row, when in wrong[:5]:
        found = f"{when} is not in step with the other dates"
        position = columns.places["date"].position
        findings.append(
            columns.table.finding(row, position, found, f"{expected} Correct the date.")
        )
    return not wrong


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _months(period: Period) -> int:
    return {Period.MONTH: 1, Period.QUARTER: 3}[period]


def _month_number(when: date) -> int:
    return when.year * 12 + when.month - 1


def _is_month_end(when: date) -> bool:
    return (when + timedelta(1)).day == 1


def _on_one_day_of_month(days: Sequence[date]) -> bool:
    return len({d.day for d in days}) == 1 or all(_is_month_end(d) for d in days)
