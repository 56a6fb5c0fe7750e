"""What can go wrong while planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class PlanningError(Exception):
    """A plan cannot be made."""


@dataclass(frozen=True)
class Conflict:
    """A smallest set of rules that cannot hold together.

    ``rules`` are sentences, one per rule of the set; ``remedies`` sentences, each one change that
    alone resolves this conflict. ``names`` are the rule and the key of every row of the set, those
    that a remedy speaks of first.
    """

    rules: tuple[str, ...]
    remedies: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()

    @property
    def found(self) -> str:
        """What collides, on one line."""
        return f"these rules cannot hold together: {'; '.join(self.rules)}"

    @property
    def advice(self) -> str:
        """What would help, on one line."""
        if not self.remedies:
            return "Loosen one of them."
        return f"Any one of these changes makes them fit: {'; '.join(self.remedies)}"


class RulesCollide(PlanningError):
    """The rules cannot all hold."""

    def __init__(self, scenario: str, conflict: Conflict) -> None:
        self.scenario = scenario
        self.conflict = conflict
        super().__init__("\n".join(self.explanation))

    def __reduce__(self) -> tuple[type[RulesCollide], tuple[str, Conflict]]:
        """How it travels between processes: exceptions are made again from their arguments."""
        return type(self), (self.scenario, self.conflict)

    @property
    def explanation(self) -> tuple[str, ...]:
        """Sentences for a planner: what collides, then what would help."""
        together = f"{self.scenario}: these rules cannot hold together"
        rules = tuple(f"  - {text}" for text in self.conflict.rules)
        remedies = tuple(f"  - {text}" for text in self.conflict.remedies)
        help_ = ("any one of these changes makes them fit:", *remedies) if remedies else ()
        return (f"{together}:", *rules, *help_)


class InfeasibleError(PlanningError):
    """No decision keeps all rules; why is told by the diagnosis."""


class NoPlanInTime(PlanningError):
    """The time limit passed before any plan was found."""


class Failures(PlanningError):
    """Several problems have no plan; ``each`` says why, by scenario."""

    def __init__(self, each: Mapping[str, PlanningError]) -> None:
        self.each = dict(each)
        super().__init__("\n".join(map(str, self.each.values())))


class UnkeptRule(Exception):
    """A finished plan broke a rule: a defect, so it is not handed out.

    No PlanningError: no rule or file is to blame, and nobody should go on as if one were.
    """
