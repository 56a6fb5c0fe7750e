"""Resource: what spending uses up besides money, such as CO2 or heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, slack_of
from optimizer.rules.span import spans

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Resource(Rule):
    """sum of per_unit[c] * x[c, q] <= limit, in the resource's own unit.

    ``per_unit`` is what one unit of money uses of the resource, 0 for channels that are not named;
    over the horizon, or with ``each_quarter`` in every quarter. Rows are written in the money of
    the channel that uses most per unit, so that they are of the size of all others: their base is
    the money that one unit of the resource is there.
    """

    name = "resource"

    key: str
    unit: str
    limit: float
    per_unit: Mapping[str, float]
    each_quarter: bool = False

    def constrain(self, program: Program) -> None:
        """One row, or one per quarter."""
        problem = program.problem
        rates, most = self._rates(problem)
        users = np.flatnonzero(rates).tolist()
        for quarter, quarters in spans(problem, self.each_quarter):
            cells = np.array([program.cell(c, q) for c in users for q in quarters], dtype=np.int64)
            program.limit(
                self.name,
                self.key,
                quarter,
                LinearForm(cells, np.repeat(rates[users] / most, len(quarters))),
                base=LinearForm.of(1 / most),
                at_most=self.limit,
                unit=self.unit,
            )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """What the plan uses against the limit."""
        problem = plan.problem
        rates, most = self._rates(problem)
        for quarter, quarters in spans(problem, self.each_quarter):
            over = float((rates @ plan.spend)[quarters].sum()) - self.limit
            amounts = int(np.count_nonzero(rates)) * len(quarters)
            if over / most > slack_of(problem, amounts):
                when = f"{quarter}: " if quarter else ""
                text = f"{when}{_number(over)} {self.unit} of {self.key} too many are used"
                yield Violation(self.name, self.key, quarter, over / most, text)

    def explain(self, row: Row) -> str:
        """The resource is used up."""
        return f"all {_number(row.limit)} {row.unit} of {row.key} are used"

    def remedy(self, row: Row, limit: float) -> str | None:
        """More of the resource."""
        return f"provide {_number(limit)} {row.unit} of {row.key} instead of {_number(row.limit)}"

    def _rates(self, problem: AllocationProblem) -> tuple[Floats, float]:
        """What a unit of money uses, per channel, and the most of them."""
        rates = np.array([self.per_unit.get(name, 0.0) for name in problem.names])
        return rates, float(rates.max())


def _number(amount: float) -> str:
    """In full where it is large, in six digits where it is small."""
    return f"{amount:,.0f}" if abs(amount) >= 1e6 else f"{amount:,.6g}"
