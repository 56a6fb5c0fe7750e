"""Earmark: what stopped channels free goes to the best tiers only."""

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
class Earmark(Rule):
    """sum of (x[c, q] - base[c, q]) over ``channels`` >= sum of base[c, q] over ``stopped``.

    In money, in every quarter in which something is freed. base is the current amount scaled to
    this scenario's quarter budget, as for elasticity; ``channels`` are those of the tiers ``to``
    that are not stopped themselves.
    """

    name = "earmark"

    to: tuple[str, ...]
    channels: frozenset[str]
    stopped: frozenset[str]

    def constrain(self, program: Program) -> None:
        """One row per quarter in which money is freed."""
        problem = program.problem
        members = _positions(problem, self.channels)
        for q, quarter in enumerate(problem.quarters):
            freed = self._freed(problem, q)
            if freed > 0:
                now = float(problem.base[members, q].sum())
                cells = [program.cell(c, q) for c in members]
                form = LinearForm.sum_of(cells, constant=-now)
                program.limit(self.name, self._key, quarter, form, at_least=freed)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """What the tiers gain against what is freed."""
        problem = plan.problem
        members = _positions(problem, self.channels)
        for q, quarter in enumerate(problem.quarters):
            freed = self._freed(problem, q)
            gained = float((plan.spend - problem.base)[members, q].sum())
            if freed > 0 and freed - gained > slack_of(problem, len(members)):
                short = freed - gained
                text = f"{quarter}: {short:,.2f} of what is freed do not go to {self._tiers}"
                yield Violation(self.name, self._key, quarter, short, text)

    def explain(self, row: Row) -> str:
        """Where the freed money goes."""
        freed = f"the {row.limit:,.2f} that stopped channels free"
        if not len(row.form.cells):
            return f"no channel of {self._tiers} can take {freed}"
        gain = "gain the least they must" if len(self.to) > 1 else "gains the least it must"
        return f"{self._tiers} {gain}: {freed}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Further tiers that may take what is freed."""
        homeless = f"{row.limit - limit:,.2f} {row.unit} a quarter find no place in {self._tiers}"
        return f"name further tiers in [earmark], or delete it: {homeless}"

    @property
    def _key(self) -> str:
        return ", ".join(self.to)

    @property
    def _tiers(self) -> str:
        return f"tiers {self._key}" if len(self.to) > 1 else f"tier {self._key}"

    def _freed(self, problem: AllocationProblem, q: int) -> float:
        return float(problem.base[_positions(problem, self.stopped), q].sum())


def _positions(problem: AllocationProblem, names: frozenset[str]) -> list[int]:
    return [c for c, name in enumerate(problem.names) if name in names]
