"""Requirements: what the rows of a relaxation ask for at present, and who keeps it.

The rows are those of `Limits.matrix`. A solution's columns keep them; its decision may not, where
they speak of responses that the columns are promised too high.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from models.saturation import Floats
from optimizer.decision import as_claimed
from optimizer.program import Program
from optimizer.solve import Model

# A row counts as kept within this share of its largest entry.
_LEEWAY = 1e-7


class Requirements:
    """The rows of one program on one model; ``value`` is the response that counts as 1 there."""

    def __init__(self, program: Program, model: Model, value: float) -> None:
        self.program = program
        self.model = model
        self.value = value
        self._least, self._most = (bound.copy() for bound in program.limits.between)

    @cached_property
    def scales(self) -> Floats:
        """(rows,) what the rows are divided by in the program."""
        limits, scales = self.program.limits, self.program.scales(self.value)
        return np.array([limits.scale_of(number, scales) for number in range(limits.count)])

    def keeps(self, decision: Floats) -> bool:
        """Whether a decision keeps what its amounts alone do not show: switches and responses."""
        layout, limits = self.program.layout, self.program.limits
        own = decision[layout.extras :] / self.program.scales(self.value)[layout.extras :]
        low, high = limits.lower[limits.money :], limits.upper[limits.money :]
        if np.any(own < low - _LEEWAY) or np.any(own > high + _LEEWAY):
            return False
        return not self.shortfall(decision).any()

    def shortfall(self, decision: Floats) -> Floats:
        """(rows,) by how much of its form a decision fails each row that it may fail unseen."""
        limits = self.program.limits
        short = np.zeros(limits.count)
        rows = limits.beyond_money
        if len(rows):
            least, most = self._least[rows], self._most[rows]
            value = limits.matrix[rows] @ decision
            short[rows] = np.maximum(np.maximum(least - value, value - most), 0.0)
            leeway = _LEEWAY * self.scales[rows]
            short[rows] = np.where(short[rows] <= leeway, 0.0, short[rows])
        return short

    def short_of(self, decision: Floats, values: Floats) -> Floats:
        """(rows,) by how much a solution's decision fails each row, though its columns keep it.

        A rule that gives way does so by what the columns say, not by what the curves make of it.
        """
        short = self.shortfall(decision)
        if not short.any():
            return short
        return self.shortfall(as_claimed(self.program, decision, values))

    def missed(self, decision: Floats, values: Floats) -> Iterator[tuple[Floats, float]]:
        """Rows about responses that a solution fails: what each block counts (B,), and by how much.

        Counts are positive where more response helps.
        """
        limits, short = self.program.limits, self.short_of(decision, values)
        for number in limits.with_response[short[limits.with_response] > 0].tolist():
            sign = 1.0 if np.isfinite(limits.between[0][number]) else -1.0
            counts = sign * limits.matrix[[number]].toarray()[0]
            blocks = counts[self.program.response.position]
            yield np.maximum(blocks, 0.0), float(short[number])

    def shift(self, model: Model, by: Floats) -> None:
        """Ask more of a model's rows than they say, by so much of their forms (rows,); 0 undoes it.

        ``model`` is the relaxation's own, or one made `afresh`.
        """
        for number in self.program.limits.with_response.tolist():
            least, most = self._least[number] + by[number], self._most[number] - by[number]
            self._bound(model, number, least, most)

    def loosen(self, number: int, by: float) -> None:
        """Let a row go so much further than it says, until it is set back by 0."""
        least, most = self.program.limits.between
        self._least[number], self._most[number] = least[number] - by, most[number] + by
        self._bound(self.model, number, self._least[number], self._most[number])

    def _bound(self, model: Model, number: int, least: float, most: float) -> None:
        scale = self.scales[number]
        model.set_row_bounds(number, least / scale, most / scale)
