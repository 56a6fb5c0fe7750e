"""Boxes: the domain of a block of the response, and its division into two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.saturation import Floats

# A split point stays this far from both ends, as a share of the width.
_MARGIN = 0.05


@dataclass(frozen=True)
class Box:
    """Own spend x and carried state y of n blocks, all (n,), in money."""

    x_low: Floats
    x_high: Floats
    y_low: Floats
    y_high: Floats

    def at(self, fraction: float) -> tuple[Floats, Floats]:
        """The points that lie this far from the lower corner to the upper."""
        x = self.x_low + fraction * (self.x_high - self.x_low)
        return x, self.y_low + fraction * (self.y_high - self.y_low)

    def take(self, blocks: np.ndarray) -> Box:
        """The boxes of a selection of blocks."""
        return Box(self.x_low[blocks], self.x_high[blocks], self.y_low[blocks], self.y_high[blocks])

    def divided(self, across: Literal["x", "y"], x: Floats, y: Floats) -> tuple[Box, Box]:
        """Two boxes that meet at x (or y), moved inside where it is too near an end."""
        if across == "x":
            at = _inside(x, self.x_low, self.x_high)
            return (
                Box(self.x_low, at, self.y_low, self.y_high),
                Box(at, self.x_high, self.y_low, self.y_high),
            )
        at = _inside(y, self.y_low, self.y_high)
        return (
            Box(self.x_low, self.x_high, self.y_low, at),
            Box(self.x_low, self.x_high, at, self.y_high),
        )

    def nearest(self, x: float, y: float) -> tuple[Floats, Floats]:
        """The point of the box that is nearest to (x, y), each (1,) (one block)."""
        return np.clip([x], self.x_low, self.x_high), np.clip([y], self.y_low, self.y_high)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside, to what floating point allows (one block)."""
        slack = 1e-9 * (1 + abs(x) + abs(y))
        within_x = self.x_low[0] - slack <= x <= self.x_high[0] + slack
        return bool(within_x and self.y_low[0] - slack <= y <= self.y_high[0] + slack)


def _inside(at: Floats, low: Floats, high: Floats) -> Floats:
    margin = _MARGIN * (high - low)
    return np.clip(at, low + margin, high - margin)
