"""Lift tests of calibration.csv: what changes of spend, made on purpose, were measured to bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from models.history import History
from models.lift import LiftTest
from models.period import Period
from reallot.errors import Finding, quoted
from reallot.project.cells import Cells, by_its_cells
from reallot.project.dates import column_of_days
from reallot.project.headings import Columns, understand
from reallot.project.nearest import did_you_mean
from reallot.project.numbers import column_of_numbers
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in

FIELDS = ("channel", "date_from", "date_to", "spend_change", "lift", "stderr")
# A sum of spend may be a hair below what was written.
_SLACK = 1e-9


def read_tests(
    table: Table,
    policy: Policy,
    history: History | None,
    planned: Cells,
    findings: list[Finding],
) -> tuple[LiftTest, ...]:
    """The lift tests of a table, as far as they can be read; all else is added to ``findings``.

    ``history`` is None where it cannot be read, and ``planned`` are the cells of the budget.
    """
    columns, _ = understand(table, FIELDS, (), policy.columns, policy.plan.currency, findings)
    if columns is None:
        return ()
    return _Reader(columns, history, planned, findings).tests()


@dataclass(frozen=True)
class _Reader:
    """Reads the columns and keeps every problem with its row."""

    columns: Columns
    history: History | None
    planned: Cells
    findings: list[Finding]

    def tests(self) -> tuple[LiftTest, ...]:
        """One test per row."""
        before = len(self.findings)
        names = [name_in(text) for text in self.columns.text("channel")]
        firsts, lasts = (column_of_days(self.columns, self.findings, f) for f in FIELDS[1:3])
        changes = self._numbers("spend_change", "Write how much more was spent; below 0 for less.")
        lifts = self._numbers("lift", "Write what the change brought, in the unit of revenue.")
        errors = self._numbers(
            "stderr", "Write the lift's standard error: the width of its 95 % interval / 3.92."
        )
        tests: list[tuple[int, LiftTest]] = []
        for i, row in enumerate(self.columns.rows):
            self._check_numbers(row, changes[i], errors[i])
            self._check_channel(row, names[i])
            first, last, change, lift, error = firsts[i], lasts[i], changes[i], lifts[i], errors[i]
            if first is None or last is None or change is None or lift is None or error is None:
                continue
            test = LiftTest(names[i], first, last, float(change), float(lift), float(error))
            if self._is_in_history(row, test):
                self._check_spend(row, test)
            self._refuse_overlap(row, test, tests)
            tests.append((row, test))
        return tuple(test for _, test in tests) if len(self.findings) == before else ()

    def _wrong(self, field: str, row: int, found: str, expected: str) -> None:
        position = self.columns.places[field].position
        self.findings.append(self.columns.table.finding(row, position, found, expected))

    def _numbers(self, field: str, blank: str) -> list[Decimal | None]:
        return column_of_numbers(self.columns, field, self.findings, blank=blank)

    def _check_numbers(self, row: int, change: Decimal | None, error: Decimal | None) -> None:
        if change is not None and change == 0:
            expected = "Write how much more was spent; a test that changed nothing tests nothing."
            self._wrong("spend_change", row, "found 0", expected)
        if error is not None and error <= 0:
            expected = "Write a number above 0: the width of the lift's 95 % interval / 3.92."
            self._wrong("stderr", row, f"found {error.normalize():f}", expected)

    def _check_channel(self, row: int, name: str) -> None:
        if not name:
            self._wrong("channel", row, "the cell is empty", "Write the channel's name.")
        elif self.history is not None and name not in self.history.channels:
            near = did_you_mean(name, self.history.channels)
            found = f"the channel {quoted(name)} is not in the history"
            expected = f"Correct the name.{by_its_cells(self.planned, name) or near}"
            self._wrong("channel", row, found, expected)

    def _is_in_history(self, row: int, test: LiftTest) -> bool:
        if test.last < test.first:
            found = f"the test ends on {test.last}, before it begins on {test.first}"
            self._wrong("date_to", row, found, "Write the last day of the test, included.")
            return False
        if self.history is None:
            return False
        begin, end = self.history.starts[0], _last_day(self.history)
        for field, when in (("date_from", test.first), ("date_to", test.last)):
            if not begin <= when <= end:
                found = f"{when} lies outside the history, which goes from {begin} to {end}"
                expected = "Correct the date, add the history's rows, or delete the test."
                self._wrong(field, row, found, expected)
        return begin <= test.first and test.last <= end

    def _check_spend(self, row: int, test: LiftTest) -> None:
        """The history holds what the test spent more."""
        history = self.history
        if history is None or test.channel not in history.channels:
            return
        days = np.asarray([start.toordinal() for start in history.starts])
        begin = int(np.searchsorted(days, test.first.toordinal(), side="right")) - 1
        end = int(np.searchsorted(days, test.last.toordinal(), side="right"))
        spent = float(history.spend[begin:end, history.channels.index(test.channel)].sum())
        if test.spend_change > spent * (1 + _SLACK):
            found = f"found {test.spend_change:.15g}, but the history spent {spent:.15g} meanwhile"
            expected = (
                "Write what was spent beyond the usual, and see that the history's spend on "
                f"{test.channel} contains it."
            )
            self._wrong("spend_change", row, found, expected)

    def _refuse_overlap(
        self, row: int, test: LiftTest, earlier: Sequence[tuple[int, LiftTest]]
    ) -> None:
        for other_row, other in earlier:
            together = other.first <= test.last and test.first <= other.last
            if other.channel == test.channel and together:
                found = f"it overlaps the test of {test.channel} in row {other_row}"
                expected = "Keep one of them, or put them together as one test."
                self._wrong("date_from", row, found, expected)
                return


def _last_day(history: History) -> date:
    last = history.starts[-1]
    if history.period is Period.WEEK:
        return last + timedelta(6)
    number = last.year * 12 + last.month - 1 + 3 // history.period.per_quarter
    return date(number // 12, number % 12 + 1, 1) - timedelta(1)
