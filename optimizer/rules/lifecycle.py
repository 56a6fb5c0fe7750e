"""Lifecycle: what the stage of a product's life asks of its money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from optimizer.form import Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.part import Part
from optimizer.rules.proportion import limit_proportion, off_proportion
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program

Stage = Literal["launch", "growth", "mature"]

# What planners ask of each stage: the tag of the channels that matter then, and their least share.
STAGES: Mapping[Stage, tuple[str, float]] = MappingProxyType(
    {"launch": ("brand", 0.7), "growth": ("performance", 0.5), "mature": ("operations", 0.3)}
)


@dataclass(frozen=True)
class Lifecycle(Rule):
    """sum of x over the product's channels with the tag >= share * sum over all its channels.

    Over the horizon; the limit is in per cent of the product's planned total. ``of`` are the
    product's channels; ``tag`` and ``share`` are those of `STAGES` unless a planner says otherwise.
    """

    name = "lifecycle"

    of: Part
    stage: Stage
    tag: str
    share: float

    def constrain(self, program: Program) -> None:
        """One row."""
        problem = program.problem
        limit_proportion(
            program, self.name, str(self.of), None, range(len(problem.quarters)),
            self._asked_for(problem), self.of.members(problem), at_least=self.share,
        )  # fmt: skip

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The money on what the stage asks for, against all of the product's."""
        problem = plan.problem
        whole = self.of.members(problem)
        band, quarters = (self.share, 1.0), range(len(problem.quarters))
        if short := off_proportion(plan, quarters, self._asked_for(problem), whole, band):
            text = f"{self.of} is {short:,.2f} short of the {self.tag} that its {self.stage} needs"
            yield Violation(self.name, str(self.of), None, short, text)

    def explain(self, row: Row) -> str:
        """What the stage asks for."""
        asks = f"at least {row.limit:g} % of its money on {self.tag}"
        return f"{self.of} is at its {self.stage} stage, which asks for {asks}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A lower share than the stage's."""
        less = f"{limit:,.6g} % on {self.tag} instead of {row.limit:,.6g} %"
        return f"let the {self.stage} of {self.of} ask for {less} (lifecycle)"

    def _asked_for(self, problem: AllocationProblem) -> list[int]:
        return [c for c in self.of.members(problem) if self.tag in problem.channels[c].tags]
