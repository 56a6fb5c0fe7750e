"""Closed quarters: the first ones of a horizon, whose money is spent or decided already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats

if TYPE_CHECKING:
    from optimizer.problem import Allocation

DECIDED = "closed: this is what was decided"


@dataclass(frozen=True)
class Closed:
    """The amounts of the first K quarters, which stand to the last digit.

    ``spend`` (C, K), ``pool`` and ``unspent`` (K,), in money; ``funded`` names the decision
    packages of these quarters that got their money. ``reasons`` say why amounts are what they are,
    by line (a channel, the reserve or what is unspent) and quarter; where none is given, `DECIDED`.
    ``released`` (K,) is the money among ``spend`` that was drawn from the pool of quarters before,
    on top of the budget; none where it is not given.
    A rule that speaks of closed quarters only asks nothing of a plan any more; rules over the whole
    horizon count these amounts as they are.
    """

    spend: Floats
    pool: Floats
    unspent: Floats
    funded: frozenset[str] = frozenset()
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    released: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        of = self.pool.shape
        if not len(self.released):
            object.__setattr__(self, "released", np.zeros(of))
        if self.released.shape != of:
            raise ValueError("what was released must be of the same quarters")
        if self.unspent.shape != of or self.spend.shape[1:] != of:
            raise ValueError("spend, pool and unspent must be of the same quarters")
        if any(np.any(~(a >= 0)) for a in (self.spend, self.pool, self.unspent, self.released)):
            raise ValueError("closed amounts must be 0 or more and not NaN")

    @classmethod
    def of(cls, allocation: Allocation, quarters: int) -> Closed:
        """The first quarters of an allocation."""
        first, problem = slice(0, quarters), allocation.problem
        choices = (rule.choices(problem.quarters[first]) for rule in problem.rules)
        released = np.zeros(quarters)
        if allocation.released is not None:
            released += allocation.released[:, first].sum(axis=0)
        if problem.closed is not None:
            released[: len(problem.closed)] = problem.closed.released
        return cls(
            allocation.spend[:, first],
            allocation.pool[first],
            allocation.unspent[first],
            allocation.funded.intersection(frozenset().union(*choices)),
            released=released,
        )

    def reason(self, line: str, quarter: str) -> str:
        """Why an amount of a closed quarter is what it is."""
        return self.reasons.get((line, quarter), DECIDED)

    def __len__(self) -> int:
        """How many quarters are closed."""
        return len(self.pool)

    @property
    def lines(self) -> Floats:
        """(C + 2, K) all amounts: channels, pool, unspent."""
        return np.vstack([self.spend, self.pool, self.unspent])

    @property
    def placed(self) -> Floats:
        """(K,) money of every quarter."""
        return np.asarray(self.lines.sum(axis=0))
