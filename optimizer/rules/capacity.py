"""Capacity: no more can be sold than the market holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.part import Part
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Capacity(Rule):
    """sum over the part of response[c, q] - lost[q] <= most, in the unit of the response.

    What a part of the budget would bring beyond ``most`` in a quarter is lost: it counts neither in
    the objective nor in a target. Where units of response are worth different amounts, those worth
    least are lost. Money may still be spent there; it just brings nothing more. It is the response
    that is lost: what curves of their own bring beside it (new customers, say) is not.
    """

    name = "capacity"

    key: str
    of: Part
    most: float

    def constrain(self, program: Program) -> None:
        """One row and one column for what is lost per quarter."""
        problem = program.problem
        members = self.of.members(problem)
        for q, quarter in enumerate(problem.quarters):
            brought = program.brought.by(members, [q])

            def beyond(decision: Floats, brought: LinearForm = brought) -> float:
                return max(0.0, brought.at(decision) - self.most)

            lost = program.add_extra(
                Extra(f"{self.name} {self.key} {quarter}", follows=beyond, loses=members, quarter=q)
            )
            form = brought.minus(1.0, LinearForm.sum_of([lost]))
            program.limit(self.name, self.key, quarter, form, at_most=self.most)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Nothing breaks a market's capacity: what is beyond it does not come."""
        return ()

    def explain(self, row: Row) -> str:
        """The market is full."""
        return f"the market of {row.key} holds no more than {row.limit:,.2f} in {row.quarter}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Nobody can widen a market by writing so."""
        return None
