"""Freeze: a channel keeps its part of the budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, slack_of
from optimizer.rules.unmoved import keep, moved

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Freeze(Rule):
    """x[c, q] = base[c, q] for the channels that a planner freezes, in money per quarter.

    base is the current amount scaled to this scenario's quarter budget, as for elasticity: a frozen
    channel takes its part in a cut. What is signed and does not follow a cut is committed.
    """

    name = "freeze"

    channels: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One equation per channel and quarter."""
        keep(program, self.name, self.channels, program.problem.base)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against its part of the budget; which need not be a whole amount."""
        problem = plan.problem
        return moved(plan, self.name, self.channels, problem.base, slack_of(problem, 1))

    def explain(self, row: Row) -> str:
        """A planner's decision."""
        return f"{row.key} is frozen where it is"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A freeze is loosened by letting the channel move."""
        way = "up" if limit > row.limit else "down"
        by = f"{abs(limit - row.limit):,.2f} {row.unit} a quarter"
        return f"let {row.key} move {way} by {by} instead of freezing it"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Frozen channels have no elasticity."""
        return self.channels
