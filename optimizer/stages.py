"""Stages: a future of a hedge, whose next quarter is decided before it is known to come.

What is decided now keeps the rules of the policy itself; what comes later keeps the future's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.problem import AllocationProblem
    from optimizer.rules.rule import Rule


@dataclass(frozen=True)
class Stages:
    """How a problem is planned in two stages.

    ``first``      the rules whose rows about the quarter to decide alone hold there, in place of
                   the problem's own.
    ``now``        the position of that quarter; those before it are closed.
    ``release``    whether the pool's balance may go to channels in later quarters.
    ``keep_value`` what a unit of the balance is worth that is left at the horizon's end.
    """

    first: tuple[Rule, ...]
    now: int = 0
    release: bool = True
    keep_value: float = 0.0


@dataclass(frozen=True)
class Turn:
    """A problem with the rules whose turn it is to speak.

    ``now`` is the quarter to decide where other rules hold in it than later, None where the same
    ones do; ``first`` is whether these are its own.
    """

    problem: AllocationProblem
    now: str | None = None
    first: bool = False

    def leaves(self, quarter: str | None) -> bool:
        """Whether what is said of a quarter (None for all of them) is for others to say."""
        return self.now is not None and (quarter == self.now) != self.first


def turns(problem: AllocationProblem) -> tuple[Turn, ...]:
    """Whose rules speak, one after the other: in two stages, those of the first come last."""
    stages = problem.stages
    if stages is None or stages.first == problem.rules:
        return (Turn(problem),)
    now = problem.quarters[stages.now]
    return Turn(problem, now), Turn(replace(problem, rules=stages.first), now, first=True)
