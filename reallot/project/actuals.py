"""Actuals: what was spent this year so far, by channel and quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.period import Period
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

    def covers(self, quarter: str) -> bool:
        """Whether every period of a quarter is told of, first and last days at least."""
        first, (_, next_) = first_day_of(quarter), quarters_from(quarter, 2)
        slack = {DAY: timedelta(0), Period.WEEK: timedelta(6)}.get(self.rhythm)
        begins = self.begin.replace(day=1) if slack is None else self.begin - slack
        return begins <= first and self.end >= first_day_of(next_)

    def of(self, channel: str, quarter: str) -> float | None:
        """What a channel spent in a quarter; None where no row says."""
        own = self.spend.get(channel, {})
        amounts = [amount for when, amount in own.items() if quarter_of(when) == quarter]
        return sum(amounts) if amounts else None


def read_actuals(
    table: Table, policy: Policy, planned: Cells, findings: list[Finding]
) -> Actuals | None:
    """The file, laid out as the history is; None, with findings, where it cannot be read."""
    before = len(findings)
    _, records = records_of(table, policy, planned, findings)
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
