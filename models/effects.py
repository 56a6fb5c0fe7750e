"""Effects: what the curves make of the spend in the history, period by period."""

import numpy as np

from models.carryover import adstock
from models.curve import Curves, ResponseCurve
from models.history import History
from models.saturation import Floats


def effects_of(history: History, curves: Curves) -> Floats:
    """(P,) what all channels brought together; those without a known curve count for nothing."""
    effects = np.zeros(len(history.starts))
    for c, channel in enumerate(history.channels):
        if channel in curves and curves[channel].known:
            effects += effect_of(history, c, curves[channel])
    return effects


def effect_of(history: History, c: int, curve: ResponseCurve) -> Floats:
    """(P,) what one channel brought; by a curve of another period, as if spent evenly within it."""
    spend, rho = history.spend[:, c], curve.carryover
    if curve.period is history.period:
        return curve.at(adstock(spend, rho, history.period.per_quarter))
    # Curve periods in a period of the history, and how many of the latter the curve takes in one.
    times = curve.period.per_quarter / history.period.per_quarter
    together = max(1, round(1 / times))
    before = np.concatenate([np.full(together - 1, spend[:together].mean()), spend])
    rate = np.convolve(before, np.full(together, 1 / together), mode="valid") / times
    return curve.at(rate / (1 - rho)) * times
