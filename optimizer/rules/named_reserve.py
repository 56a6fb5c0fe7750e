"""Named reserve: money kept inside a line, for a purpose or until a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.fund import Fund
from optimizer.rules.part import Part
from optimizer.rules.proportion import limit_proportion, off_proportion
from optimizer.rules.rule import Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class NamedReserve(Fund):
    """low <= r[q] / (r[q] + sum of x[c, q] over the part) <= high in every quarter, in per cent.

    r[q] is the money of the line that holds the reserve. After the quarter ``until`` (written like
    2027Q2) it is 0; None keeps it to the end.
    """

    name = "named_reserve"

    key: str
    of: Part
    share: tuple[float, float]
    until: str | None = None

    def constrain(self, program: Program) -> None:
        """Two rows per quarter, one in quarters after its end."""
        problem = program.problem
        c, whole = self._line(problem)
        for q, quarter in enumerate(problem.quarters):
            if self._ended(quarter):
                form = LinearForm.sum_of([program.cell(c, q)])
                program.limit(self.name, self.key, quarter, form, at_most=0.0)
            else:
                low, high = self.share
                limit_proportion(
                    program, self.name, self.key, quarter, [q], [c], whole,
                    at_least=low, at_most=high,
                )  # fmt: skip

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The reserve against its band of what its line gets, and nothing after its end."""
        problem = plan.problem
        c, whole = self._line(problem)
        for q, quarter in enumerate(problem.quarters):
            if self._ended(quarter):
                left = float(plan.spend[c, q])
                if left > slack_of(problem, 1):
                    text = f"{quarter}: {self.key} still holds {left:,.2f} after {self.until}"
                    yield Violation(self.name, self.key, quarter, left, text)
            elif off := off_proportion(plan, [q], [c], whole, self.share):
                text = f"{quarter}: {self.key} is {off:,.2f} out of its band"
                yield Violation(self.name, self.key, quarter, off, text)

    def explain(self, row: Row) -> str:
        """Which end of the band was reached, or that its time is over."""
        if row.unit != "%":
            return f"nothing is kept for {self.key} after {self.until}"
        end = "least" if row.side == "min" else "most"
        share = f"{row.limit:g} % of {self.of}, itself included"
        return f"the reserve for {self.key} holds the {end} it may: {share}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Another end of the band, or a later end of the reserve."""
        if row.unit != "%":
            return f"keep the reserve for {self.key} for longer than until {self.until}"
        word = "at least" if row.side == "min" else "up to"
        more = f"{word} {limit:,.6g} % of {self.of} instead of {row.limit:,.6g} %"
        return f"let the reserve for {self.key} hold {more}"

    def _line(self, problem: AllocationProblem) -> tuple[int, set[int]]:
        """The reserve's position, and those of its part together with itself."""
        own = problem.names.index(self.channel)
        return own, {own, *self.of.members(problem)}

    def _ended(self, quarter: str) -> bool:
        # Years have four digits: as text, quarters stand in the order of time.
        return self.until is not None and quarter > self.until
