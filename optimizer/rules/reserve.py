"""Reserve: the pool of money that is not assigned to any channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.proportion import limit_share
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program

_EMERGENCY = "emergency"


@dataclass(frozen=True)
class Reserve(Rule):
    """low <= sum over q pool[q] / sum over q budget[q] <= high; limits in per cent of the budget.

    One pool, filled quarter by quarter. ``share`` None keeps every quarter's pool at its current
    amount, in money. ``emergency`` is the layer of the pool that needs approval, a share of the
    whole budget: the pool holds that layer at least, and what it holds beyond is its base layer.
    """

    name = "reserve"

    share: tuple[float, float] | None = None
    emergency: float | None = None

    def constrain(self, program: Program) -> None:
        """Two rows for the band, or one equation per quarter; one row for the emergency layer."""
        problem = program.problem
        pool = [program.pool_cell(q) for q in range(len(problem.quarters))]
        if self.share is None:
            for q, quarter in enumerate(problem.quarters):
                form = LinearForm.sum_of([program.pool_cell(q)])
                now = float(problem.current_pool[q])
                program.limit(self.name, "pool", quarter, form, at_least=now, at_most=now)
        else:
            low, high = self.share
            limit_share(program, self.name, "pool", pool, at_least=low, at_most=high)
        if self.emergency is not None:
            limit_share(program, self.name, _EMERGENCY, pool, at_least=self.emergency)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The pool against its band, or against its current amounts; and its emergency layer."""
        problem = plan.problem
        if self.emergency is not None:
            short = self.emergency * float(problem.budget.sum()) - float(plan.pool.sum())
            if short > slack_of(problem, len(problem.quarters)):
                text = f"the pool is {short:,.2f} short of its emergency layer"
                yield Violation(self.name, _EMERGENCY, None, short, text)
        if self.share is None:
            for q, quarter in enumerate(problem.quarters):
                off = abs(float(plan.pool[q] - problem.current_pool[q]))
                if off > slack_of(problem, 1):
                    text = f"{quarter}: the pool is {off:,.2f} off its current amount"
                    yield Violation(self.name, "pool", quarter, off, text)
            return
        total, pool = float(problem.budget.sum()), float(plan.pool.sum())
        excess = max(self.share[0] * total - pool, pool - self.share[1] * total)
        if excess > slack_of(problem, len(problem.quarters)):
            text = f"the pool holds {100 * pool / total:.6g} % of the budget, "
            text += f"{excess:,.2f} out of its band"
            yield Violation(self.name, "pool", None, excess, text)

    def has_room_for(self, problem: AllocationProblem, share: float) -> bool:
        """Whether the pool may be this share of the whole budget, to a minor unit a quarter."""
        whole, now = float(problem.budget.sum()), float(problem.current_pool.sum())
        low, high = (now, now) if self.share is None else (s * whole for s in self.share)
        if self.emergency is not None:
            low = max(low, self.emergency * whole)
        unit = problem.minor_unit * len(problem.quarters)
        return low - unit <= share * whole <= high + unit

    def remedy(self, row: Row, limit: float) -> str | None:
        """A wider band, or a band where there is none; a thinner emergency layer."""
        if row.key == _EMERGENCY:
            layer = "the emergency layer of the reserve"
            return f"set {layer} to {limit:,.6g} % of the budget instead of {row.limit:,.6g} %"
        if row.unit == "%":
            return super().remedy(row, limit)
        return "give the reserve a band (share in [reserve]) instead of its current amount"

    def explain(self, row: Row) -> str:
        """Which end of the band was reached."""
        if row.unit != "%":
            return f"the pool of {row.quarter} stays at its current amount"
        if row.key == _EMERGENCY:
            layer = f"{row.limit:g} % of the budget, its emergency layer"
            return f"the pool holds the least it may: {layer}"
        end = "least" if row.side == "min" else "most"
        share = f"the pool holds the {end} it may: {row.limit:g} % of the budget"
        return f"{share}, filled in the quarters where money brings least"
