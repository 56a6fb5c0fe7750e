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
from optimizer.program import Program
from optimizer.response import Indices
from optimizer.solve import Model, Verdict

_REACHED = 1e-6


@dataclass(frozen=True)
class Stand:
    """A decision (money) with the duals read there, response per unit of money.

    ``marginal`` (cells,), ``row_duals`` (joint rows,), ``cell_duals`` (cells,).
    """

    decision: Floats
    marginal: Floats
    row_duals: Floats
    cell_duals: Floats


class Reached:
    """The limits that a decision reaches."""

    def __init__(self, program: Program, stand: Stand) -> None:
        self.program = program
        limits = program.limits
        scaled = stand.decision / program.unit
        self.low = scaled <= limits.lower + _REACHED
        self.high = scaled >= limits.upper - _REACHED
        sides = np.array([1.0 if program.rows[i].side == "max" else -1.0 for i in limits.joint])
        room = sides * (limits.rhs - limits.matrix @ stand.decision) / program.unit
        self.joint: Indices = np.flatnonzero(room <= _REACHED)
        self.sides = sides

    def duals_are_unique(self) -> bool:
        """Whether the reached joint rows are independent in the cells that are free."""
        free = ~(self.low | self.high)
        rows = self.program.limits.matrix[self.joint][:, np.flatnonzero(free)].toarray()
        # The two sides of an equation are one row.
        distinct = np.unique(np.round(rows, 12), axis=0)
        whole = self.program.limits.matrix[self.joint].toarray()
        return len(np.unique(np.round(whole, 12), axis=0)) == (
            np.linalg.matrix_rank(distinct) if distinct.size else 0
        )


def loosening_gains(program: Program, stand: Stand, reached: Reached, deadline: float) -> Stand:
    """The stand with its duals replaced by what loosening each limit brings."""
    limits = program.limits
    implied = limits.matrix.T @ stand.row_duals
    gradient = np.array(implied)
    # Free cells agree only so far; first-order moves between them must not look like gains.
    at_high, at_low = reached.high & ~reached.low, reached.low & ~reached.high
    gradient[at_high] = np.maximum(stand.marginal, implied)[at_high]
    gradient[at_low] = np.minimum(stand.marginal, implied)[at_low]
    fixed = reached.low & reached.high
    gradient[fixed] = stand.marginal[fixed]
    model = Model(program.build_unbounded([limits.joint[number] for number in reached.joint]))
    size = program.size
    below = np.where(reached.low, 0.0, -np.inf)
    above = np.where(reached.high, 0.0, np.inf)
    scale = max(float(np.abs(gradient).max(initial=0.0)), np.finfo(float).tiny)
    model.set_costs(np.arange(size), gradient / scale)
    model.set_bounds(np.arange(size), below, above)
    for position, number in enumerate(reached.joint.tolist()):
        _bound_row(model, position, reached.sides[number], 0.0)
    row_duals, cell_duals = np.zeros(len(limits.joint)), np.zeros(size)

    def gain(otherwise: float) -> float:
        outcome = model.relax(max(deadline - time.monotonic(), 0.01))
        return outcome.objective * scale if outcome.verdict is Verdict.OPTIMAL else otherwise

    for position, number in enumerate(reached.joint.tolist()):
        if stand.row_duals[number] * reached.sides[number] > 0:
            _bound_row(model, position, reached.sides[number], 1.0)
            dual = abs(float(stand.row_duals[number]))
            row_duals[number] = reached.sides[number] * gain(dual)
            _bound_row(model, position, reached.sides[number], 0.0)
    for cell in np.flatnonzero((stand.cell_duals != 0) & (reached.low | reached.high)).tolist():
        one = np.array([cell])
        up = stand.cell_duals[cell] > 0
        model.set_bounds(one, below[one] - (not up), above[one] + up)
        cell_duals[cell] = (1 if up else -1) * gain(abs(float(stand.cell_duals[cell])))
        model.set_bounds(one, below[one], above[one])
    return Stand(stand.decision, stand.marginal, row_duals, cell_duals)


def _bound_row(model: Model, row: int, side: float, room: float) -> None:
    model.set_row_bounds(row, -np.inf if side > 0 else -room, room if side > 0 else np.inf)
