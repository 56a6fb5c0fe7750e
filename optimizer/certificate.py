"""The certificate: a decision, and a bound that no decision within the rules can exceed.

First the linear relaxation, restarted warm as tangents are added where it promised too much. What
gap is left then comes from curves below their envelopes and from switches: a tree of such programs
divides the former and decides the latter until the best decision is proved. Where a rule speaks of
the response itself, a solution may miss it by what its tangents promise too much: the rule's row is
then tightened by the shortfall until the true curves meet it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.branching import Tree
from optimizer.errors import InfeasibleError, NoPlanInTime
from optimizer.relaxation import Point, Relaxation
from optimizer.rounds import Rounds
from optimizer.solve import Verdict

# The share of a problem's tolerance that a proof may use; movement and rounding may use the rest.
FOR_CERTIFYING = 0.5
# Tangents whose block adds less than this share of the average excess are not worth their row.
_WORTH_A_TANGENT = 0.02
_PATIENCE = 8
# Rounds in which a rule's row is tightened by what the true curves miss it by.
_REPAIRS = 12
# Less than this share of what is allowed is not worth dividing a block for.
_NOTHING = 0.02


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


def certify(
    relaxation: Relaxation, start: Floats | None, gap: float, scale: float, deadline: float
) -> Certificate:
    """Close the gap between the best decision and the bound to a share ``gap`` of its objective.

    ``scale`` is the least response that the share is taken of. ``start`` is a decision within the
    rules, or None; ``deadline`` a time.monotonic() value.
    Raises InfeasibleError, or NoPlanInTime where nothing was found before the deadline.
    """
    search = Search(relaxation, gap, scale, deadline)
    if start is not None:
        search.consider(start)
    point, promised = search.tighten(rounds=None)
    search.bound = min(search.bound, promised)
    if point is not None and not search.closed:
        search.repair(point)
        relaxation.choices.follow(point.values)
        if relaxation.choices.have_own_switches:
            Rounds(search).solve(point)
        else:
            Tree(search).explore()
    if search.decision is None:
        if not search.late:
            raise InfeasibleError
        raise NoPlanInTime("no plan was found within the time limit: allow more time")
    return Certificate(
        search.decision,
        search.value,
        max(search.bound, search.value),
        search.closed,
        search.row_duals,
    )


class Search:
    """What is known so far: the best decision, its true objective, and a bound on all."""

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
        """The gap that is small enough, in the objective's unit."""
        found = abs(self.value) if np.isfinite(self.value) else 0.0
        return self.share * max(self.scale, found)

    @property
    def gap(self) -> float:
        """By how much another decision might still be better."""
        return self.bound - self.value

    @property
    def closed(self) -> bool:
        """Whether the best decision is proved to be good enough."""
        return self.gap <= self.tolerance

    def consider(self, decision: Floats) -> float:
        """Keep a decision that is better than the best so far; its true objective."""
        value = self.relaxation.objective.at(decision)
        if value > self.value and self.relaxation.requirements.keeps(decision):
            self.decision, self.value = decision, value
        return value

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.monotonic() >= self.deadline

    def tighten(self, rounds: int | None) -> tuple[Point | None, float]:
        """Solve the linear relaxation and add tangents until it promises what it keeps.

        Returns the last solution (None where time is up) and the least that was promised, a bound
        on every decision that the choices made allow. Raises InfeasibleError where there is none.
        """
        last: Point | None = None
        count, idle, least, bound = 0, 0, np.inf, np.inf
        while (point := self.solve()) is not None:
            last = point
            promised = point.outcome.objective * self.relaxation.unit
            bound = min(bound, promised)
            self.importance = self.relaxation.importance(point)
            self.row_duals = self.relaxation.row_duals(point.outcome)
            value = self.consider(point.decision)
            excess = (point.promised - self.relaxation.promise(point)) * self.importance
            over = float(excess.sum())
            count += 1
            # Tangents that no longer lower the promise are at the solver's own precision.
            idle, least = (0, over) if over < 0.9 * least else (idle + 1, least)
            kept = over <= 0.1 * max(self.tolerance, promised - value) or idle == _PATIENCE
            if kept or count == rounds or bound - self.value <= self.tolerance:
                break
            worth = _WORTH_A_TANGENT * over / len(excess)
            self.relaxation.add_tangents(point.x, point.y, np.flatnonzero(excess > worth))
        return last, bound

    def repair(self, point: Point) -> None:
        """Tighten rows by what the true curves miss them by, until a decision keeps them."""
        limits, requirements = self.relaxation.program.limits, self.relaxation.requirements
        shift = np.zeros(limits.count)
        spoken_of = np.isin(np.arange(limits.count), limits.with_response)
        for _ in range(_REPAIRS):
            short = requirements.short_of(point.decision, point.values)
            if not short.any() or not spoken_of[short > 0].all():
                break
            # A little more than is missed: tangents and solver leave that much again.
            shift += 1.05 * short
            requirements.shift(self.relaxation.model, shift)
            excess = point.promised - self.relaxation.promise(point)
            self.relaxation.add_tangents(point.x, point.y, np.flatnonzero(excess > 0))
            point = self.relaxation.maximise(self.deadline - time.monotonic())
            if not point.found:
                break
            self.consider(point.decision)
        if shift.any():
            requirements.shift(self.relaxation.model, 0 * shift)

    def worst(self, point: Point) -> int | None:
        """The block of which a solution promises most that its curve does not keep.

        A block matters by what its response is worth, or because a rule's row is missed by it.
        None where no block matters.
        """
        relaxation = self.relaxation
        below = self.below(point)
        worth = below * self.importance
        if worth.sum() > _NOTHING * self.tolerance:
            return int(np.argmax(worth))
        for row, short in relaxation.requirements.missed(point.decision, point.values):
            if (below * row).sum() > _NOTHING * short:
                return int(np.argmax(below * row))
        unpaid = relaxation.withheld(point)
        if unpaid.sum() > _NOTHING * self.tolerance * relaxation.scale.money / self.relaxation.unit:
            return int(np.argmax(unpaid))
        return None

    def below(self, point: Point) -> Floats:
        """(B,) by how much each block's curve is below what its pieces promise."""
        true = self.relaxation.response.block_values(point.x, point.y)
        return np.maximum(self.relaxation.promise(point) - true, 0.0)

    def solve(self, gap: float | None = None) -> Point | None:
        """A solution under the choices made, or with a gap for the choices; None when late."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            return None
        point = self.relaxation.maximise(seconds, gap)
        if point.outcome.verdict is Verdict.INFEASIBLE:
            raise InfeasibleError
        return point if point.found else None
