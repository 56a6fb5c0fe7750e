"""Over-estimators: the smallest concave function above each term on an interval.

Where a curve is concave it is its own envelope. Where it is convex the envelope is the chord. An
S-curve's envelope is the chord from the interval's lower end to the point where it touches the
curve from above, and the curve from there on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.curve_table import CurveTable

_HALVINGS = 60


@dataclass(frozen=True)
class Envelope:
    """Concave over-estimators of n terms, term i on [low[i], high[i]].

    The chord runs from ``low`` to ``until`` with slope ``chord``; ``until`` equals ``low`` where
    there is no chord, and is infinite where the chord spans the whole interval (a tangent at its
    upper end must have the chord's slope, not the curve's).
    """

    curves: CurveTable
    low: Floats
    until: Floats
    at_low: Floats
    chord: Floats

    def value_and_slope(self, s: Floats) -> tuple[Floats, Floats]:
        """Envelope and its derivative at s (n,)."""
        # A tangent just beside 0 where a slope below 1 is infinitely steep: any tangent is valid.
        value, slope = self.curves.value(s), self.curves.slope_at(s)
        on_chord = s < self.until
        value = np.where(on_chord, self.at_low + self.chord * (s - self.low), value)
        return value, np.where(on_chord, self.chord, slope)


def envelope(curves: CurveTable, low: Floats, high: Floats) -> Envelope:
    """The envelopes of n terms on [low, high]."""
    bend = curves.inflection
    until = low.copy()
    chord = np.zeros_like(low)
    at_low = curves.value(low)
    todo = np.flatnonzero((bend > low) & (high > low))
    if len(todo):
        part = curves.take(todo)
        touch = _touching_point(part, low[todo], high[todo], at_low[todo])
        until[todo] = np.where(touch < high[todo], touch, np.inf)
        chord[todo] = (part.value(touch) - at_low[todo]) / (touch - low[todo])
    return Envelope(curves, low, until, at_low, chord)


def _touching_point(curves: CurveTable, low: Floats, high: Floats, at_low: Floats) -> Floats:
    """Where the chord from (low, f(low)) touches the curve, at most ``high``.

    The root of f(t) - f(low) - f'(t) (t - low) on the concave part, where it increases in t.
    """

    def still_rising(t: Floats) -> np.ndarray:
        return np.asarray(curves.value(t) - at_low < curves.slope_at(t) * (t - low))

    left, right = np.clip(curves.inflection, low, high), high.copy()
    beyond = still_rising(high) | (curves.inflection >= high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (left + right)
        rising = still_rising(middle)
        left = np.where(rising, middle, left)
        right = np.where(rising, right, middle)
    return np.where(beyond, high, right)


def steepest_chord(curves: CurveTable, low: Floats, high: Floats) -> Floats:
    """(n,) the slope of a line through (high, f(high)) that no curve falls below on [low, high].

    The largest of (f(high) - f(t)) / (high - t): from the lower end where the curve is concave, the
    slope at the upper end where it is convex; on an S-curve from where such a chord touches it.
    """
    width = np.maximum(high - low, np.finfo(float).tiny)
    at_high, bend = curves.value(high), curves.inflection
    left, right = low.copy(), np.clip(bend, low, high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (left + right)
        gone = np.maximum(high - middle, np.finfo(float).tiny)
        rising = curves.slope_at(middle) < (at_high - curves.value(middle)) / gone
        left, right = np.where(rising, middle, left), np.where(rising, right, middle)
    gone = np.maximum(high - left, np.finfo(float).tiny)
    chord = np.where(bend > low, (at_high - curves.value(left)) / gone, 0.0)
    whole = (at_high - curves.value(low)) / width
    slope = np.where(bend >= high, curves.slope_at(high), np.maximum(chord, whole))
    return np.where(high > low, slope, 0.0)
