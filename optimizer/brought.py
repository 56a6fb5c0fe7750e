"""Brought: what money brings, as linear forms over a decision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program


class Brought:
    """What a program's channels bring, baseline excluded, in the unit of the curves."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def by(self, channels: Sequence[int], quarters: Sequence[int]) -> LinearForm:
        """The response of these channels in these quarters, choices beside the amounts included.

        A quarter's response includes what earlier quarters' money still brings in it, the last
        one's also what lands after the horizon.
        """
        layout, extras = self.program.layout, self.program.extras
        cells = (layout.cell(c, q) for c in channels for q in quarters)
        curves = [layout.money + cell for cell in cells if cell in self._known]
        chosen = [
            k
            for k, extra in enumerate(extras)
            if extra.channel in channels and extra.quarter in quarters
        ]
        return LinearForm(
            np.array([*curves, *(layout.extras + k for k in chosen)], dtype=np.int64),
            np.array([*(1.0 for _ in curves), *(extras[k].brings for k in chosen)], dtype=float),
        )

    def of(self, metric: str, channels: Sequence[int], quarters: Sequence[int]) -> LinearForm:
        """What these channels bring of a metric in these quarters, by curves of their own."""
        response, known = self.program.response, self.program.problem.results
        kind = known.index(metric) if metric in known else -1
        there = np.isin(response.channel, channels) & np.isin(response.quarter, quarters)
        return LinearForm.sum_of(response.position[there & (response.kind == kind)].tolist())

    def in_all(self, rates: Floats) -> LinearForm:
        """The response of the whole plan, a unit of each channel's counting rates (C,).

        With what is brought by choices beside the amounts; what is lost does not count.
        """
        response = self.program.response
        own = np.flatnonzero(response.kind == 0)
        return self.with_choices(response.position[own], rates[response.channel[own]], rates)

    def with_choices(self, positions: Indices, worth: Floats, rates: Floats) -> LinearForm:
        """Results at their worth, with what is brought by choices at a unit's rates (C,)."""
        counts = [extra.counts(rates) for extra in self.program.extras]
        chosen = [k for k, count in enumerate(counts) if count]
        at = self.program.layout.extras + np.array(chosen, dtype=np.int64)
        return LinearForm(
            np.concatenate([positions, at]),
            np.concatenate([worth, np.array([counts[k] for k in chosen], dtype=float)]),
        )

    @cached_property
    def _known(self) -> frozenset[int]:
        """The cells of which it is known what they bring."""
        response = self.program.response
        return frozenset(response.cell[response.kind == 0].tolist())
