"""Last year: what the curves say that the spending of the last 12 months brought."""

from __future__ import annotations

import numpy as np

from models.carryover import adstock, steady_state
from models.curve import Curves, ResponseCurve
from models.history import History
from models.saturation import Floats

# Carry-over counts until it has faded to this.
FADED = 1e-4


def last_year(history: History, curves: Curves) -> float:
    """Response that the last four quarters' spends of the history brought beyond none at all.

    Counted as a plan's response is: the baseline and what earlier money still brought are left out,
    what the year's money brings after its end is counted, at demand 1 and the prices of the time.
    A shorter history is scaled up to a year; where a curve goes by another period than the history,
    the year's money is taken as spent evenly.
    """
    return sum(
        _brought(history, c, curves[channel])
        for c, channel in enumerate(history.channels)
        if channel in curves
    )


def quarters_of(history: History) -> float:
    """How many quarters of last year the history shows; 4 at most."""
    return min(4.0, len(history.starts) / history.period.per_quarter)


def _brought(history: History, c: int, curve: ResponseCurve) -> float:
    rho, year = curve.carryover, 4 * curve.period.per_quarter
    spend = history.spend[:, c]
    if curve.period is history.period:
        states = adstock(spend, rho, history.period.per_quarter)
        recent = spend[-year:]
        start = spend[: history.period.per_quarter].mean()
        before = float(states[-year - 1] if len(spend) > year else steady_state(start, rho))
    else:
        seen = round(quarters_of(history) * history.period.per_quarter)
        periods = max(1, round(quarters_of(history) * curve.period.per_quarter))
        recent = np.full(periods, float(spend[-seen:].sum()) / periods)
        before = float(steady_state(recent[0], rho))
    return year / len(recent) * _gained(curve, recent, before)


def _gained(curve: ResponseCurve, spend: Floats, before: float) -> float:
    """Response of some periods' spend, tail included, from a state ``before`` the first of them."""
    rho, per_quarter = curve.carryover, curve.period.per_quarter
    later = rho ** np.arange(1, curve.period.longest_tail + 1)
    later = later[later >= FADED]
    going_on = float(spend[-per_quarter:].mean()) * (1 - later) / (1 - rho)
    faded = before * rho ** np.arange(1, len(spend) + 1)
    added = np.zeros(len(spend))
    state = 0.0
    for p, money in enumerate(spend.tolist()):
        state = money + rho * state
        added[p] = state
    without = np.concatenate([faded, faded[-1] * later + going_on])
    with_it = np.concatenate([faded + added, (faded[-1] + added[-1]) * later + going_on])
    return float(np.sum(curve.at(with_it) - curve.at(without)))
