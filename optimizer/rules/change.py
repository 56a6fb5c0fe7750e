"""Change: a part of the budget must move, or may move no further; a scenario's automatic move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Change(Rule):
    """least * B[q] <= sum of (x[c, q] - base[c, q]) over the channels <= most * B[q].

    base is the current amount scaled to this scenario's quarter budget, B[q] its sum over the
    channels; limits are in per cent of B[q], in every quarter. A limit below 0 is a fall: most =
    -0.05 cuts by 5 % at least. A part that has nothing now is not bound. The channels are those of
    the part that nothing above a change decides (stop, commitment, freeze).
    """

    name = "change"

    key: str
    channels: frozenset[str]
    least: float | None = None
    most: float | None = None

    def constrain(self, program: Program) -> None:
        """A row per limit and quarter."""
        problem = program.problem
        members = self._members(problem)
        for q, quarter in enumerate(problem.quarters):
            amount = float(problem.base[members, q].sum())
            if amount > 0:
                cells = [program.cell(c, q) for c in members]
                program.limit(
                    self.name,
                    self.key,
                    quarter,
                    LinearForm.sum_of(cells, constant=-amount),
                    base=LinearForm.of(amount / 100),
                    at_least=None if self.least is None else 100 * self.least,
                    at_most=None if self.most is None else 100 * self.most,
                    unit="%",
                )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The part's move in money against what the limits ask for."""
        problem = plan.problem
        members = self._members(problem)
        for q, quarter in enumerate(problem.quarters):
            amount = float(problem.base[members, q].sum())
            move = float(plan.spend[members, q].sum()) - amount
            short = 0.0 if self.least is None else self.least * amount - move
            over = 0.0 if self.most is None else move - self.most * amount
            excess = max(short, over)
            if amount > 0 and excess > slack_of(problem, len(members)):
                word = "less than it must" if short > 0 else "more than it may"
                text = f"{quarter}: {self.key} moves {excess:,.2f} {word}"
                yield Violation(self.name, self.key, quarter, excess, text)

    def explain(self, row: Row) -> str:
        """Which limit was reached; a limit below 0 is a fall, which an upper end asks for."""
        asked = (row.side == "min") == (row.limit >= 0)
        way, end = (
            "falls" if row.limit < 0 else "rises",
            "least it must" if asked else "most it may",
        )
        return f"{row.key} {way} by the {end}: {abs(row.limit):g} %"

    def remedy(self, row: Row, limit: float) -> str | None:
        """The nearer limit; none where the part would have to go below nothing."""
        if limit < -100:
            return None
        end = "at least" if row.side == "min" else "at most"
        return f"let {row.key} change by {end} {limit:+,.6g} % instead of {row.limit:+,.6g} %"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """What a change names has no elasticity."""
        return self.channels

    def _members(self, problem: AllocationProblem) -> list[int]:
        return [c for c, name in enumerate(problem.names) if name in self.channels]
