"""The domain of every block: what media it may buy, and what state may be carried into it."""

from __future__ import annotations

import numpy as np

from models.saturation import Floats
from optimizer.box import Box
from optimizer.program import Program


def domain(program: Program) -> Box:
    """Own media within their bounds, states within what those bounds carry over; in money."""
    response, layout = program.response, program.layout
    low, high = _media_bounds(program)
    shape = (layout.channels, layout.quarters)
    low, high = low.reshape(shape), high.reshape(shape)
    return Box(
        low.ravel()[response.cell],
        high.ravel()[response.cell],
        np.sum(response.carry * low[response.channel], axis=1),
        np.sum(response.carry * high[response.channel], axis=1),
    )


def media_at(program: Program, cell: int) -> tuple[float, float]:
    """The least and the most media of a channel that is active in a quarter, in money."""
    limits, fixed = program.limits, program.response.fixed[cell // program.layout.quarters]
    switch = program.switches.active_cells[cell]
    low, high = float(limits.lower[cell]) * program.unit, float(limits.upper[cell]) * program.unit
    for form, at_least, at_most in zip(limits.row_forms, *limits.between, strict=True):
        if set(form.cells.tolist()) != {cell, switch}:
            continue
        own, other = (float(form.coefficients[form.cells == at][0]) for at in (cell, switch))
        least, most = (at_least - other) / own, (at_most - other) / own
        low, high = max(low, min(least, most)), min(high, max(least, most))
    low = 0.0 if program.response.rate[cell // program.layout.quarters] > 0 else low - fixed
    return max(low, 0.0), max(high - fixed, low, 0.0)


def _media_bounds(program: Program) -> tuple[Floats, Floats]:
    """(C * Q,) the least and the most media of every cell."""
    limits, layout, response = program.limits, program.layout, program.response
    spends = slice(0, layout.spends)
    fixed = np.repeat(response.fixed, layout.quarters)
    free = np.repeat(response.rate, layout.quarters) == 0
    low = np.where(free, limits.lower[spends] * program.unit - fixed, 0.0)
    high = limits.upper[spends] * program.unit - fixed
    low = np.maximum(low, 0.0)
    high = np.maximum(high, low)
    closed, media = program.past.media
    low[closed] = high[closed] = media
    return low, high
