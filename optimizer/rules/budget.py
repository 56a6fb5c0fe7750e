"""Budget: every quarter is spent in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Budget(Rule):
    """sum over channels x[c, q] + pool[q] = budget[q], in money, for every quarter q."""

    name = "budget"

    def constrain(self, program: Program) -> None:
        """One equation per quarter."""
        problem = program.problem
        for q, quarter in enumerate(problem.quarters):
            cells = [program.cell(c, q) for c in range(len(problem.channels))]
            total = LinearForm.sum_of([*cells, program.pool_cell(q)])
            amount = float(problem.budget[q])
            program.limit(self.name, "total", quarter, total, at_least=amount, at_most=amount)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Rounding keeps the budget to the cent, so nothing but float noise is allowed."""
        problem = plan.problem
        for q, quarter in enumerate(problem.quarters):
            placed = float(plan.spend[:, q].sum() + plan.pool[q])
            missing = abs(placed - float(problem.budget[q]))
            if missing > 0.1 * problem.minor_unit + 1e-9 * float(problem.budget[q]):
                yield Violation(
                    self.name,
                    "total",
                    quarter,
                    missing,
                    f"{quarter}: {placed:,.2f} is placed of a budget of {problem.budget[q]:,.2f}",
                )

    def remedy(self, row: Row, limit: float) -> str | None:
        """Nobody can loosen the amount of money there is."""
        return None

    def explain(self, row: Row) -> str:
        """The budget binds always; its price is what one more unit of money brings."""
        return f"the budget of {row.quarter} is spent in full"
