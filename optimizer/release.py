"""Release: money of the pool that goes to channels in later quarters.

r[c, q] is what channel c gets from the pool in quarter q, part of its amount x[c, q]. It comes on
top of the quarter's budget and is no matter of elasticity, so these two rules count x - r; all
others count x. What is released up to a quarter is no more than was set aside in the quarters
before it:

    sum over c, q' <= q of r[c, q'] <= sum over q' < q of pool[q']        for every quarter q > 0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program

# Rules that count a channel's amount without what is released to it.
LEFT_OUT = frozenset({"budget", "elasticity"})


class Release:
    """The columns of what is released, one per channel and later quarter."""

    def __init__(self, program: Program) -> None:
        self.program = program
        layout = program.layout
        self._first = layout.extras + len(program.extras)
        for cell in self._cells.tolist():
            program.add_extra(Extra(f"release {cell}", follows=_as_it_is(self._position(cell))))
        for q in range(1, layout.quarters):
            given = LinearForm.sum_of(
                self._position(layout.cell(c, before))
                for c in range(layout.channels)
                for before in range(1, q + 1)
            )
            set_aside = LinearForm.sum_of(layout.pool(before) for before in range(q))
            program.link(set_aside.minus(1.0, given), at_least=0.0)

    @property
    def _cells(self) -> np.ndarray:
        """The amounts of later quarters, in the order of the columns."""
        cells = np.arange(self.program.layout.spends)
        return cells[cells % self.program.layout.quarters > 0]

    def _position(self, cell: int) -> int:
        quarters = self.program.layout.quarters
        channel, quarter = divmod(cell, quarters)
        return self._first + channel * (quarters - 1) + quarter - 1

    @property
    def positions(self) -> np.ndarray:
        """Where the columns stand in a decision."""
        return np.arange(self._first, self._first + len(self._cells))

    def left_out(self, form: LinearForm) -> LinearForm:
        """A form in which every channel's amount is without what is released to it."""
        layout = self.program.layout
        later = (form.cells < layout.spends) & (form.cells % layout.quarters > 0)
        positions = np.array([self._position(cell) for cell in form.cells[later].tolist()])
        return form.minus(1.0, LinearForm(positions.astype(np.int64), form.coefficients[later]))

    @property
    def kept(self) -> LinearForm:
        """What was set aside and not released."""
        layout = self.program.layout
        set_aside = LinearForm.sum_of(map(layout.pool, range(layout.quarters)))
        return set_aside.minus(1.0, LinearForm.sum_of(self.positions.tolist()))

    def table(self, decision: Floats) -> Floats:
        """(C, Q) what a decision releases."""
        out = np.zeros(self.program.layout.spends)
        out[self._cells] = decision[self.positions]
        return out.reshape(-1, self.program.layout.quarters)

    def fill(self, decision: Floats, released: Floats) -> None:
        """Set the columns to amounts (C, Q)."""
        decision[self.positions] = released.ravel()[self._cells]

    def in_whole_units(self, decision: Floats, unit: float) -> Floats:
        """A decision that releases whole units, no more than it did."""
        full = decision.copy()
        # What is whole but for floating point is whole.
        full[self.positions] = np.floor(decision[self.positions] / unit + 1e-4) * unit
        return full

    def bound(self, lower: Floats, upper: Floats, upper_row: np.ndarray) -> None:
        """Bound amounts and columns, in program units, by what may be released at most.

        ``upper_row`` is the row that bounds each from above already, -1 for none.
        """
        program, layout = self.program, self.program.layout
        most = self._most(upper)
        cells, columns = self._cells, self.positions - layout.extras + layout.money
        upper[columns] = most[cells % layout.quarters]
        unbound = cells[upper_row[cells] < 0]
        upper[unbound] += most[unbound % layout.quarters]
        for index, row in enumerate(program.rows):
            cell = int(row.form.cells[0]) if len(row.form.cells) == 2 else layout.money
            if index in program.bends or len(row.base.cells) or cell >= layout.spends:
                continue
            if cell % layout.quarters == 0 or int(row.form.cells[1]) != self._position(cell):
                continue
            form = row.excess_form
            end = -form.constant / float(form.coefficients[0]) / program.unit
            if row.side == "max":
                upper[cell] = min(upper[cell], end + most[cell % layout.quarters])
            else:
                lower[cell] = max(lower[cell], end)

    def _most(self, upper: Floats) -> Floats:
        """(Q,) the most that the pool may hold before each quarter, in program units."""
        program, layout = self.program, self.program.layout
        pools = upper[layout.pool(0) : layout.pool(0) + layout.quarters]
        before = np.concatenate([[0.0], np.cumsum(pools)[:-1]])
        for index, row in enumerate(program.rows):
            whole = row.rule == "reserve" and row.key == "pool" and row.quarter is None
            if whole and row.side == "max" and index not in program.bends:
                before = np.minimum(before, row.limit * row.base.constant / program.unit)
        return np.asarray(before)


def _as_it_is(position: int) -> Callable[[Floats], float]:
    """What is decided beside the amounts follows from nothing."""
    return lambda decision: float(decision[position])
