"""The past of a program: what closed quarters leave of its cells, rows and choices."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.extras import Extra
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program


class Past:
    """The closed quarters of a program's problem; there may be none.

    ``cells`` are the positions of their amounts (pool and unspent money included), ``amounts`` the
    money that stands there.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.closed = program.problem.closed
        self.quarters = program.problem.closed_quarters
        self.cells: Indices = np.empty(0, dtype=np.int64)
        self.amounts: Floats = np.empty(0)
        if self.closed is not None:
            layout, count = program.layout, len(self.quarters)
            cells = np.arange(layout.money).reshape(-1, layout.quarters)
            self.cells, self.amounts = cells[:, :count].ravel(), self.closed.lines.ravel()

    def holds(self, cell: int) -> bool:
        """Whether an amount stands already."""
        return self._is_over(cell % self.program.layout.quarters)

    @cached_property
    def amounts_alone(self) -> Floats:
        """(amounts,) the money that stands, nothing elsewhere."""
        amounts = np.zeros(self.program.layout.money)
        amounts[self.cells] = self.amounts
        return amounts

    @cached_property
    def media(self) -> tuple[Indices, Floats]:
        """The channels' cells, and the money that bought media there."""
        layout = self.program.layout
        cells = self.cells[self.cells < layout.spends]
        spend = layout.spend(self.amounts_alone)
        return cells, self.program.response.media(spend).ravel()[cells]

    def settle(self, extra: Extra) -> Extra:
        """A column of a rule's own; what a closed quarter chose beside its amounts is chosen."""
        if self.closed is None or extra.follows is not None or not self._is_over(extra.quarter):
            return extra
        chosen = float(extra.name in self.closed.funded)
        return replace(extra, low=chosen, high=chosen)

    def decided(self, quarter: str | None, *forms: LinearForm) -> bool:
        """Whether nothing that these forms speak of is anybody's choice any more.

        Of what rules add, switches and packages of closed quarters stand as well; what a full
        market loses is to be counted still.
        """
        if not self.quarters:
            return False
        positions = np.concatenate([form.cells for form in forms])
        if not len(positions):
            return quarter in self.quarters
        layout, extras = self.program.layout, self.program.extras
        amounts = positions < layout.extras
        # Results stand in the order of the channels' amounts, so quarters come round with them.
        if np.any(positions[amounts] % layout.quarters >= len(self.quarters)):
            return False
        added = (extras[at - layout.extras] for at in positions[~amounts].tolist())
        return all(extra.low == extra.high for extra in added)

    def _is_over(self, quarter: int | None) -> bool:
        return quarter is not None and quarter < len(self.quarters)
