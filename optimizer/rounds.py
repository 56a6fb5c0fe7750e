"""Rounds: a mixed-integer program, its curves divided where it promised too much, and again.

Rules that count things tie many switches together. Deciding those one by one is what mixed-integer
solvers are good at, so there the whole program goes to the solver, round after round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.choice import Choice
from optimizer.errors import InfeasibleError
from optimizer.relaxation import Point

if TYPE_CHECKING:
    from optimizer.certificate import Search

# Rounds of tangents between two solves; more would polish pieces that change anyway.
_POLISH = 6
# Rounds without progress before the search gives up; without any decision it goes on until late.
_PATIENCE = 8


class Rounds:
    """Solves until the best decision is proved, time is up or nothing gets better."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.relaxation = search.relaxation
        self.choices = search.relaxation.choices

    def solve(self, first: Point) -> None:
        """Divide, solve and polish in turn, beginning at a solution of the relaxation."""
        search, idle = self.search, 0
        point: Point | None = first
        while point is not None and not search.closed:
            if idle == _PATIENCE and search.decision is not None:
                return
            before = search.gap
            self._divide(point)
            point = self._branch()
            idle = idle + 1 if search.gap >= before else 0

    def _divide(self, point: Point) -> None:
        """Divide the blocks whose curves are below their promise, those that matter most."""
        search = self.search
        below = search.below(point)
        chosen = _most_of(below * search.importance, 0.2 * search.tolerance)
        for row, short in self.relaxation.requirements.missed(point.decision, point.values):
            chosen |= _most_of(below * row, 0.2 * short)
        for block in sorted(chosen):
            self.choices.divide(block, float(point.x[block]), float(point.y[block]), Choice())

    def _branch(self) -> Point | None:
        """Solve with pieces and switches to choose, then polish the chosen ones."""
        search = self.search
        if search.decision is not None:
            self.relaxation.start_from(search.decision)
        gap = 0.3 * search.tolerance
        point = search.solve(gap)
        if point is None:
            return None
        search.bound = min(search.bound, point.outcome.bound * self.relaxation.unit)
        search.consider(point.decision)
        self.choices.allow(self.choices.likeliest(point.values))
        try:
            polished, _ = search.tighten(_POLISH)
            if polished is not None:
                search.repair(polished)
                self.choices.follow(polished.values)
            return polished
        except InfeasibleError:
            # The solver's tolerance for whole numbers may be more than that for rows.
            self.choices.follow(point.values)
            return point
        finally:
            self.choices.allow(Choice())


def _most_of(excess: Floats, allowed: float) -> set[int]:
    """The largest entries, without which what is left of the sum is no more than allowed."""
    if excess.sum() <= allowed:
        return set()
    order = np.argsort(-excess, kind="stable")
    left = excess.sum() - np.cumsum(excess[order])
    enough = int(np.argmax(left <= allowed)) + 1
    return {block for block in order[:enough].tolist() if excess[block] > 0}
