"""Prices: what one more unit of each rule's limit would bring."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.loosening import Reached, Stand, loosening_gains
from optimizer.neighbourhood import AT_BOUND, Neighbourhood
from optimizer.program import Program
from optimizer.solve import Outcome

# Marginal returns of free cells must agree with the prices this closely before they are read.
AGREEMENT = 0.01
# Duals are read where the program promises no more than this share beyond what is true.
_KEPT = 1e-6
_ROUNDS = 15


@dataclass(frozen=True)
class Prices:
    """The best decision near a certified one, and what its rules cost.

    ``rules`` (rows of the program,) >= 0, in response per unit of the row's ``limit``; local, and
    zero for rows that do not bind. ``cells`` (cells,) response gained per unit of money by which a
    cell's bound is loosened; zero for cells that no bound stops.
    """

    decision: Floats
    rules: Floats
    cells: Floats


def price_rules(around: Neighbourhood, decision: Floats, deadline: float) -> Prices:
    """Prices at the best decision near the given one.

    The neighbourhood is refined until, at the solution, every free cell's true marginal return is
    within 1 % of what the rows' prices add up to, and no amount would rather leave its bound.
    """
    best, value = decision, around.value(decision)
    last: Outcome | None = None
    duals = np.zeros(around.program.size)
    for _ in range(_ROUNDS):
        point = around.maximise(deadline - time.monotonic())
        if not point.found:
            break
        last, here = point.outcome, point.decision
        found = around.value(here)
        if found >= value:
            best, value = here, found
        slopes = around.slopes(here, around.row_duals(last))
        # Read before anything is released: what is at its bound now has its price now.
        duals = around.cell_duals(last, *slopes)
        wrong = around.wrongly_stopped(here, *slopes)
        kept = around.promised(point) - found <= _KEPT * abs(found)
        if kept and not len(wrong) and _agree(around, here, *slopes):
            break
        around.move_to(here)
        around.release(wrong)
    if last is None:
        return Prices(best, np.zeros(len(around.program.rows)), duals)
    stand = _stand(around, last, duals, best, deadline)
    return Prices(best, _read(around.program, stand), np.abs(duals))


def _agree(around: Neighbourhood, decision: Floats, gain: Floats, charged: Floats) -> bool:
    spends = slice(0, around.program.layout.spends)
    at_low, at_high = (bound[spends] for bound in around.at_bounds(decision))
    gain, charged = gain[spends], charged[spends]
    # Profit has no slope where money stops paying: agreement is a share of what money brings.
    counts = around.program.counts(decision)
    brought = around.response.marginal(around.program.layout.spend(decision), counts)
    size = np.maximum(np.maximum(np.abs(gain), np.abs(charged)), brought.ravel())
    free = ~(at_low | at_high) & (gain != 0)
    return bool(np.all(np.abs(gain - charged)[free] <= AGREEMENT * size[free]))


def _stand(
    around: Neighbourhood, outcome: Outcome, cell_duals: Floats, decision: Floats, deadline: float
) -> Stand:
    """The duals at a decision; where they are not unique, what loosening each limit brings."""
    program, row_duals = around.program, around.row_duals(outcome)
    gain, _ = around.slopes(decision, row_duals)
    row_duals[program.tail_rows] = 0.0
    stand = Stand(decision, gain, row_duals, cell_duals)
    reached = Reached(program, stand)
    if reached.duals_are_unique():
        return stand
    return loosening_gains(program, stand, reached, deadline)


def _read(program: Program, stand: Stand) -> Floats:
    """Gains per unit of limit: a row's limit moves its bound by ``base``."""
    prices = np.zeros(len(program.rows))
    limits, rows, decision = program.limits, program.rows, stand.decision
    for index, dual in zip(limits.joint, stand.row_duals.tolist(), strict=False):
        if rows[index].counted:
            continue  # nothing is marginal about a whole channel or package: see `counts`
        gain = dual if rows[index].side == "max" else -dual
        prices[index] = max(gain, 0.0) * rows[index].base.at(decision)
    duals = stand.cell_duals
    # A bent block may have been stopped by its step instead of a rule: only bounds have prices.
    amounts = slice(0, program.size)
    bound = np.where(duals > 0, limits.upper[amounts], limits.lower[amounts])
    index_of = np.where(duals > 0, limits.upper_row[amounts], limits.lower_row[amounts])
    reached = np.abs(decision[amounts] / program.unit - bound) <= AT_BOUND
    for cell in np.flatnonzero((duals != 0) & reached & (index_of >= 0)).tolist():
        index = int(index_of[cell])
        prices[index] = abs(float(duals[cell])) * rows[index].base.at(decision)
    return prices
