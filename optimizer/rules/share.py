"""Share: a band for a part of the budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.part import Part
from optimizer.rules.rule import Rule, Violation, slack_of
from optimizer.rules.span import spans

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Share(Rule):
    """low * W <= sum of x over the part <= high * W; limits in per cent.

    W is the whole budget (pool included) or, with ``within``, the planned total of that part, or,
    with ``of_amount``, an amount of money from outside the budget; over the horizon, or with
    ``each_quarter`` quarter by quarter, where the amount counts in equal parts.
    """

    name = "share"

    key: str
    of: Part
    band: tuple[float, float]
    within: Part | None = None
    each_quarter: bool = False
    of_amount: float | None = None

    def constrain(self, program: Program) -> None:
        """Two rows, or two per quarter."""
        problem = program.problem
        members = self.of.members(problem)
        for quarter, quarters in spans(problem, self.each_quarter):
            form = LinearForm.sum_of([program.cell(c, q) for c in members for q in quarters])
            if self.within is None:
                whole = LinearForm.of(self._amount(problem, quarters))
            else:
                around = self.within.members(problem)
                whole = LinearForm.sum_of([program.cell(c, q) for c in around for q in quarters])
            program.limit(
                self.name,
                self.key,
                quarter,
                form,
                base=LinearForm(whole.cells, whole.coefficients / 100, whole.constant / 100),
                at_least=100 * self.band[0],
                at_most=100 * self.band[1],
                unit="%",
            )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The part's money against its band."""
        problem = plan.problem
        members = list(self.of.members(problem))
        for quarter, quarters in spans(problem, self.each_quarter):
            part = float(plan.spend[members][:, quarters].sum())
            whole, amounts = self._amount(problem, quarters), len(members) * len(quarters)
            if self.within is not None:
                around = list(self.within.members(problem))
                whole = float(plan.spend[around][:, quarters].sum())
                amounts += len(around) * len(quarters)
            excess = max(self.band[0] * whole - part, part - self.band[1] * whole)
            if excess > slack_of(problem, amounts):
                when = f"{quarter}: " if quarter else ""
                text = f"{when}{self.key} is {excess:,.2f} out of its band"
                yield Violation(self.name, self.key, quarter, excess, text)

    def explain(self, row: Row) -> str:
        """Which end of the band was reached."""
        end = "least" if row.side == "min" else "most"
        whole = "the budget" if self.within is None else f"{self.within}"
        if self.of_amount is not None:
            whole = f"{self.of_amount:,.2f} from outside the budget"
        return f"{self.key} has the {end} it may: {row.limit:g} % of {whole}"

    def _amount(self, problem: AllocationProblem, quarters: list[int]) -> float:
        """Money of these quarters that the share is taken of, unless it is a part's."""
        if self.of_amount is not None:
            return self.of_amount * len(quarters) / len(problem.quarters)
        return float(problem.budget[quarters].sum())
