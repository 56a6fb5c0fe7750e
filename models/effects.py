"""Effects: what the curves make of the spend in the history, period by period."""

import numpy as np

from models.carryover import adstock
from models.curve import Curves, Member, ResponseCurve
from models.history import History
from models.saturation import Floats, response


def effects_of(history: History, curves: Curves) -> Floats:
    """(P,) what all channels brought together; those without a known curve count for nothing."""
    effects = np.zeros(len(history.starts))
    for c, channel in enumerate(history.channels):
        if channel in curves and curves[channel].known:
            effects += effect_of(history, c, curves[channel])
    return effects


def effect_of(history: History, c: int, curve: ResponseCurve) -> Floats:
    """(P,) what one channel brought; by a curve of another period, as if spent evenly within it."""
    own = Member(curve.top, curve.half, curve.slope, curve.carryover)
    return _brought(history, c, curve, np.array([own]))[:, 0]


def possible_effects(history: History, curves: Curves) -> Floats:
    """(P, M) the same in every world that the members of the curves describe.

    A curve without members is the same in all of them; where none has any, M is 1.
    """
    known = [
        (c, curves[channel])
        for c, channel in enumerate(history.channels)
        if channel in curves and curves[channel].known
    ]
    worlds = np.arange(max((len(curve.members) for _, curve in known), default=0) or 1)
    effects = np.zeros((len(history.starts), len(worlds)))
    for c, curve in known:
        if curve.members:
            members = np.array(curve.members)
            effects += _brought(history, c, curve, members[worlds % len(members)])
        else:
            effects += effect_of(history, c, curve)[:, None]
    return effects


def _brought(history: History, c: int, curve: ResponseCurve, members: Floats) -> Floats:
    """(P, M) what one channel brought by members (M, 4) of a curve."""
    top, half, slope, rho = members.T
    spend = history.spend[:, c]
    if curve.period is history.period:
        s = adstock(spend[:, None], rho, history.period.per_quarter)
        return response(curve.form, s, top, half, slope)
    # Curve periods in a period of the history, and how many of the latter the curve takes in one.
    times = curve.period.per_quarter / history.period.per_quarter
    together = max(1, round(1 / times))
    before = np.concatenate([np.full(together - 1, spend[:together].mean()), spend])
    rate = np.convolve(before, np.full(together, 1 / together), mode="valid") / times
    return response(curve.form, rate[:, None] / (1 - rho), top, half, slope) * times
