"""Launch: a channel gets nothing, or enough to be worth beginning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation
from optimizer.rules.beginning import between, nothing_or
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Launch(Rule):
    """x[c, q] = 0 or x[c, q] >= amount[c], in money per quarter.

    With a switch z of being active: x >= amount * z, and x <= what the cell may hold * z.
    """

    name = "launch"

    amounts: Mapping[str, float]

    def constrain(self, program: Program) -> None:
        """One row and one switch per channel and quarter."""
        nothing_or(program, self.name, self.amounts)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """No amount lies between nothing and enough."""
        for name, quarter, short in between(plan, self.amounts):
            text = f"{quarter}: {name} gets {short:,.2f} less than it begins at"
            yield Violation(self.name, name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """The channel is at the least it may begin with."""
        return f"{row.key} gets nothing, or at least {row.limit:,.2f}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A smaller beginning."""
        return f"let {row.key} begin at {limit:,.2f} {row.unit} (launch_at)"
