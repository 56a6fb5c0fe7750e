"""Fixed cost: what being active costs before any media is bought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.beginning import between, nothing_or
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class FixedCost(Rule):
    """x[c, q] = 0 or x[c, q] >= fixed_cost[c], in money per quarter.

    The fixed cost is part of the channel's amount: only what is left of it buys media, and that is
    what the response is counted on (`models` and `optimizer.response`).
    """

    name = "fixed_cost"

    def constrain(self, program: Program) -> None:
        """One row and one switch per quarter of every channel that has a fixed cost."""
        nothing_or(program, self.name, _costs(program.problem))

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """An active channel's amount covers its fixed cost."""
        for name, quarter, short in between(plan, _costs(plan.problem)):
            text = f"{quarter}: {name} lacks {short:,.2f} of its fixed cost"
            yield Violation(self.name, name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """The amount pays the fixed cost and no media."""
        return f"{row.key} costs {row.limit:,.2f} before any media is bought"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Costs are what they are."""
        return None


def _costs(problem: AllocationProblem) -> dict[str, float]:
    return {channel.name: channel.fixed_cost for channel in problem.channels if channel.fixed_cost}
