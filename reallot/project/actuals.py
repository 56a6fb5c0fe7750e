"""Actuals: what was spent this year so far, by channel and quarter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.period import Period
from optimizer.plan import RESERVE
from reallot.errors import Finding
from reallot.project.calendar import DAY, Rhythm, rhythm_of
from reallot.project.cells import Cells
from reallot.project.dates import first_day_of, quarter_of, quarters_from
from reallot.project.history import records_of
from reallot.project.policy import Policy
from reallot.project.tables import Table


@dataclass(frozen=True)
class Actuals:
    """Money per channel and day of the file's rows: the days of ``rhythm`` on which periods begin.

    A period counts in the quarter in which it begins.
    """

    file: str
    rhythm: Rhythm
    spend: Mapping[str, Mapping[date, float]]

    @property
    def begin(self) -> date:
        """The first day that the file tells of."""
        return min(min(of) for of in self.spend.values())

    @property
    def end(self) -> date:
        """The first day that the file tells nothing of any more."""
        last = max(max(of) for of in self.spend.values())
        if self.rhythm == DAY:
            return last + timedelta(1)
        if self.rhythm is Period.WEEK:
            return last + timedelta(7)
        return Period(self.rhythm).after(last.replace(day=1), 1)

    def gaps(self, quarter: str) -> tuple[tuple[date, date], ...]:
        """The first and the last day of every run of a quarter's periods that no row tells of."""
        gaps: list[tuple[date, date]] = []
        for begin in self._missing(quarter, (day for of in self.spend.values() for day in of)):
            last = self._after(begin) - timedelta(1)
            if gaps and gaps[-1][1] + timedelta(1) == begin:
                gaps[-1] = gaps[-1][0], last
            else:
                gaps.append((begin, last))
        return tuple(gaps)

    def covers(self, quarter: str) -> bool:
        """Whether every period of a quarter has a row of some channel."""
        return not self.gaps(quarter)

    def lacking(self, channel: str, quarter: str) -> int:
        """How many of a quarter's periods have no row of this channel."""
        return len(self._missing(quarter, self.spend.get(channel, ())))

    def of(self, channel: str, quarter: str) -> float | None:
        """What a channel spent in a quarter; None where no row says."""
        own = self.spend.get(channel, {})
        amounts = [amount for when, amount in own.items() if quarter_of(when) == quarter]
        return sum(amounts) if amounts else None

    def _missing(self, quarter: str, days: Iterable[date]) -> list[date]:
        told = {self._begin_of(day) for day in days}
        return [begin for begin in self._periods(quarter) if begin not in told]

    def _periods(self, quarter: str) -> Iterator[date]:
        """The first day of every period that begins in a quarter."""
        first, (_, next_) = first_day_of(quarter), quarters_from(quarter, 2)
        begin = self._begin_of(first)
        while begin < first_day_of(next_):
            if begin >= first:
                yield begin
            begin = self._after(begin)

    def _begin_of(self, day: date) -> date:
        """The first day of the period that a day lies in; weeks begin as the file's first does."""
        if self.rhythm == DAY:
            return day
        if self.rhythm is Period.WEEK:
            return day - timedelta((day - self.begin).days % 7)
        return day.replace(day=1) if self.rhythm is Period.MONTH else first_day_of(quarter_of(day))

    def _after(self, begin: date) -> date:
        """The first day of the next period."""
        return begin + timedelta(1) if self.rhythm == DAY else Period(self.rhythm).after(begin, 1)


def read_actuals(
    table: Table, policy: Policy, planned: Cells, findings: list[Finding]
) -> Actuals | None:
    """The file, laid out as the history is; None, with findings, where it cannot be read."""
    before = len(findings)
    # What was set aside stands in rows of the reserve, as in budget.csv.
    _, records = records_of(table, policy, planned, findings, frozenset({RESERVE}))
    if records is None or len(findings) > before:
        return None
    days = sorted({when for when in records.days if when is not None})
    rhythm = rhythm_of(days)
    if rhythm is None:
        found = "there are too few dates to show a rhythm, or they follow none"
        expected = "Write a row for every day, week, month or quarter, two periods at least."
        findings.append(Finding(table.file, None, "date", found, expected))
        return None
    spend: dict[str, dict[date, float]] = {}
    for when, cell, amount in zip(records.days, records.cells, records.spend.tolist(), strict=True):
        if when is not None:
            of = spend.setdefault(cell.name, {})
            of[when] = of.get(when, 0.0) + amount
    return Actuals(table.file, rhythm, spend)
