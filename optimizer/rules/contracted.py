"""Contracted: what is signed is spent; more may be."""

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
class Contracted(Rule):
    """x[c, q] >= amounts[c][q], the money signed for a channel and quarter.

    ``amounts`` holds an amount per quarter for every channel with contracts. The rest of a
    channel's money is free to move; a committed channel's is not.
    """

    name = "contracted"

    amounts: Mapping[str, tuple[float, ...]]

    def constrain(self, program: Program) -> None:
        """One row per channel and quarter in which something is signed."""
        problem = program.problem
        for c, name in enumerate(problem.names):
            if name in self.amounts:
                for q, quarter in enumerate(problem.quarters):
                    amount = self.amounts[name][q]
                    if amount > 0:
                        form = LinearForm.sum_of([program.cell(c, q)])
                        program.limit(self.name, name, quarter, form, at_least=amount)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against what is signed."""
        problem = plan.problem
        for c, name in enumerate(problem.names):
            if name in self.amounts:
                for q, quarter in enumerate(problem.quarters):
                    short = self.amounts[name][q] - float(plan.spend[c, q])
                    if short > slack_of(problem, 1):
                        text = f"{quarter}: {name} is {short:,.2f} below what is signed"
                        yield Violation(self.name, name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """Contracts are paid."""
        return f"{row.key} stays at what is signed: {row.limit:,.2f}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """What is signed is loosened by changing the contract."""
        off = row.limit - limit
        return f"free {off:,.2f} {row.unit} a quarter of {row.key} from what is signed"
