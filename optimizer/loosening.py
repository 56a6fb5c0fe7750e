"""Loosening: what loosening one limit would bring where several limits meet.

Where no amount is free, the duals of a linear program are not unique: they say what tightening
costs, not what loosening brings. The gain from loosening is the best first-order move that the
other limits still allow, a small linear program over the limits that are reached; its value is the
smallest dual there is (the one-sided derivative of the optimal value).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.program import Program
from optimizer.solve import Model, Rows, Verdict

_REACHED = 1e-6


@dataclass(frozen=True)
class Stand:
    """A decision (money) with the duals read there, objective per unit.

    ``marginal`` (amounts,), ``row_duals`` (rows of `Limits.matrix`,), ``cell_duals`` (amounts,).
    """

    decision: Floats
    marginal: Floats
    row_duals: Floats
    cell_duals: Floats


class Reached:
    """The limits that a decision reaches; ``rows`` are those of `Limits.matrix` it stands at."""

    def __init__(self, program: Program, stand: Stand) -> None:
        self.program = program
        limits, amounts = program.limits, slice(0, program.size)
        scaled = stand.decision[amounts] / program.unit
        self.low = scaled <= limits.lower[amounts] + _REACHED
        self.high = scaled >= limits.upper[amounts] - _REACHED
        self.matrix = program.linearised(stand.decision)
        largest = abs(self.matrix).max(axis=1).toarray().ravel() * program.unit
        size = np.where(largest > 0, largest, 1.0)
        least, most = limits.between
        value = limits.matrix @ stand.decision
        self.below = (value - least) / size <= _REACHED
        self.above = (most - value) / size <= _REACHED
        reached = (self.below | self.above) & (largest > 0)
        # Which draws are the worst is no limit: what they charge is part of the gains.
        reached[program.tail_rows] = False
        self.rows: Indices = np.flatnonzero(reached)

    def duals_are_unique(self) -> bool:
        """Whether the reached rows are independent in the amounts that are free."""
        free = np.flatnonzero(~(self.low | self.high))
        whole = self.matrix[self.rows]
        if not whole.shape[0]:
            return True
        rows = whole[:, free].toarray()
        # The two sides of an equation are one row.
        distinct = np.unique(np.round(rows, 12), axis=0)
        count = len(np.unique(np.round(whole.toarray(), 12), axis=0))
        return count == (np.linalg.matrix_rank(distinct) if distinct.size else 0)


def loosening_gains(program: Program, stand: Stand, reached: Reached, deadline: float) -> Stand:
    """The stand with its duals replaced by what loosening each limit brings."""
    implied = reached.matrix.T @ stand.row_duals
    gradient = np.array(implied)
    # Free cells agree only so far; first-order moves between them must not look like gains.
    at_high, at_low = reached.high & ~reached.low, reached.low & ~reached.high
    gradient[at_high] = np.maximum(stand.marginal, implied)[at_high]
    gradient[at_low] = np.minimum(stand.marginal, implied)[at_low]
    fixed = reached.low & reached.high
    gradient[fixed] = stand.marginal[fixed]
    model = Model.of(program.build_unbounded([], 1.0))
    model.relax_integers()
    size = program.size
    below = np.where(reached.low, 0.0, -np.inf)
    above = np.where(reached.high, 0.0, np.inf)
    scale = max(float(np.abs(gradient).max(initial=0.0)), np.finfo(float).tiny)
    model.set_costs(np.arange(size), gradient / scale)
    model.set_bounds(np.arange(size), below, above)
    at = _add_reached_rows(model, reached)
    row_duals, cell_duals = np.zeros(len(stand.row_duals)), np.zeros(size)

    def gain(otherwise: float) -> float:
        outcome = model.relax(max(deadline - time.monotonic(), 0.01))
        return outcome.objective * scale if outcome.verdict is Verdict.OPTIMAL else otherwise

    joint = len(program.limits.joint)
    for row, number in zip(at.tolist(), reached.rows.tolist(), strict=True):
        dual = float(stand.row_duals[number])
        side = 1.0 if reached.above[number] else -1.0
        if number < joint and dual * side > 0:
            model.set_row_bounds(row, *_around_zero(reached, number, 1.0))
            row_duals[number] = side * gain(abs(dual))
            model.set_row_bounds(row, *_around_zero(reached, number, 0.0))
    for cell in np.flatnonzero((stand.cell_duals != 0) & (reached.low | reached.high)).tolist():
        one = np.array([cell])
        up = stand.cell_duals[cell] > 0
        model.set_bounds(one, below[one] - (not up), above[one] + up)
        cell_duals[cell] = (1 if up else -1) * gain(abs(float(stand.cell_duals[cell])))
        model.set_bounds(one, below[one], above[one])
    return Stand(stand.decision, stand.marginal, row_duals, cell_duals)


def _add_reached_rows(model: Model, reached: Reached) -> Indices:
    """The reached rows over moves of the amounts; returns their positions in the model."""
    entries = reached.matrix[reached.rows].tocoo()
    rows, columns = entries.row.astype(np.int64), entries.col.astype(np.int64)
    bounds = [_around_zero(reached, number, 0.0) for number in reached.rows.tolist()]
    low, high = (np.array([bound[side] for bound in bounds], dtype=float) for side in (0, 1))
    return model.add_rows(Rows.from_entries(low, high, rows, columns, entries.data))


def _around_zero(reached: Reached, number: int, room: float) -> tuple[float, float]:
    """Bounds on a move of a reached row that has so much room."""
    low = -room if reached.below[number] else -np.inf
    return low, room if reached.above[number] else np.inf
