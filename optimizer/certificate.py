"""The certificate: a decision, and a bound that no decision within the rules can exceed.

First the linear relaxation, restarted warm as tangents are added where it promised too much. What
gap is left then comes from curves below their envelopes: those blocks are split into pieces, the
mixed-integer program gives a new bound, and the next solution shows where to split next. Where a
rule speaks of the response itself, a solution may miss it by what its tangents promise too much:
the rule's row is then tightened by the shortfall until the true curves meet it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.errors import NoPlanInTime
from optimizer.relaxation import Point, Relaxation
from optimizer.solve import Verdict

# Rounds of tangents between two mixed-integer solves; more would polish pieces that change anyway.
_POLISH = 6
# Tangents whose block adds less than this share of the average excess are not worth their row.
_WORTH_A_TANGENT = 0.02
_PATIENCE = 8
# Rounds in which a rule's row is tightened by what the true curves miss it by.
_REPAIRS = 12


@dataclass(frozen=True)
class Certificate:
    """The best decision found, its true objective and an upper bound on every plan's.

    ``closed`` is False where the clock stopped the search before the gap was small enough.
    ``row_duals`` are those of the rows of `Limits.matrix` in the last linear program solved:
    about what the rows cost near the decision.
    """

    decision: Floats
    value: float
    bound: float
    closed: bool
    row_duals: Floats


class InfeasibleError(Exception):
    """No decision keeps all rules."""


def certify(
    relaxation: Relaxation, start: Floats | None, gap: float, scale: float, deadline: float
) -> Certificate:
    """Close the gap between the best decision and the bound to a share ``gap`` of its objective.

    ``scale`` is the least response that the share is taken of. ``start`` is a decision within the
    rules, or None; ``deadline`` a time.monotonic() value.
    Raises InfeasibleError, or NoPlanInTime where nothing was found before the deadline.
    """
    search = _Search(relaxation, gap, scale, deadline)
    if start is not None:
        search.consider(start)
    point = search.tighten(rounds=None)
    idle = 0
    while point is not None and not search.closed and (idle < _PATIENCE or search.value == -np.inf):
        before = search.gap
        search.split(point)
        point = search.branch()
        idle = idle + 1 if search.gap >= before else 0
    if search.decision is None:
        raise NoPlanInTime("no plan was found within the time limit: allow more time")
    return Certificate(
        search.decision,
        search.value,
        max(search.bound, search.value),
        search.closed,
        search.row_duals,
    )


class _Search:
    def __init__(self, relaxation: Relaxation, share: float, scale: float, deadline: float) -> None:
        self.relaxation = relaxation
        self.share = share
        self.scale = scale
        self.deadline = deadline
        self.decision: Floats | None = None
        self.value = -np.inf
        # Everything at the most it may bring: a bound before anything is solved.
        self.bound = relaxation.most
        self.importance = relaxation.worth
        self.row_duals = np.zeros(relaxation.program.limits.count)

    @property
    def tolerance(self) -> float:
        found = abs(self.value) if np.isfinite(self.value) else 0.0
        return self.share * max(self.scale, found)

    @property
    def gap(self) -> float:
        return self.bound - self.value

    @property
    def closed(self) -> bool:
        return self.gap <= self.tolerance

    def consider(self, decision: Floats) -> float:
        """Keep a decision that is better than the best so far; its true objective."""
        value = self.relaxation.objective.at(decision)
        if value > self.value and self.relaxation.keeps(decision):
            self.decision, self.value = decision, value
        return value

    def tighten(self, rounds: int | None) -> Point | None:
        """Solve the linear relaxation and add tangents until it promises what it keeps.

        Its objective is a bound on all plans unless ``rounds`` limits it to fixed choices.
        Returns the last solution, or None where time is up.
        """
        count, idle, least = 0, 0, np.inf
        while True:
            point = self._solve(gap=None)
            if point is None:
                return None
            promised = point.outcome.objective * self.relaxation.unit
            self.importance = self.relaxation.importance(point.outcome)
            self.row_duals = self.relaxation.row_duals(point.outcome)
            if rounds is None:
                self.bound = min(self.bound, promised)
            value = self.consider(point.decision)
            excess = (point.promised - self.relaxation.promise(point)) * self.importance
            over = float(excess.sum())
            count += 1
            # Tangents that no longer lower the promise are at the solver's own precision.
            idle, least = (0, over) if over < 0.9 * least else (idle + 1, least)
            kept = over <= 0.1 * max(self.tolerance, promised - value) or idle == _PATIENCE
            if kept or count == rounds or (rounds is None and self.closed):
                if not self.closed:
                    self.repair(point)
                return point
            worth = _WORTH_A_TANGENT * over / len(excess)
            self.relaxation.add_tangents(point.x, point.y, np.flatnonzero(excess > worth))

    def repair(self, point: Point) -> None:
        """Tighten rows by what the true curves miss them by, until a decision keeps them."""
        limits = self.relaxation.program.limits
        shift = np.zeros(limits.count)
        spoken_of = np.isin(np.arange(limits.count), limits.with_response)
        for _ in range(_REPAIRS):
            assert point.outcome.values is not None
            short = self.relaxation.short_of(point.decision, point.outcome.values)
            if not short.any() or not spoken_of[short > 0].all():
                break
            # A little more than is missed: tangents and solver leave that much again.
            shift += 1.05 * short
            self.relaxation.shift_rows(shift)
            excess = point.promised - self.relaxation.promise(point)
            self.relaxation.add_tangents(point.x, point.y, np.flatnonzero(excess > 0))
            point = self.relaxation.maximise(self.deadline - time.monotonic(), None)
            if not point.found:
                break
            self.consider(point.decision)
        if shift.any():
            self.relaxation.shift_rows(0 * shift)

    def split(self, point: Point) -> None:
        """Split the blocks whose curves are below their envelopes, those that matter most first.

        A block matters by what its response is worth, or because a rule's row is missed by it.
        """
        relaxation = self.relaxation
        below = relaxation.promise(point) - relaxation.kept(point)
        chosen = _most_of(below * self.importance, 0.2 * self.tolerance)
        for row, short in relaxation.missed(point):
            chosen |= _most_of(below * row, 0.2 * short)
        for block in sorted(chosen):
            relaxation.split(block, float(point.x[block]), float(point.y[block]))

    def branch(self) -> Point | None:
        """Solve with pieces and switches to choose, then polish the chosen ones."""
        if self.decision is not None:
            self.relaxation.start_from(self.decision)
        point = self._solve(gap=0.3 * self.tolerance)
        if point is None:
            return None
        self.consider(point.decision)
        self.relaxation.fix_choices(point)
        try:
            return self.tighten(rounds=_POLISH)
        except InfeasibleError:
            # The solver's tolerance for whole numbers may be more than that for rows.
            return point
        finally:
            self.relaxation.free_choices()

    def _solve(self, gap: float | None) -> Point | None:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            return None
        point = self.relaxation.maximise(seconds, gap)
        if point.outcome.verdict is Verdict.INFEASIBLE:
            raise InfeasibleError
        if gap is not None:
            self.bound = min(self.bound, point.outcome.bound * self.relaxation.unit)
        return point if point.found else None


def _most_of(excess: Floats, allowed: float) -> set[int]:
    """The largest entries, without which what is left of the sum is no more than allowed."""
    if excess.sum() <= allowed:
        return set()
    order = np.argsort(-excess, kind="stable")
    left = excess.sum() - np.cumsum(excess[order])
    enough = int(np.argmax(left <= allowed)) + 1
    return {block for block in order[:enough].tolist() if excess[block] > 0}
