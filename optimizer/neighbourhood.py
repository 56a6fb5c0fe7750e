"""The neighbourhood of a decision: the rules with the response itself, linear around that decision.

Certifying asks what any plan could bring; prices and ties ask what changes near the plan that was
found. So the over-estimates give way to tangents of the true response, close on both sides of the
decision. Blocks that are not concave everywhere may move a little at a time only; switches stay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.program import Program
from optimizer.relaxation import Point, Relaxation, cuts
from optimizer.response import Indices, Response
from optimizer.solve import Outcome
from optimizer.tangents import Tangents, true_tangents

# How far on both sides tangents are taken, as shares of the own spend.
_REACH = (0.0, 0.002, -0.002, 0.02, -0.02)
_STEP = 0.05
# A cell this close to its bound, in average cells, is at it.
AT_BOUND = 1e-6


class Neighbourhood:
    """A linear program around one decision, on the model that certified it."""

    def __init__(self, relaxation: Relaxation, decision: Floats) -> None:
        self.relaxation = relaxation
        self.program: Program = relaxation.program
        self.response: Response = relaxation.response
        self.model = relaxation.model
        self.scale = relaxation.scale
        self.model.relax_integers()
        relaxation.fix_switches(decision)
        self._bent = _bent_blocks(relaxation)
        self.columns = self._columns(relaxation.columns)
        self._fixed = np.zeros(self.program.size, dtype=bool)
        self._shift = np.zeros(self.program.limits.count)
        self._seen: Floats | None = None
        self.move_to(decision)

    def _columns(self, promised: Indices) -> Indices:
        """One column per block: the certificate's own where its tangents are the response's.

        Bent blocks get a new one; the old ones, and the pieces under them, no longer count.
        """
        none = np.zeros(len(self._bent))
        costs = self.relaxation.worth[self._bent] * self.scale.value / self.relaxation.unit
        fresh = self.model.add_columns(costs, none - np.inf, none + np.inf)
        self.model.set_costs(promised[self._bent], none)
        self.relaxation.take_over(self._bent, fresh)
        columns = promised.copy()
        columns[self._bent] = fresh
        # What a block may bring at most would share the prices of its cell's bounds.
        unbounded = np.full(len(columns), np.inf)
        self.model.set_bounds(columns, -unbounded, unbounded)
        return columns

    def move_to(self, decision: Floats) -> None:
        """Add tangents around a decision, and let bent blocks move around it."""
        x, y = self.response.coordinates(self.relaxation.spend(decision))
        blocks = self._news(x, y)
        planes = [self._tangents(x, y, reach) for reach in _REACH]
        self._cut(blocks, planes[0])
        # Where the response is convex, tangents from both sides would undercut it; a cell that its
        # bounds stop needs none beside the one where it stands.
        concave = planes[1].per_x <= planes[2].per_x
        beside = blocks[(concave & self._inside(decision))[blocks]]
        for plane in planes[1:]:
            self._cut(beside, plane)
        self._bound_bent(decision)

    def _inside(self, decision: Floats) -> NDArray[np.bool_]:
        """(B,) whether each block's own cell is strictly between its bounds."""
        limits, cells = self.program.limits, self.response.cell
        low, high, here = limits.lower[cells], limits.upper[cells], decision[cells]
        here = here / self.scale.money
        return np.asarray((here > low + AT_BOUND) & (here < high - AT_BOUND))

    def _news(self, x: Floats, y: Floats) -> Indices:
        """Blocks that are not where their last tangents were taken."""
        here = np.stack([x, y])
        if self._seen is None:
            self._seen = here
            return np.arange(len(x))
        moved = np.any(np.abs(here - self._seen) > 1e-4 * np.maximum(here, self._seen), axis=0)
        self._seen = np.where(moved, here, self._seen)
        return np.flatnonzero(moved)

    def maximise(self, seconds: float) -> Point:
        """Solve the linear program as it stands.

        Where the true curves miss a rule's row, the next solution is asked for that much more.
        """
        outcome = self.model.relax(seconds)
        if outcome.values is None:
            return Point(outcome)
        point = self.relaxation.point(outcome, self.columns)
        short = self.relaxation.shortfall(point.decision)
        if short.any():
            self._shift += 1.05 * short
            self.relaxation.shift_rows(self._shift)
        return point

    def value(self, decision: Floats) -> float:
        """True objective of a decision; minus infinity where it breaks a rule."""
        if not self.relaxation.keeps(decision):
            return -np.inf
        return self.relaxation.objective.at(decision)

    def promised(self, point: Point) -> float:
        """Objective that a solution promises; what else the model charges for is not part of it."""
        promised = point.decision.copy()
        promised[self.program.layout.money + self.response.cell] = point.promised
        return self.relaxation.objective.at(promised)

    def row_duals(self, outcome: Outcome) -> Floats:
        """(rows,) objective gained per unit added to each right-hand side of `Limits.matrix`."""
        return self.relaxation.row_duals(outcome)

    def cell_duals(self, outcome: Outcome) -> Floats:
        """(amounts,) objective gained per unit of money added to an amount's bound."""
        duals = outcome.column_duals[: self.program.size]
        return np.asarray(duals * self.relaxation.unit / self.scale.money)

    def _tangents(self, x: Floats, y: Floats, reach: float) -> Tangents:
        return true_tangents(self.response, x * (1 + reach), y)

    def _cut(self, blocks: Indices, planes: Tangents) -> None:
        media = self.relaxation.media
        rows = cuts(self.response, self.scale, self.columns, media, blocks, planes.take(blocks))
        self.model.add_rows(rows)

    @property
    def _loose_bent(self) -> Indices:
        """Bent blocks whose own cell is not fixed."""
        return self._bent[~self._fixed[self.response.cell[self._bent]]]

    def _bound_bent(self, decision: Floats) -> None:
        limits, bent = self.program.limits, self._loose_bent
        cells = self.response.cell[bent]
        here, low, high = (
            decision[cells] / self.scale.money,
            limits.lower[cells],
            limits.upper[cells],
        )
        step = _STEP * (high - low)
        self._steps = cells, np.clip(here - step, low, high), np.clip(here + step, low, high)
        self.model.set_bounds(*self._steps)

    def fix(self, cells: Indices, decision: Floats) -> None:
        """Keep cells where a decision has them, as far as their bounds allow."""
        limits = self.program.limits
        low, high = limits.lower[cells], limits.upper[cells]
        at = np.clip(decision[cells] / self.scale.money, low, high)
        self.model.set_bounds(cells, at, at)
        self._fixed[cells] = True

    def held_back(self, decision: Floats) -> bool:
        """Whether a bent block was stopped by its step, not by a bound of its cell."""
        limits, (cells, low, high) = self.program.limits, self._steps
        here = decision[cells] / self.scale.money
        at_step = (here <= low + AT_BOUND) & (low > limits.lower[cells] + AT_BOUND)
        at_step |= (here >= high - AT_BOUND) & (high < limits.upper[cells] - AT_BOUND)
        return bool(np.any(at_step))


def _bent_blocks(relaxation: Relaxation) -> Indices:
    """Blocks with a term that may lie in a convex part of its curve."""
    response, box = relaxation.response, relaxation.box
    low = response.adstocked(box.x_low, box.y_low)
    convex = (response.curves.inflection > low) & (response.weight > 0)
    return np.flatnonzero(response.sum_by_block(convex.astype(float)))
