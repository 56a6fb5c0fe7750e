"""Ridges: distributions one below the other on one scale, drawn to any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gaussian_kde

from models.saturation import Floats
from reallot.report.figures import short
from scenarios.judging import Judged

# A drawing's own units; it is stretched to the room there is.
WIDTH, HEIGHT = 1000, 100
_POINTS = 160
_BEYOND = 0.04
_TICKS = 4
# The highest ridge leaves so much of its row free.
_AIR = 0.06


@dataclass(frozen=True)
class Ridge:
    """One plan's row: the outline of its futures, of the worst of them, and its marks.

    ``outline`` and ``worst`` are SVG paths in a `WIDTH` x `HEIGHT` box, ``mean`` and ``low`` (the
    5 % quantile) positions in per cent of the width.
    """

    name: str
    kind: str
    outline: str
    worst: str
    mean: float
    low: float
    words: str


@dataclass(frozen=True)
class Ridges:
    """All rows, and the scale below them: positions in per cent with their figures."""

    rows: tuple[Ridge, ...]
    ticks: tuple[tuple[float, str], ...]


def ridges_of(contenders: Sequence[Judged]) -> Ridges:
    """Every plan's futures as a ridge, higher where more of them lie."""
    values = np.concatenate([one.values for one in contenders])
    low, high = (float(end) for end in np.quantile(values, [0.001, 0.999]))
    room = (high - low or abs(high) or 1.0) * _BEYOND
    scale = np.linspace(low - room, high + room, _POINTS)
    heights = [_density(one.values, scale) for one in contenders]
    top = max(float(height.max()) for height in heights) or 1.0
    rows = (
        _ridge(one, scale, height / top) for one, height in zip(contenders, heights, strict=True)
    )
    ends = np.linspace(scale[0], scale[-1], 2 * _TICKS + 1)[1::2]
    return Ridges(tuple(rows), tuple((_at(scale, end), short(end)) for end in ends.tolist()))


def _density(values: Floats, scale: Floats) -> Floats:
    """How many of the futures lie near each point; none anywhere where all are alike."""
    if np.ptp(values) <= 1e-9 * abs(float(values.mean())):
        return np.zeros_like(scale)
    return np.asarray(gaussian_kde(values)(scale))


def _ridge(one: Judged, scale: Floats, heights: Floats) -> Ridge:
    told = one.distribution
    low, high = told.quantiles[0], told.quantiles[-1]
    x = (scale - scale[0]) / (scale[-1] - scale[0]) * WIDTH
    y = HEIGHT * (1 - (1 - _AIR) * heights)
    worst = scale <= low
    return Ridge(
        name=one.name,
        kind=one.kind,
        outline=_path(x, y),
        worst=_path(x[worst], y[worst]) if worst.sum() > 1 else "",
        mean=_at(scale, told.mean),
        low=_at(scale, low),
        words=f"{one.name}: mean {short(told.mean)}, in 90 % of futures "
        f"{short(low)} to {short(high)}",
    )


def _path(x: Floats, y: Floats) -> str:
    """The area under a line."""
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return f"M{x[0]:.1f},{HEIGHT} L{points} L{x[-1]:.1f},{HEIGHT} Z"


def _at(scale: Floats, value: float) -> float:
    share = (value - scale[0]) / (scale[-1] - scale[0])
    return round(100 * float(np.clip(share, 0, 1)), 2)
