"""Operating: months of basic running cost that the pool holds ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.part import Part
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program

MONTHS_PER_QUARTER = 3


@dataclass(frozen=True)
class Operating(Rule):
    """sum over q pool[q] >= months * running cost of a month; in money.

    ``monthly`` is that cost, or the part of the budget that has to run on: then the cost is what
    the part has in the approved budget, over the months of the horizon.
    """

    name = "operating"

    months: float
    monthly: Part | float

    def constrain(self, program: Program) -> None:
        """One row."""
        problem = program.problem
        pool = [program.pool_cell(q) for q in range(len(problem.quarters))]
        least = self._needed(problem)
        program.limit(self.name, "pool", None, LinearForm.sum_of(pool), at_least=least)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The pool against what the months need."""
        problem = plan.problem
        short = self._needed(problem) - float(plan.pool.sum())
        if short > slack_of(problem, len(problem.quarters)):
            text = f"the pool is {short:,.2f} short of {self.months:g} months of running cost"
            yield Violation(self.name, "pool", None, short, text)

    def explain(self, row: Row) -> str:
        """How many months the pool lasts."""
        of = "" if isinstance(self.monthly, float) else f" of {self.monthly}"
        cost = f"{row.limit:,.2f} {row.unit}, the running cost{of} for {self.months:g} months"
        return f"the pool holds the least it may: {cost}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Fewer months."""
        if limit < 0 or not row.limit:
            return None
        fewer = int(100 * self.months * limit / row.limit) / 100
        return f"keep running cost for {fewer:g} months instead of {self.months:g} (operating)"

    def _needed(self, problem: AllocationProblem) -> float:
        if isinstance(self.monthly, float):
            return self.months * self.monthly
        approved = float(problem.current[list(self.monthly.members(problem))].sum())
        return self.months * approved / (MONTHS_PER_QUARTER * len(problem.quarters))
