"""Budget: every quarter's money is accounted for, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Budget(Rule):
    """sum over channels x[c, q] + pool[q] + unspent[q] = budget[q], in money, for every quarter q.

    Where a share of a quarter's budget may move to another quarter, each quarter may be that share
    above or below (limits in per cent of its budget), and the equation holds for their sum; what
    closed quarters drew from the pool came on top. Money
    stays unspent only where the objective is not the response (the budget is then a ceiling).
    """

    name = "budget"

    def constrain(self, program: Program) -> None:
        """One equation per quarter; or one for all, and two rows per quarter."""
        problem = program.problem
        layout, quarters = program.layout, range(len(problem.quarters))
        of = [range(q, layout.money, layout.quarters) for q in quarters]
        if problem.shift == 0:
            for q, quarter in enumerate(problem.quarters):
                amount = float(problem.budget[q])
                total = LinearForm.sum_of(of[q])
                program.limit(self.name, "total", quarter, total, at_least=amount, at_most=amount)
            return
        amount = float(problem.budget.sum()) + problem.drawn
        total = LinearForm.sum_of(range(layout.money))
        program.limit(self.name, "total", None, total, at_least=amount, at_most=amount)
        for q, quarter in enumerate(problem.quarters):
            program.limit(
                self.name,
                "shift",
                quarter,
                LinearForm.sum_of(of[q], constant=-float(problem.budget[q])),
                base=LinearForm.of(float(problem.budget[q]) / 100),
                at_least=-100 * problem.shift,
                at_most=100 * problem.shift,
                unit="%",
            )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Rounding keeps the budget to the cent, so nothing but float noise is allowed."""
        problem = plan.problem
        for q, quarter in enumerate(problem.quarters):
            over = -float(plan.unspent[q])
            if over > 0.1 * problem.minor_unit + 1e-9 * float(problem.budget[q]):
                text = f"{quarter}: {over:,.2f} more is placed than the budget holds"
                yield Violation(self.name, "total", quarter, over, text)
        placed = plan.own.sum(axis=0) + plan.pool + plan.unspent
        if problem.shift == 0:
            for q, quarter in enumerate(problem.quarters):
                yield from _missing(problem, quarter, float(placed[q]), float(problem.budget[q]))
            return
        whole = float(problem.budget.sum())
        yield from _missing(problem, None, float(placed.sum()) - problem.drawn, whole)
        for q, quarter in enumerate(problem.quarters):
            allowed = problem.shift * float(problem.budget[q])
            over = abs(float(placed[q] - problem.budget[q])) - allowed
            if over > slack_of(problem, len(problem.channels) + 2):
                text = f"{quarter}: {over:,.2f} more moves between quarters than may"
                yield Violation(self.name, "shift", quarter, over, text)

    def remedy(self, row: Row, limit: float) -> str | None:
        """Nobody can loosen the amount of money there is, but it may move between quarters."""
        if row.key != "shift":
            return None
        share = abs(limit)
        return f"let {share:,.6g} % of a quarter's budget move to another (shift_between_quarters)"

    def explain(self, row: Row) -> str:
        """The budget binds always; its price is what one more unit of money brings."""
        if row.key == "shift":
            end = "most" if row.side == "max" else "least"
            return f"{row.quarter} holds the {end} it may: {row.limit:+g} % of its budget moved"
        when = f"the budget of {row.quarter}" if row.quarter else "the whole budget"
        return f"{when} is spent in full"


def _missing(
    problem: AllocationProblem, quarter: str | None, placed: float, budget: float
) -> Iterable[Violation]:
    missing = abs(placed - budget)
    if missing > 0.1 * problem.minor_unit + 1e-9 * budget:
        when = quarter or "the horizon"
        text = f"{when}: {placed:,.2f} is placed of a budget of {budget:,.2f}"
        yield Violation(Budget.name, "total", quarter, missing, text)
