"""Held: a channel of whose effect nothing is known stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.unmoved import keep_current, moved

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Held(Rule):
    """x[c, q] = current[c, q] for channels whose data hold no signal."""

    name = "held"

    channels: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One equation per channel and quarter."""
        keep_current(program, self.name, self.channels)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against the approved one."""
        return moved(plan, self.name, self.channels)

    def explain(self, row: Row) -> str:
        """No signal, no move."""
        return f"{row.key} is held: its history does not show what it brings"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Held channels have no elasticity."""
        return self.channels
