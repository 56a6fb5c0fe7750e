"""Cap: a channel never gets more than a stated amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Cap(Rule):
    """x[c, q] <= amount[c], in money per quarter."""

    name = "cap"

    amounts: Mapping[str, float]

    def constrain(self, program: Program) -> None:
        """One row per channel and quarter."""
        problem = program.problem
        for c, channel in enumerate(problem.channels):
            if channel.name in self.amounts:
                for q, quarter in enumerate(problem.quarters):
                    form = LinearForm.sum_of([program.cell(c, q)])
                    amount = self.amounts[channel.name]
                    program.limit(self.name, channel.name, quarter, form, at_most=amount)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against its cap."""
        for c, channel in enumerate(plan.problem.channels):
            if channel.name in self.amounts:
                for q, quarter in enumerate(plan.problem.quarters):
                    over = float(plan.spend[c, q]) - self.amounts[channel.name]
                    if over > slack_of(plan.problem, 1):
                        text = f"{quarter}: {channel.name} is {over:,.2f} above its cap"
                        yield Violation(self.name, channel.name, quarter, over, text)

    def explain(self, row: Row) -> str:
        """The cap was reached."""
        return f"{row.key} stays at its cap of {row.limit:,.2f}"
