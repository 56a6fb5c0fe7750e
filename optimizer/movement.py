"""Movement: among plans that are equally good, one that moves the least money.

Moving a unit of money, or releasing one from the pool, is charged a small rate, so that money moves
only where that brings more than the rate. With the rate at most what may be given up, divided by
the money that moves, the charge cannot cost more than that; and no plan that brings as much moves
less.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.neighbourhood import Neighbourhood
from optimizer.prices import Prices
from optimizer.solve import Rows

_ROUNDS = 25
# A solution counts as settled when its promise is this share of what may be given up too high.
_KEPT = 0.02
# Moves below this share of the base are not worth an entry in anybody's books.
_CRUMB = 1e-4
# How much dearer it is to release a unit than to move one where the pool's movement is charged as
# well: no pool is filled only to be drawn from.
_DEARER = 4.0


def least_movement(
    around: Neighbourhood, prices: Prices, at_least: float, deadline: float
) -> Floats:
    """A decision whose response is at least ``at_least``, moving no money for nothing.

    Movement is the sum over channels and quarters of |x - base|, of the pool's as in `_Tie`, and of
    what is released.
    """
    decision = prices.decision
    # Nothing to give up still leaves ties to be settled, for next to nothing.
    to_give_up = max(around.value(decision) - at_least, 1e-7 * around.relaxation.unit)
    tie = _Tie(around, at_least, to_give_up, deadline)
    moved = tie.moved(decision)
    all_moved = float(moved.sum()) + tie.dearer * tie.released(decision)
    if all_moved == 0 or around.value(decision) < at_least:
        return decision
    rate = tie.to_give_up / all_moved
    # A cell whose bound is dearer than the charge stays at its bound.
    dear = np.flatnonzero(prices.cells[: len(moved)] > 2 * rate)
    around.release(np.setdiff1d(around.stopped, dear))
    around.fix(dear, decision)
    tie.charge(np.setdiff1d(np.arange(len(moved)), dear), rate)
    tie.charge_release(rate)
    calmer = tie.settle(decision)
    crumbs = np.flatnonzero((tie.moved(calmer) > 0) & (tie.moved(calmer) <= _CRUMB * tie.base))
    if not len(crumbs):
        return calmer
    still = calmer.copy()
    still[crumbs] = tie.base[crumbs]
    around.fix(crumbs, still)
    return tie.settle(calmer)


@dataclass(frozen=True)
class _Tie:
    around: Neighbourhood
    at_least: float
    to_give_up: float
    deadline: float

    @cached_property
    def base(self) -> Floats:
        """What moves are counted from, channels by quarter, then the pool where money may stay.

        Where all money is spent the pool's movement follows from the channels'. Where some may stay
        unspent, pool and unspent money are worth the same, and the pool stays unless it must move.
        """
        problem = self.around.program.problem
        spends = problem.base.ravel()
        if problem.objective == "response":
            return spends
        return np.concatenate([spends, problem.base_pool])

    @property
    def dearer(self) -> float:
        """What releasing a unit costs, with moving one at 1."""
        return 1.0 if self.around.program.problem.objective == "response" else _DEARER

    def moved(self, decision: Floats) -> Floats:
        """Money by which each amount of `base` moves."""
        return np.abs(decision[: len(self.base)] - self.base)

    def released(self, decision: Floats) -> float:
        """Money that a decision releases from the pool."""
        release = self.around.program.release
        return 0.0 if release is None else float(release.table(decision).sum())

    def charge(self, cells: Indices, rate: float) -> None:
        """Columns for |x - base| of some cells, each unit costing so much response."""
        model, count = self.around.model, len(cells)
        base = self.base[cells] / self.around.scale.money
        columns = self._charged(count, rate)
        for sign in (1.0, -1.0):
            # sign * (x - base) <= moved
            model.add_rows(
                Rows.from_entries(
                    np.full(count, -np.inf),
                    sign * base,
                    np.tile(np.arange(count), 2),
                    np.concatenate([cells, columns]),
                    np.concatenate([np.full(count, sign), -np.ones(count)]),
                )
            )

    def charge_release(self, rate: float) -> None:
        """Columns for x - own of every later amount, each unit costing so much response."""
        release = self.around.program.release
        if release is None:
            return
        own, count = self.around.program.column_of[release.positions], len(release.cells)
        columns = self._charged(count, self.dearer * rate)
        self.around.model.add_rows(
            Rows.from_entries(
                np.full(count, -np.inf),
                np.zeros(count),
                np.tile(np.arange(count), 3),
                np.concatenate([release.cells, own, columns]),
                np.repeat([1.0, -1.0, -1.0], count),
            )
        )

    def _charged(self, count: int, rate: float) -> Indices:
        """New columns of which each unit costs so much response."""
        costs = np.full(count, -rate * self.around.scale.money / self.around.relaxation.unit)
        return self.around.model.add_columns(costs, np.zeros(count), np.full(count, np.inf))

    def settle(self, otherwise: Floats) -> Floats:
        """Solve and add tangents until what is promised is kept and no step holds back a block.

        The last decision whose response is enough; ``otherwise`` where none is.
        """
        last = otherwise
        for _ in range(_ROUNDS):
            point = self.around.maximise(self.deadline - time.monotonic())
            if not point.found:
                break
            decision = point.decision
            kept = self.around.value(decision)
            held_back = self.around.held_back(decision)
            if kept >= self.at_least:
                last = decision
                too_high = self.around.promised(point) - kept
                if not held_back and too_high <= _KEPT * self.to_give_up:
                    break
            self.around.move_to(decision)
        return last
