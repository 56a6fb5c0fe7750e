"""Committed: what is signed cannot be moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.unmoved import keep, moved

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Committed(Rule):
    """x[c, q] = current[c, q]: the approved amount itself, in every scenario, exact to the cent."""

    name = "committed"

    channels: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One equation per channel and quarter."""
        keep(program, self.name, self.channels, program.problem.current)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against the approved one."""
        problem = plan.problem
        allowed = 0.1 * problem.minor_unit
        return moved(plan, self.name, self.channels, problem.current, allowed)

    def explain(self, row: Row) -> str:
        """Contracts do not move."""
        return f"{row.key} is committed and may not move"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A contract is loosened by changing the contract."""
        off = abs(limit - row.limit)
        return f"free {off:,.2f} {row.unit} a quarter of {row.key} from its contracts"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Committed channels have no elasticity."""
        return self.channels
