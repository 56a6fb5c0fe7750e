r"""Saturation: what one period brings for its adstocked spend.

All functions are vectorised. ``s`` is the adstocked spend of one period (money at base media
prices, >= 0); ``top`` is in units of response, ``half`` in units of ``s``, ``slope`` has no unit.

=============  =======================================
hill           top * s**slope / (s**slope + half**slope)
exponential    top * (1 - exp(-s / half))
logarithm      top * ln(1 + s / half)
power          top * (s / half)**slope
linear         top * s / half
=============  =======================================

``slope`` is used by hill and power only; the other forms ignore it.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Form(StrEnum):
    """The shape of a response curve."""

    HILL = "hill"
    EXPONENTIAL = "exponential"
    LOGARITHM = "logarithm"
    POWER = "power"
    LINEAR = "linear"


def response(form: Form, s: ArrayLike, top: ArrayLike, half: ArrayLike, slope: ArrayLike) -> Floats:
    """Response of one period to adstocked spend ``s``; all arguments broadcast."""
    s, top, half, slope = _floats(s, top, half, slope)
    if form is Form.HILL:
        return np.asarray(top * _hill_share(s, half, slope))
    if form is Form.EXPONENTIAL:
        return np.asarray(-top * np.expm1(-s / half))
    if form is Form.LOGARITHM:
        return np.asarray(top * np.log1p(s / half))
    if form is Form.POWER:
        return np.asarray(top * (s / half) ** slope)
    return np.asarray(top * s / half)


def derivative(
    form: Form, s: ArrayLike, top: ArrayLike, half: ArrayLike, slope: ArrayLike
) -> Floats:
    """Marginal response at ``s``, per unit of ``s``; infinite at 0 where a slope is below 1."""
    s, top, half, slope = _floats(s, top, half, slope)
    if form is Form.HILL:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = _hill_share(s, half, slope)
            inside = top * slope * share * (1.0 - share) / s
        at_zero = np.where(slope > 1, 0.0, np.where(slope < 1, np.inf, top / half))
        return np.asarray(np.where(s > 0, inside, np.where(top > 0, at_zero, 0.0)))
    if form is Form.EXPONENTIAL:
        return np.asarray(top / half * np.exp(-s / half))
    if form is Form.LOGARITHM:
        return np.asarray(top / (half + s))
    if form is Form.POWER:
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = top * slope / half * (s / half) ** (slope - 1.0)
        return np.asarray(np.where(top > 0, inside, 0.0))
    return np.asarray(top / half + 0.0 * s)


def inflection(form: Form, half: ArrayLike, slope: ArrayLike) -> Floats:
    """The ``s`` below which the curve is convex and above which it is concave.

    0 for curves that are concave throughout, infinite for those convex throughout.
    Hill with slope n > 1: half * ((n - 1) / (n + 1)) ** (1 / n), the root of its second derivative.
    """
    half, slope = _floats(half, slope)
    if form is Form.HILL:
        steep = np.maximum(slope, 1.0)
        return np.asarray(half * ((steep - 1.0) / (steep + 1.0)) ** (1.0 / steep))
    if form is Form.POWER:
        return np.asarray(np.where(slope > 1.0, np.inf, 0.0) + 0.0 * half)
    return np.asarray(0.0 * half * slope)


def _hill_share(s: Floats, half: Floats, slope: Floats) -> Floats:
    # (half / s)**slope would overflow for tiny s where s**slope underflows; expit is safe at both.
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-slope * np.log(s / half))))


def _floats(*arrays: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(a, dtype=float) for a in arrays)
