"""Rounding: amounts that finance can book, tied out to the currency's minor unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.decision import allocation_of
from optimizer.problem import Allocation
from optimizer.program import Program

Units = NDArray[np.int64]


def round_to_minor_units(program: Program, decision: Floats) -> Allocation:
    """The decision in whole minor units; every quarter adds up to its budget exactly.

    What is closed stays as it is.

    Works in integers. Bounds of single cells, and so committed amounts, are kept exactly; only
    where a quarter's total leaves no choice, a bound that is no whole amount itself gives way to
    the next one that is. A row over n amounts may miss its limit by n / 2 units; exchanges between
    cells of a quarter bring most rows within it.
    """
    problem = program.problem
    if problem.minor_unit == 0:
        return allocation_of(program, decision)
    per_money = 1 / problem.minor_unit
    released = None
    if program.release is not None:
        released = program.release.in_whole_units(decision, problem.minor_unit)
        decision = decision.copy()
        program.release.fill(decision, released)
    cells = _Cells.of(program, decision, per_money)
    quarters = len(problem.quarters)
    for q, total in enumerate(_quarter_totals(program, decision, cells, per_money)):
        _tie_out(cells, np.arange(q, program.size, quarters), total)
    _exchange(program, cells, decision, per_money)
    rounded = decision.copy()
    rounded[: program.size] = _money(cells.units, problem.minor_unit)
    rounded[program.past.cells] = program.past.amounts
    if program.release is not None:
        program.release.fill(rounded, released)
    return allocation_of(program, rounded)


def _quarter_totals(
    program: Program, decision: Floats, cells: _Cells, per_money: float
) -> list[int]:
    """Each quarter's money in minor units; where money moves between quarters, as decided.

    A closed quarter's is what it came to; what is released comes on top.
    """
    released = 0.0 if program.release is None else program.release.table(decision).sum(axis=0)
    budget = np.rint((program.problem.holds + released) * per_money).astype(np.int64)
    if program.problem.shift > 0:
        quarters = cells.by_quarter(len(budget))
        whole = np.rint((program.problem.budget + released) * per_money).astype(np.int64)
        _tie_out(quarters, np.arange(len(budget)), int(whole.sum()))
        budget = quarters.units
    return [int(total) for total in budget]


class _Cells:
    """Amounts in minor units: as solved, as rounded, and between which bounds.

    ``lowest`` and ``highest`` are the whole amounts next to the bounds on their outer side.
    """

    def __init__(
        self, exact: Floats, lower: Units, upper: Units, lowest: Units, highest: Units
    ) -> None:
        self.exact = exact
        self.lower = lower
        self.upper = upper
        self.lowest = lowest
        self.highest = highest
        self.units: Units = np.clip(np.rint(exact).astype(np.int64), lower, upper)

    @classmethod
    def of(cls, program: Program, decision: Floats, per_money: float) -> _Cells:
        exact = decision[: program.size] * per_money
        low, high = (bound * per_money for bound in _bounds_given(program, decision))
        # A bound that is whole but for floating point is whole.
        lower, upper = np.ceil(low - 1e-4), np.floor(high + 1e-4)
        lowest, highest = np.floor(low + 1e-4), np.ceil(high - 1e-4)
        none = lower > upper
        lower[none], upper[none] = lowest[none], highest[none]
        bounds = (bound.astype(np.int64) for bound in (lower, upper, lowest, highest))
        return cls(exact, *bounds)

    def by_quarter(self, quarters: int) -> _Cells:
        """The totals of every quarter, between what its cells' bounds add up to."""
        exact = np.round(self.exact.reshape(-1, quarters).sum(axis=0), 6)
        bounds = (self.lower, self.upper, self.lowest, self.highest)
        return _Cells(exact, *(bound.reshape(-1, quarters).sum(axis=0) for bound in bounds))

    def widen(self, cells: Units) -> None:
        """Let the cells go to the whole amounts just beyond their bounds."""
        self.lower[cells], self.upper[cells] = self.lowest[cells], self.highest[cells]

    def room(self, cells: Units, step: int) -> Units:
        """How many units the cells may still go up (step 1) or down (-1)."""
        if step > 0:
            return np.asarray(self.upper[cells] - self.units[cells])
        return np.asarray(self.units[cells] - self.lower[cells])


