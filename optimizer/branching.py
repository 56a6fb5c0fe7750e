"""Branching: a tree of linear programs over which pieces and which switches are chosen.

Every linear program restarts warm from the last one, and every tangent and every division of a
piece holds in the whole tree: that is what makes branching here so much cheaper than handing each
round's program to a mixed-integer solver, which begins anew each time.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from optimizer.choice import Choice
from optimizer.errors import InfeasibleError
from optimizer.relaxation import Point

if TYPE_CHECKING:
    from optimizer.certificate import Search

# Rounds of tangents in one node; its children inherit them.
_ROUNDS = 4
# A guess at good choices is made at the root and whenever so many more nodes were visited.
_GUESS_EVERY = 12


class Tree:
    """The open nodes of a search, the most promising first."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.choices = search.relaxation.choices
        self._order = count()
        self._open: list[tuple[float, int, Choice]] = [(-search.bound, next(self._order), Choice())]
        # The most that nodes which were given up as good enough could still bring.
        self._settled = -np.inf

    def explore(self) -> None:
        """Visit nodes until the best decision is proved or time is up."""
        search, visited = self.search, 0
        while self._open and not search.closed and not search.late:
            bound, _, choice = heapq.heappop(self._open)
            if -bound - search.value <= search.tolerance:
                self._settled = max(self._settled, -bound)
            else:
                self._visit(-bound, choice, guess=visited % _GUESS_EVERY == 0)
                visited += 1
            self._lower_bound()
        self.choices.allow(Choice())

    def _lower_bound(self) -> None:
        most = max(self._settled, -self._open[0][0] if self._open else -np.inf)
        self.search.bound = min(self.search.bound, max(most, self.search.value))

    def _visit(
        self, bound: float, choice: Choice, *, guess: bool = False, thorough: bool = False
    ) -> None:
        """Solve a node; push what must be looked at closer."""
        search = self.search
        self.choices.allow(choice)
        try:
            point, promised = search.tighten(None if thorough else _ROUNDS)
        except InfeasibleError:
            return
        if point is None:
            # Time is up and the node stays open; or the solver failed, and it is left as it is.
            if search.late:
                self._push(bound, choice)
            else:
                self._settled = max(self._settled, bound)
            return
        bound = min(bound, promised)
        if guess:
            self._guess(point, choice)
        if bound - search.value <= search.tolerance:
            self._settled = max(self._settled, bound)
            return
        children = self._children(point, choice)
        if children:
            for child in children:
                self._push(bound, child)
        elif not thorough:
            # All is chosen: what is left is the tangents' doing.
            self._visit(bound, choice, thorough=True)
        else:
            search.repair(point)
            self._settled = max(self._settled, bound)

    def _push(self, bound: float, choice: Choice) -> None:
        heapq.heappush(self._open, (-bound, next(self._order), choice))

    def _guess(self, point: Point, choice: Choice) -> None:
        """Look for a good decision with the likeliest pieces and switches of a solution."""
        self.choices.allow(self.choices.likeliest(point.values))
        try:
            found, _ = self.search.tighten(_ROUNDS)
            if found is not None:
                self.search.repair(found)
        except InfeasibleError:
            pass
        self.choices.allow(choice)
        self.choices.follow(point.values)

    def _children(self, point: Point, choice: Choice) -> list[Choice]:
        """Two ways on from a solution that promises too much; none where all is chosen."""
        # Switches first: a curve divided under an open switch is divided again under each setting.
        column = self.choices.undecided(point.values)
        if column is not None:
            return [choice.with_switch(column, value) for value in (0.0, 1.0)]
        block = self.search.worst(point)
        if block is None:
            return []
        ways = self.choices.divide(block, float(point.x[block]), float(point.y[block]), choice)
        return [choice.with_pieces(block, way) for way in ways]
