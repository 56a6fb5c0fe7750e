"""Strategic reserve: a second pool, beside the first, with an owner of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation
from optimizer.rules.fund import Fund
from optimizer.rules.proportion import limit_share
from optimizer.rules.rule import Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class StrategicReserve(Fund):
    """low <= sum over q x[c, q] / sum over q budget[q] <= high; limits in per cent of the budget.

    c is the line of the budget that holds this pool, filled quarter by quarter; ``owner`` decides
    on its use.
    """

    name = "strategic_reserve"

    share: tuple[float, float]
    owner: str

    def constrain(self, program: Program) -> None:
        """Two rows for the band."""
        problem = program.problem
        c = problem.names.index(self.channel)
        cells = [program.cell(c, q) for q in range(len(problem.quarters))]
        low, high = self.share
        limit_share(program, self.name, self.channel, cells, at_least=low, at_most=high)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The pool against its band."""
        problem = plan.problem
        total = float(problem.budget.sum())
        held = float(plan.spend[problem.names.index(self.channel)].sum())
        excess = max(self.share[0] * total - held, held - self.share[1] * total)
        if excess > slack_of(problem, len(problem.quarters)):
            text = f"{self.channel} holds {100 * held / total:.6g} % of the budget, "
            text += f"{excess:,.2f} out of the strategic reserve's band"
            yield Violation(self.name, self.channel, None, excess, text)

    def explain(self, row: Row) -> str:
        """Which end of the band was reached, and whose pool it is."""
        end = "least" if row.side == "min" else "most"
        share = f"the strategic reserve holds the {end} it may: {row.limit:g} % of the budget"
        return f"{share}; {self.owner} decides on its use"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Another end of the band, which its owner has to agree to."""
        word = "at least" if row.side == "min" else "up to"
        more = f"{word} {limit:,.6g} % instead of {row.limit:,.6g} %"
        return f"agree with {self.owner} that the strategic reserve holds {more} of the budget"
