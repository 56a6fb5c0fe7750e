"""Fixed cost: what being active costs before any media is bought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation, slack_of

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
        problem = program.problem
        for c, channel in enumerate(problem.channels):
            if channel.fixed_cost > 0:
                for q, quarter in enumerate(problem.quarters):
                    program.limit(
                        self.name,
                        channel.name,
                        quarter,
                        LinearForm.sum_of([program.cell(c, q)]),
                        base=LinearForm.sum_of([program.switches.active(c, q)]),
                        at_least=channel.fixed_cost,
                    )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """An active channel's amount covers its fixed cost."""
        slack = slack_of(plan.problem, 1)
        for c, channel in enumerate(plan.problem.channels):
            for q, quarter in enumerate(plan.problem.quarters):
                amount = float(plan.spend[c, q])
                short = channel.fixed_cost - amount
                if amount > slack and short > slack:
                    text = f"{quarter}: {channel.name} lacks {short:,.2f} of its fixed cost"
                    yield Violation(self.name, channel.name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """The amount pays the fixed cost and no media."""
        return f"{row.key} costs {row.limit:,.2f} before any media is bought"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Costs are what they are."""
        return None
