"""Stop: a channel gets nothing."""

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
class Stop(Rule):
    """x[c, q] = 0 for the channels that a planner stops, in money per quarter."""

    name = "stop"

    channels: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One row per channel and quarter."""
        problem = program.problem
        for c, name in enumerate(problem.names):
            if name in self.channels:
                for q, quarter in enumerate(problem.quarters):
                    form = LinearForm.sum_of([program.cell(c, q)])
                    program.limit(self.name, name, quarter, form, at_most=0.0)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Nothing is spent there."""
        problem = plan.problem
        for c, name in enumerate(problem.names):
            if name in self.channels:
                for q, quarter in enumerate(problem.quarters):
                    spent = float(plan.spend[c, q])
                    if spent > slack_of(problem, 1):
                        text = f"{quarter}: {name} gets {spent:,.2f} though it is stopped"
                        yield Violation(self.name, name, quarter, spent, text)

    def explain(self, row: Row) -> str:
        """A planner's decision."""
        return f"{row.key} is stopped"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A stop is loosened by not stopping."""
        return f"do not stop {row.key}: leave it {limit:,.2f} {row.unit} a quarter"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Stopped channels have no elasticity."""
        return self.channels
