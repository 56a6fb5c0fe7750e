"""The neighbourhood of a decision: the rules with the response itself, linear around that decision.

Certifying asks what any plan could bring; prices and ties ask what changes near the plan that was
found. So the over-estimates give way to tangents of the true response, close on both sides of the
decision, and amounts that their bounds stop for good reason stay there: only the blocks that may
move are in the program. Blocks that are not concave everywhere may move a little at a time only;
switches stay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.certificate import Certificate
from optimizer.curve_table import Indices
from optimizer.decision import decided
from optimizer.media import media_columns
from optimizer.program import Program
from optimizer.relaxation import Point, Relaxation, cuts
from optimizer.response import Response
from optimizer.solve import Outcome
from optimizer.tangents import Tangents, true_tangents

Mask = NDArray[np.bool_]

# How far on both sides tangents are taken, as shares of the own spend.
_REACH = (0.0, 0.002, -0.002, 0.02, -0.02)
_STEP = 0.05
# A cell this close to its bound, in average cells, is at it.
AT_BOUND = 1e-6
# A bound stops an amount for good reason where its price is this share of what money brings.
_GOOD_REASON = 0.02


class Neighbourhood:
    """A linear program around one decision within the rules."""

    def __init__(self, relaxation: Relaxation, proof: Certificate) -> None:
        self.relaxation = relaxation
        self.program: Program = relaxation.program
        self.response: Response = relaxation.response
        self.scale = relaxation.scale
        self.model = relaxation.afresh(proof.decision)
        self.columns = np.full(len(self.response.cell), -1)
        self._bent = _bent_blocks(relaxation)
        self._shift = np.zeros(self.program.limits.count)
        self._seen: Floats | None = None
        self._decision = proof.decision
        self._stopped = self._for_good_reason(proof)
        self._add_blocks(self._moving())
        self._media = media_columns(self.program, self.model, self.scale, self.columns)
        self._fix(np.flatnonzero(self._stopped), proof.decision)
        self.move_to(proof.decision)

    def slopes(self, decision: Floats, row_duals: Floats) -> tuple[Floats, Floats]:
        """(amounts,) gain of the objective per unit of money, and what rows charge for it."""
        program = self.program
        gain = program.gradient(decision, self.relaxation.objective)
        rows, tail = program.linearised(decision), program.tail_rows
        charged = np.asarray(rows.T @ row_duals)
        if not len(tail):
            return gain, charged
        # What draws of the curves charge is what caution gains by.
        for_tail = np.asarray(rows[tail].T @ row_duals[tail])
        return gain - for_tail, charged - for_tail

    def release(self, cells: Indices) -> None:
        """Let amounts that were kept at their bounds move again."""
        if not len(cells):
            return
        self._stopped[cells] = False
        limits = self.program.limits
        self.model.set_bounds(cells, limits.lower[cells], limits.upper[cells])
        self._add_blocks(self._moving() & (self.columns < 0))
        self.move_to(self._decision)

    @property
    def stopped(self) -> Indices:
        """Amounts that are kept at their bounds."""
        return np.flatnonzero(self._stopped)

    def wrongly_stopped(self, decision: Floats, gain: Floats, charged: Floats) -> Indices:
        """Amounts kept at a bound that they would rather leave, by `slopes` at a decision."""
        leeway = AT_BOUND * np.maximum(np.abs(gain), np.abs(charged))
        at_low, at_high = self.at_bounds(decision)
        up, down = (gain - charged > leeway) & ~at_high, (charged - gain > leeway) & ~at_low
        return np.flatnonzero(self._stopped & (up | down))

    def at_bounds(self, decision: Floats) -> tuple[Mask, Mask]:
        """(amounts,) whether each amount is at its lower bound, and at its upper."""
        limits, cells = self.program.limits, slice(0, self.program.size)
        here = decision[cells] / self.program.unit
        return here <= limits.lower[cells] + AT_BOUND, here >= limits.upper[cells] - AT_BOUND

    def fix(self, cells: Indices, decision: Floats) -> None:
        """Keep cells where a decision has them, as far as their bounds allow."""
        self._stopped[cells] = True
        self._fix(cells, decision)

    def move_to(self, decision: Floats) -> None:
        """Add tangents around a decision, and let bent blocks move around it."""
        self._decision = decision
        x, y = self.response.coordinates(self.program.layout.spend(decision))
        blocks = self._news(x, y)
        planes = [self._tangents(x, y, reach) for reach in _REACH]
        self._cut(blocks, planes[0])
        # Where the response is convex, tangents from both sides would undercut it; a cell that its
        # bounds stop needs none beside the one where it stands.
        concave = planes[1].per_x <= planes[2].per_x
        at_low, at_high = self.at_bounds(decision)
        inside = ~(at_low | at_high)[self.response.cell]
        beside = blocks[(concave & inside)[blocks]]
        for plane in planes[1:]:
            self._cut(beside, plane)
        self._bound_bent(decision)

    def maximise(self, seconds: float) -> Point:
        """Solve the linear program as it stands.

        Where the true curves miss a rule's row, the next solution is asked for that much more.
        """
        outcome = self.model.relax(seconds)
        if outcome.values is None:
            return Point(outcome)
        decision = decided(self.program, outcome.values)
        short = self.relaxation.requirements.short_of(decision, outcome.values)
        if short.any():
            self._shift += 1.05 * short
            self.relaxation.requirements.shift(self.model, self._shift)
        # What stays still is promised what it brings.
        promised = decision[self.response.position]
        moving = self.columns >= 0
        promised[moving] = outcome.values[self.columns[moving]] * self.scale.value
        return Point(outcome, decision, promised)

    def value(self, decision: Floats) -> float:
        """True objective of a decision; minus infinity where it breaks a rule."""
        if not self.relaxation.requirements.keeps(decision):
            return -np.inf
        return self.relaxation.objective.at(decision)

    def promised(self, point: Point) -> float:
        """Objective that a solution promises; what else the model charges for is not part of it."""
        promised = point.decision.copy()
        promised[self.response.position] = point.promised
        if self.program.tail is not None:
            self.program.tail.fill(promised)
        return self.relaxation.objective.at(promised)

    def row_duals(self, outcome: Outcome) -> Floats:
        """(rows,) objective gained per unit added to each right-hand side of `Limits.matrix`."""
        return self.relaxation.row_duals(outcome)

    def cell_duals(self, outcome: Outcome, gain: Floats, charged: Floats) -> Floats:
        """(amounts,) objective gained per unit of money added to an amount's bound.

        ``gain`` and ``charged`` are the `slopes` at the solution.
        """
        cells = slice(0, self.program.size)
        duals = outcome.column_duals[cells] * self.relaxation.unit / self.scale.money
        return np.asarray(np.where(self._stopped, gain - charged, duals))

    def held_back(self, decision: Floats) -> bool:
        """Whether a bent block was stopped by its step, not by a bound of its cell."""
        limits, (cells, low, high) = self.program.limits, self._steps
        here = decision[cells] / self.scale.money
        at_step = (here <= low + AT_BOUND) & (low > limits.lower[cells] + AT_BOUND)
        at_step |= (here >= high - AT_BOUND) & (high < limits.upper[cells] - AT_BOUND)
        return bool(np.any(at_step))

    def _for_good_reason(self, proof: Certificate) -> Mask:
        """(amounts,) whether an amount's bound is dear enough to keep it there."""
        limits, cells = self.program.limits, slice(0, self.program.size)
        gain, charged = self.slopes(proof.decision, proof.row_duals)
        reason = _GOOD_REASON * np.maximum(np.abs(gain), np.abs(charged))
        at_low, at_high = self.at_bounds(proof.decision)
        stopped = at_low & (charged - gain > reason)
        stopped |= at_high & (gain - charged > reason)
        stopped |= limits.lower[cells] == limits.upper[cells]
        # What a result costs ties a channel's amounts to its response.
        layout, response = self.program.layout, self.response
        loose = np.repeat((response.rate > 0) | (response.fixed > 0), layout.quarters)
        stopped[: layout.spends] &= ~loose
        return np.asarray(stopped)

    def _moving(self) -> Mask:
        """(B,) blocks of which the own amount or an earlier one that carries over may move."""
        layout = self.program.layout
        free = ~self._stopped[: layout.spends].reshape(-1, layout.quarters)
        carried = np.any(free[self.response.channel] & (self.response.carry > 0), axis=1)
        return np.asarray(free.ravel()[self.response.cell] | carried)

    def _add_blocks(self, chosen: Mask) -> None:
        """Columns for the responses of blocks; what stays still keeps what it brings."""
        relaxation = self.relaxation
        own = self.program.column_of[self.response.position]
        new = np.flatnonzero(chosen & (own < 0))
        costs = relaxation.worth[new] * self.scale.value / relaxation.unit
        free = np.full(len(new), np.inf)
        self.columns[new] = self.model.add_columns(costs, -free, free)
        spoken_of = np.flatnonzero(own >= 0)
        self.columns[spoken_of] = own[spoken_of]
        free = np.full(len(spoken_of), np.inf)
        self.model.set_bounds(own[spoken_of], -free, free)

    def _news(self, x: Floats, y: Floats) -> Indices:
        """Blocks in the program that are not where their last tangents were taken."""
        here = np.stack([x, y])
        if self._seen is None:
            self._seen = np.full_like(here, -1.0)
        far = np.abs(here - self._seen) > 1e-3 * np.maximum(here, self._seen)
        moved = np.any(far | (self._seen < 0), axis=0) & (self.columns >= 0)
        self._seen = np.where(moved, here, self._seen)
        return np.flatnonzero(moved)

    def _tangents(self, x: Floats, y: Floats, reach: float) -> Tangents:
        return true_tangents(self.response, x * (1 + reach), y)

    def _cut(self, blocks: Indices, planes: Tangents) -> None:
        taken = planes.take(blocks)
        rows = cuts(self.response, self.scale, self.columns, self._media, blocks, taken)
        self.model.add_rows(rows)

    def _bound_bent(self, decision: Floats) -> None:
        bent = self._bent[~self._stopped[self.response.cell[self._bent]]]
        limits, cells = self.program.limits, self.response.cell[bent]
        low, high = limits.lower[cells], limits.upper[cells]
        here, step = decision[cells] / self.scale.money, _STEP * (high - low)
        self._steps = cells, np.clip(here - step, low, high), np.clip(here + step, low, high)
        self.model.set_bounds(*self._steps)

    def _fix(self, cells: Indices, decision: Floats) -> None:
        limits = self.program.limits
        low, high = limits.lower[cells], limits.upper[cells]
        at = np.clip(decision[cells] / self.scale.money, low, high)
        self.model.set_bounds(cells, at, at)


def _bent_blocks(relaxation: Relaxation) -> Indices:
    """Blocks with a term that may lie in a convex part of its curve."""
    response, box = relaxation.response, relaxation.box
    low = response.adstocked(box.x_low, box.y_low)
    convex = (response.curves.inflection > low) & (response.weight > 0)
    return np.flatnonzero(response.sum_by_block(convex.astype(float)))
