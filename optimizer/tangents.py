"""Tangents: planes that no block's over-estimated response may exceed."""

from __future__ import annotations

from dataclasses import dataclass

from models.saturation import Floats
from optimizer.box import Box
from optimizer.curve_table import Indices
from optimizer.envelope import Envelope, envelope, steepest_chord
from optimizer.response import Response


@dataclass(frozen=True)
class Tangents:
    """response <= constant + per_x * x + per_y * y, one plane per block; all (n,)."""

    constant: Floats
    per_x: Floats
    per_y: Floats

    def take(self, rows: Indices) -> Tangents:
        """A selection of planes."""
        return Tangents(self.constant[rows], self.per_x[rows], self.per_y[rows])


def envelopes(response: Response, box: Box) -> Envelope:
    """Concave over-estimators of all terms of a response on its blocks' boxes."""
    low = response.adstocked(box.x_low, box.y_low)
    high = response.adstocked(box.x_high, box.y_high)
    return envelope(response.curves, low, high)


def promises(response: Response, env: Envelope, x: Floats, y: Floats) -> Floats:
    """(B,) over-estimated response of each block at (x, y)."""
    value, _ = env.value_and_slope(response.adstocked(x, y))
    return response.sum_by_block(response.weight * (value - response.unspent))


def tangents(response: Response, env: Envelope, x: Floats, y: Floats) -> Tangents:
    """Tangents to each block's envelope at (x, y)."""
    value, slope = env.value_and_slope(response.adstocked(x, y))
    return _planes(response, value, slope, x, y)


def true_tangents(response: Response, x: Floats, y: Floats) -> Tangents:
    """Tangents to each block's response itself at (x, y): over-estimates only where concave."""
    s = response.adstocked(x, y)
    return _planes(response, response.curves.value(s), response.curves.slope_at(s), x, y)


def floors(response: Response, box: Box) -> Tangents:
    """A plane per block that its response does not fall below on its box."""
    low = response.adstocked(box.x_low, box.y_low)
    high = response.adstocked(box.x_high, box.y_high)
    slope = steepest_chord(response.curves, low, high)
    return _planes(response, response.curves.value(high), slope, box.x_high, box.y_high)


def _planes(response: Response, value: Floats, slope: Floats, x: Floats, y: Floats) -> Tangents:
    total = response.sum_by_block(response.weight * (value - response.unspent))
    per_x = response.sum_by_block(response.weight * slope * response.beta)
    per_y = response.sum_by_block(response.weight * slope * response.gamma)
    return Tangents(total - per_x * x - per_y * y, per_x, per_y)
