"""Release: money of the pool that goes to channels in later quarters.

own[c, q] is what of channel c's amount x[c, q] comes from the quarter's own budget; the rest of it
is released from the pool, on top of the budget, and is no matter of elasticity. So budget and
elasticity count own, and all other rules x. Of K closed quarters it is known what they released;
what is released up to a later one is no more than was set aside in the quarters before it, the
closed ones among them, so that nothing is released in the first of all:

    own[c, q] <= x[c, q]
    sum over c, K <= q' <= q of (x - own)[c, q'] <= sum over q' < q of pool[q'] - what K released
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program

# Rules that count what comes from the quarter's own budget.
COUNT_OWN = frozenset({"budget", "elasticity"})


class Release:
    """The columns of own money, one per channel and quarter that may release; ``first`` is the
    position of the first of these.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        closed = program.problem.closed
        self.first = 1 if closed is None else len(closed)
        self.given = program.problem.drawn
        layout = program.layout
        self._begin = layout.extras + len(program.extras)
        for cell in self.cells.tolist():
            program.add_extra(Extra(f"own {cell}", follows=_as_it_is(self._position(cell))))
        for cell in self.cells.tolist():
            program.link(self._released([cell]), at_least=0.0)
        for q in range(self.first, layout.quarters):
            given = self._released(
                layout.cell(c, later)
                for c in range(layout.channels)
                for later in range(self.first, q + 1)
            )
            set_aside = LinearForm.sum_of(layout.pool(before) for before in range(q))
            program.link(set_aside.minus(1.0, given), at_least=self.given)

    @property
    def cells(self) -> np.ndarray:
        """The amounts of later quarters, in the order of the columns."""
        cells = np.arange(self.program.layout.spends)
        return cells[cells % self.program.layout.quarters >= self.first]

    def _position(self, cell: int) -> int:
        quarters = self.program.layout.quarters
        channel, quarter = divmod(cell, quarters)
        return self._begin + channel * (quarters - self.first) + quarter - self.first

    @property
    def positions(self) -> np.ndarray:
        """Where the columns stand in a decision."""
        return np.arange(self._begin, self._begin + len(self.cells))

    def _released(self, cells: Iterable[int]) -> LinearForm:
        """What of these amounts comes from the pool."""
        amounts = list(cells)
        own = LinearForm.sum_of(map(self._position, amounts))
        return LinearForm.sum_of(amounts).minus(1.0, own)

    def own(self, form: LinearForm) -> LinearForm:
        """A form that counts own money in place of every channel's amount."""
        layout = self.program.layout
        later = (form.cells < layout.spends) & (form.cells % layout.quarters >= self.first)
        cells = form.cells.copy()
        cells[later] = [self._position(cell) for cell in form.cells[later].tolist()]
        return LinearForm(cells, form.coefficients, form.constant)

    @property
    def kept(self) -> LinearForm:
        """What was set aside and not released."""
        layout = self.program.layout
        pools = map(layout.pool, range(layout.quarters))
        set_aside = LinearForm.sum_of(pools, constant=-self.given)
        return set_aside.minus(1.0, self._released(self.cells.tolist()))

    def table(self, decision: Floats) -> Floats:
        """(C, Q) what a decision releases."""
        out = np.zeros(self.program.layout.spends)
        out[self.cells] = decision[self.cells] - decision[self.positions]
        return out.reshape(-1, self.program.layout.quarters)

    def fill(self, decision: Floats, released: Floats | None) -> None:
        """Set the columns so that amounts (C, Q) are released, or none."""
        decision[self.positions] = decision[self.cells]
        if released is not None:
            decision[self.positions] -= released.ravel()[self.cells]

    def in_whole_units(self, decision: Floats, unit: float) -> Floats:
        """(C, Q) what a decision releases in whole units; up to any quarter no more than it does.

        Every quarter's whole is tied out by its largest remainders.
        """
        exact = np.maximum(self.table(decision), 0.0) / unit
        # What is whole but for floating point is whole.
        units = np.floor(exact + 1e-4)
        wholes = np.diff(np.floor(np.cumsum(exact.sum(axis=0)) + 1e-4), prepend=0.0)
        for q, missing in enumerate((wholes - units.sum(axis=0)).astype(int).tolist()):
            short = np.argsort(units[:, q] - exact[:, q], kind="stable")[: max(missing, 0)]
            units[short, q] += 1
        return np.asarray(units * unit)

    def bounds_given(self, released: Floats) -> tuple[Floats, Floats]:
        """(amounts,) between what amounts must be where so much is released (C, Q), in money."""
        program, layout = self.program, self.program.layout
        low, high = np.zeros(layout.money), np.full(layout.money, np.inf)
        for bound, own in ((low, program.limits.lower), (high, program.limits.upper)):
            given = released.ravel()[self.cells]
            bound[self.cells] = own[self.positions - layout.extras + layout.money] * program.unit
            bound[self.cells] += given
        return low, high

    def bound(self, lower: Floats, upper: Floats, budget: Floats) -> None:
        """Bound amounts by own money and by what may be released at most, in program units.

        ``budget`` (amounts,) is what own money cannot exceed in any case.
        """
        layout, cells = self.program.layout, self.cells
        columns = self.positions - layout.extras + layout.money
        most = self._most(upper)[cells % layout.quarters]
        upper[columns] = np.minimum(upper[columns], budget[cells])
        upper[cells] = np.minimum(upper[cells], upper[columns] + most)
        upper[columns] = np.minimum(upper[columns], upper[cells])
        lower[cells] = np.maximum(lower[cells], lower[columns])

    def _most(self, upper: Floats) -> Floats:
        """(Q,) the most that the pool may hold before each quarter, in program units."""
        program, layout = self.program, self.program.layout
        pools = upper[layout.pool(0) : layout.pool(0) + layout.quarters]
        closed = program.problem.closed
        if closed is not None:
            pools = np.concatenate([closed.pool / program.unit, pools[len(closed) :]])
        before = np.concatenate([[0.0], np.cumsum(pools)[:-1]])
        for index, row in enumerate(program.rows):
            whole = row.rule == "reserve" and row.key == "pool" and row.quarter is None
            if whole and row.side == "max" and index not in program.bends:
                before = np.minimum(before, row.limit * row.base.constant / program.unit)
        return np.maximum(before - self.given / program.unit, 0.0)


def _as_it_is(position: int) -> Callable[[Floats], float]:
    """What is decided beside the amounts follows from nothing."""
    return lambda decision: float(decision[position])
