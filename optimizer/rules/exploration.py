"""Exploration: money set aside for a tier that is still to prove itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.proportion import limit_share
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Exploration(Rule):
    """sum of x over the tier's channels >= share * sum over q budget[q].

    The limit is in per cent of the whole budget over the horizon, pool included.
    """

    name = "exploration"

    tier: str
    channels: frozenset[str]
    share: float

    def constrain(self, program: Program) -> None:
        """One row."""
        problem = program.problem
        quarters = range(len(problem.quarters))
        cells = [program.cell(c, q) for c in self._members(problem) for q in quarters]
        limit_share(program, self.name, self.tier, cells, at_least=self.share)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The tier's money against what is set aside."""
        problem = plan.problem
        members = self._members(problem)
        short = self.share * float(problem.budget.sum()) - float(plan.spend[members].sum())
        if short > slack_of(problem, len(members) * len(problem.quarters)):
            text = f"tier {self.tier} gets {short:,.2f} less than is set aside for exploration"
            yield Violation(self.name, self.tier, None, short, text)

    def explain(self, row: Row) -> str:
        """No more than what is set aside."""
        if not len(row.form.cells):
            return f"no channel has tier {row.key}, for which {row.limit:g} % are set aside"
        aside = f"set aside for exploration: {row.limit:g} % of the budget"
        return f"tier {row.key} has the least that is {aside}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Less to set aside, or somebody to set it aside for."""
        if not len(row.form.cells):
            return f"delete [exploration], or draw tier {row.key} so that some channel has it"
        if limit < 0:
            return None
        return f"set {limit:,.6g} % aside for exploration instead of {row.limit:,.6g} %"

    def _members(self, problem: AllocationProblem) -> list[int]:
        return [c for c, name in enumerate(problem.names) if name in self.channels]