def _bounds_given(program: Program, decision: Floats) -> tuple[Floats, Floats]:
    """(amounts,) the least and the most of each amount once switches are as decided; money."""
    limits, size = program.limits, program.size
    low, high = (bound[:size] * program.unit for bound in (limits.lower, limits.upper))
    decision = program.bends.in_whole_units(decision, program.problem.minor_unit)
    least, most = limits.between
    for number in limits.beyond_money.tolist():
        form = limits.row_forms[number]
        own = form.cells < size
        if own.sum() != 1 or np.any(form.cells[~own] < program.layout.extras):
            continue
        cell, factor = int(form.cells[own][0]), float(form.coefficients[own][0])
        rest = float(form.coefficients[~own] @ decision[form.cells[~own]])
        ends = sorted([(least[number] - rest) / factor, (most[number] - rest) / factor])
        low[cell], high[cell] = max(low[cell], ends[0]), min(high[cell], ends[1])
    if program.release is not None:
        least_own, most_own = program.release.bounds_given(program.release.table(decision))
        low, high = np.maximum(low, least_own), np.minimum(high, most_own)
    return low, np.maximum(high, low)


def _tie_out(cells: _Cells, of: Units, budget: int) -> None:
    """Add or take units until a quarter's total is its budget, largest remainder first.

    Cells that are whole already come last, so that what need not move stays still.
    """
    widened = False
    while missing := budget - int(cells.units[of].sum()):
        step = 1 if missing > 0 else -1
        room = cells.room(of, step)
        open_ = np.flatnonzero(room > 0)
        if not len(open_) and not widened:
            cells.widen(of)
            widened = True
            continue
        if not len(open_):
            return
        remainder = step * (cells.exact[of] - cells.units[of])[open_]
        last = np.where(np.abs(remainder) < 1e-6, 1.0, -remainder)
        order = open_[np.argsort(last, kind="stable")]
        each = max(1, abs(missing) // len(order))
        chosen = order[: abs(missing) // each]
        cells.units[of[chosen]] += step * np.minimum(each, room[chosen])


def _exchange(program: Program, cells: _Cells, decision: Floats, per_money: float) -> None:
    """Exchange units within a quarter as long as that brings joint rows closer to their limits."""
    limits, quarters = program.limits, len(program.problem.quarters)
    # Rows that speak of responses miss by less than anybody books.
    rows = np.setdiff1d(np.arange(limits.count), limits.with_response)
    if not len(rows):
        return
    matrix = limits.matrix[rows]
    least, most = (bound[rows] for bound in limits.between)
    amounts = matrix[:, : program.size]
    others = matrix[:, program.size :] @ decision[program.size :]
    least, most = (least - others) * per_money, (most - others) * per_money
    # Sums of many large amounts are themselves exact to this only.
    noise = 1e-3 + 1e-12 * float(program.problem.budget.sum()) * per_money

    def off() -> tuple[Floats, Floats]:
        """Units below each row's least and above its most; negative where there is room."""
        value = amounts @ cells.units
        return least - value, value - most

    def broken() -> float:
        return float(sum(np.where(side > noise, side, 0.0).sum() for side in off()))

    left = broken()
    while left > 0:
        below, above = off()
        # What one unit more of each cell does to the rows that are broken, or nearly so.
        pull = amounts.T @ (_heat(above) - _heat(below))
        pair = _best_exchange(cells, pull, quarters)
        if pair is None:
            return
        give, take = pair
        cells.units[give] -= 1
        cells.units[take] += 1
        better = broken()
        if better >= left:
            cells.units[give] += 1
            cells.units[take] -= 1
            return
        left = better


def _heat(excess: Floats) -> Floats:
    """How much a row counts: 1 where it is broken, less the more of a unit it has left."""
    return np.asarray(np.clip(1.0 + excess, 0.0, 1.0))


def _best_exchange(cells: _Cells, pull: Floats, quarters: int) -> tuple[Units, Units] | None:
    """The pair of cells of one quarter whose exchange helps most: first gives, second takes."""
    best, pair = 1e-9, None
    off = cells.units - cells.exact
    for q in range(quarters):
        of = np.arange(q, len(pull), quarters)
        down, up = of[cells.room(of, -1) > 0], of[cells.room(of, 1) > 0]
        if not len(down) or not len(up):
            continue
        # Among equals, the cell furthest above (below) what was solved for.
        give = down[np.lexsort((-off[down], -pull[down]))[0]]
        take = up[np.lexsort((off[up], pull[up]))[0]]
        help_ = float(pull[give] - pull[take])
        if help_ > best:
            best, pair = help_, (give, take)
    return pair


def _money(units: Units, minor_unit: float) -> Floats:
    """Whole units as money: divided where the unit is a fraction, so that 0.1 stays 0.1."""
    if minor_unit < 1:
        return np.asarray(units / np.rint(1 / minor_unit))
    return np.asarray(units * minor_unit)
