"""The rhythm of a history, and how many of its periods make a quarter."""

from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The time step of a history and of the curves fitted to it."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def per_quarter(self) -> int:
        """Periods in a planning quarter: 13 weeks, 3 months or 1 quarter."""
        return {Period.WEEK: 13, Period.MONTH: 3, Period.QUARTER: 1}[self]

    @property
    def longest_tail(self) -> int:
        """Periods after the horizon in which carry-over still counts, at most."""
        return {Period.WEEK: 26, Period.MONTH: 6, Period.QUARTER: 2}[self]

    @property
    def per_year(self) -> float:
        """Periods in a year on average."""
        return {Period.WEEK: 365.25 / 7, Period.MONTH: 12.0, Period.QUARTER: 4.0}[self]

    def next(self, start: date) -> date:
        """The first day of the period after the one that begins on ``start``."""
        if self is Period.WEEK:
            return start + timedelta(days=7)
        months = 12 * start.year + start.month - 1 + 3 // self.per_quarter
        return date(months // 12, months % 12 + 1, 1)
