"""Held: a channel of whose effect nothing is known stays where it is."""

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
class Held(Rule):
    """x[c, q] = base[c, q] for channels whose data hold no signal.

    base is the current amount scaled to this scenario's quarter budget, as for elasticity: a
    channel of which nothing is known takes its part in a cut, and no more.
    """

    name = "held"

    channels: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One equation per channel and quarter."""
        keep(program, self.name, self.channels, program.problem.base)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against its part of the budget; which need not be a whole amount."""
        problem = plan.problem
        return moved(plan, self.name, self.channels, problem.base, slack_of(problem, 1))

    def explain(self, row: Row) -> str:
        """No signal, no move."""
        return f"{row.key} is held: its history does not show what it brings"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Being held is this engine's caution, which a planner may overrule."""
        return f"let {row.key} move although its effect is unknown (move_unknown = true)"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Held channels have no elasticity."""
        return self.channels
