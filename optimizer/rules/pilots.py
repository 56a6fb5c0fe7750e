"""Pilots: experiments that stay small, each by itself and all together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.part import Part
from optimizer.rules.proportion import limit_share
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program

_TOGETHER = "total"


@dataclass(frozen=True)
class Pilots(Rule):
    """x[c, q] <= cap for every pilot, and sum over all of them <= share * sum over q budget[q].

    Pilots are the channels with ``tag``. ``cap`` is money per quarter, ``share`` a share of the
    whole budget over the horizon, its row in per cent; None leaves either open.
    """

    name = "pilots"

    tag: str
    cap: float | None = None
    share: float | None = None

    def constrain(self, program: Program) -> None:
        """One row per pilot and quarter, and one for all."""
        problem = program.problem
        members, quarters = self._members(problem), range(len(problem.quarters))
        cells = [program.cell(c, q) for c in members for q in quarters]
        for c in members:
            for q, quarter in enumerate(problem.quarters):
                form = LinearForm.sum_of([program.cell(c, q)])
                program.limit(self.name, problem.names[c], quarter, form, at_most=self.cap)
        limit_share(program, self.name, _TOGETHER, cells, at_most=self.share)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every pilot against the cap, all of them against the share."""
        problem = plan.problem
        members = self._members(problem)
        if self.cap is not None:
            for c in members:
                for q, quarter in enumerate(problem.quarters):
                    over = float(plan.spend[c, q]) - self.cap
                    if over > slack_of(problem, 1):
                        name = problem.names[c]
                        text = f"{quarter}: {name} is {over:,.2f} above what a pilot may get"
                        yield Violation(self.name, name, quarter, over, text)
        if self.share is not None:
            over = float(plan.spend[members].sum()) - self.share * float(problem.budget.sum())
            if over > slack_of(problem, len(members) * len(problem.quarters)):
                text = f"the pilots together are {over:,.2f} above their share"
                yield Violation(self.name, _TOGETHER, None, over, text)

    def explain(self, row: Row) -> str:
        """Which limit was reached."""
        if row.unit == "%":
            return f"the pilots together have the most they may: {row.limit:g} % of the budget"
        return f"{row.key} has the most that a pilot may get: {row.limit:,.2f}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Larger pilots."""
        if row.unit == "%":
            share = f"{limit:,.6g} % of the budget instead of {row.limit:,.6g} %"
            return f"let the pilots together have up to {share}"
        return f"let a pilot have up to {limit:,.2f} {row.unit} instead of {row.limit:,.2f}"

    def _members(self, problem: AllocationProblem) -> list[int]:
        return list(Part(tags=frozenset({self.tag})).members(problem))
