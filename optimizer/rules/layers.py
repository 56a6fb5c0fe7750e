"""Layers: how a line's money is split between its layers (head, waist and tail of a KOL line)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.part import Part
from optimizer.rules.proportion import limit_proportion, off_proportion
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.span import spans

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Layers(Rule):
    """share[t] - leeway <= sum of x over layer t / sum of x over the line <= share[t] + leeway.

    Limits in per cent of the line's planned total, over the horizon or with ``each_quarter``
    quarter by quarter. ``shares`` are by tag and add to 1; every channel of the line ``of`` has
    exactly one of the tags.
    """

    name = "layers"

    key: str
    of: Part
    shares: Mapping[str, float]
    leeway: float = 0.0
    each_quarter: bool = False

    def constrain(self, program: Program) -> None:
        """A row for the least of every layer, and for its most where the others leave more."""
        problem = program.problem
        line = self.of.members(problem)
        for tag, (low, high) in self._bands().items():
            # Together the leasts of the others are a most already. A second row that says the same
            # would have to be loosened with it, so neither would have a price.
            most = high if high < 1 - self._least_of_others(tag) - 1e-9 else None
            for quarter, quarters in spans(problem, self.each_quarter):
                limit_proportion(
                    program, self.name, f"{self.key} {tag}", quarter, quarters,
                    self._layer(problem, tag), line, at_least=low, at_most=most,
                )  # fmt: skip

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every layer's money against its share of the line."""
        problem = plan.problem
        line = self.of.members(problem)
        for tag, band in self._bands().items():
            layer = self._layer(problem, tag)
            for quarter, quarters in spans(problem, self.each_quarter):
                if off := off_proportion(plan, quarters, layer, line, band):
                    when = f"{quarter}: " if quarter else ""
                    text = f"{when}{tag} is {off:,.2f} off its share of {self.key}"
                    yield Violation(self.name, f"{self.key} {tag}", quarter, off, text)

    def explain(self, row: Row) -> str:
        """Which layer is full, or has no more than it must."""
        end = "least" if row.side == "min" else "most"
        return f"{self._tag(row)} has the {end} it may: {row.limit:g} % of {self.key}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """More leeway: shares that add to 1 do not change one at a time."""
        leeway = round(abs(limit / 100 - self.shares[self._tag(row)]), 4)
        return f"give the layers of {self.key} a leeway of {leeway:g} instead of {self.leeway:g}"

    def _bands(self) -> dict[str, tuple[float, float]]:
        return {
            tag: (max(0.0, share - self.leeway), min(1.0, share + self.leeway))
            for tag, share in self.shares.items()
        }

    def _least_of_others(self, tag: str) -> float:
        return sum(low for other, (low, _) in self._bands().items() if other != tag)

    def _layer(self, problem: AllocationProblem, tag: str) -> list[int]:
        return [c for c in self.of.members(problem) if tag in problem.channels[c].tags]

    def _tag(self, row: Row) -> str:
        return row.key.removeprefix(f"{self.key} ")
