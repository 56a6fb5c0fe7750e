"""A fund: a line of the budget that is kept for a purpose instead of being spent by a channel."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.problem import AllocationProblem
from optimizer.rules.rule import Rule


@dataclass(frozen=True)
class Fund(Rule):
    """A rule that says how much money its line holds.

    The line brings no response, and nothing is missing there that a history could show: so it is
    not held, and has no elasticity.
    """

    channel: str

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """A fund has no elasticity."""
        return frozenset({self.channel})


def funds(problem: AllocationProblem) -> frozenset[str]:
    """The lines of a problem's budget that are funds."""
    return frozenset(rule.channel for rule in problem.rules if isinstance(rule, Fund))
