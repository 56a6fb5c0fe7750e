"""Ratio: two parts of the budget that move together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation
from optimizer.rules.part import Part
from optimizer.rules.proportion import limit_proportion
from optimizer.rules.rule import Rule, Violation, slack_of
from optimizer.rules.span import spans

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Ratio(Rule):
    """low * sum of x over `to` <= sum of x over `of` <= high * sum of x over `to`.

    Limits in per cent of the money of `to`; over the horizon, or with ``each_quarter`` quarter by
    quarter. ``high`` may be infinite.
    """

    name = "ratio"

    key: str
    of: Part
    to: Part
    band: tuple[float, float]
    each_quarter: bool = False

    def constrain(self, program: Program) -> None:
        """Two rows, or two per quarter."""
        problem = program.problem
        of, to = self.of.members(problem), self.to.members(problem)
        for quarter, quarters in spans(problem, self.each_quarter):
            limit_proportion(
                program, self.name, self.key, quarter, quarters, of, to,
                at_least=self.band[0], at_most=self.band[1],
            )  # fmt: skip

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The one part's money against multiples of the other's."""
        problem = plan.problem
        of, to = list(self.of.members(problem)), list(self.to.members(problem))
        for quarter, quarters in spans(problem, self.each_quarter):
            part = float(plan.spend[of][:, quarters].sum())
            other = float(plan.spend[to][:, quarters].sum())
            for limit, side in zip(self.band, (-1, 1), strict=True):
                if math.isinf(limit):
                    continue
                # Rounding of the other part counts as often as its money does.
                amounts = math.ceil(len(quarters) * (len(of) + limit * len(to)))
                excess = side * (part - limit * other)
                if excess > slack_of(problem, amounts):
                    when = f"{quarter}: " if quarter else ""
                    text = f"{when}{self.key} is {excess:,.2f} out of its band"
                    yield Violation(self.name, self.key, quarter, excess, text)

    def explain(self, row: Row) -> str:
        """Which end of the band was reached."""
        end = "least" if row.side == "min" else "most"
        return f"{self.key}: {self.of} has the {end} it may, {row.limit:g} % of {self.to}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """The wider band."""
        if limit < 0:
            return None
        end = "at most" if row.side == "max" else "at least"
        return f"let {self.of} be {end} {limit:,.6g} % of {self.to} instead of {row.limit:,.6g} %"
