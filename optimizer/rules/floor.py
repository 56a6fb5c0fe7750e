"""Floor: a channel never gets less than a stated amount."""

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
class Floor(Rule):
    """x[c, q] >= amount[c], in money per quarter."""

    name = "floor"

    amounts: Mapping[str, float]

    def constrain(self, program: Program) -> None:
        """One row per channel and quarter."""
        problem = program.problem
        for c, channel in enumerate(problem.channels):
            if channel.name in self.amounts:
                for q, quarter in enumerate(problem.quarters):
                    form = LinearForm.sum_of([program.cell(c, q)])
                    amount = self.amounts[channel.name]
                    program.limit(self.name, channel.name, quarter, form, at_least=amount)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against its floor."""
        for c, channel in enumerate(plan.problem.channels):
            if channel.name in self.amounts:
                for q, quarter in enumerate(plan.problem.quarters):
                    short = self.amounts[channel.name] - float(plan.spend[c, q])
                    if short > slack_of(plan.problem, 1):
                        text = f"{quarter}: {channel.name} is {short:,.2f} below its floor"
                        yield Violation(self.name, channel.name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """The floor was reached."""
        return f"{row.key} stays at its floor of {row.limit:,.2f}"
