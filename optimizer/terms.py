"""Terms: what the periods of a channel's quarters make of its money.

A block is one channel in one quarter; its terms are those of `optimizer.response`.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Floats
from optimizer.problem import AllocationProblem

FADED = 1e-4
_DAYS = {Period.WEEK: 7.0, Period.MONTH: 365.25 / 12, Period.QUARTER: 365.25 / 4}


def channel_blocks(
    problem: AllocationProblem, c: int, curve: ResponseCurve
) -> list[tuple[Floats, Floats]]:
    """Per quarter: rows alpha, beta, gamma, weight of its terms, and the state carried in."""
    if curve.carryover == 0 and problem.pacing[c] is None:
        return _even_blocks(problem, c, curve)
    periods, quarters = curve.period.per_quarter, len(problem.quarters)
    rho = curve.carryover
    fade = rho ** np.arange(1, periods + 1)
    pacing = np.array(problem.pacing[c] or [1 / periods] * periods)
    lags = np.subtract.outer(np.arange(periods), np.arange(periods))
    # A spend in period j is worth rho ** (p - j) in period p >= j of the same quarter.
    reach = np.where(lags >= 0, rho ** np.maximum(lags, 0), 0.0) @ pacing
    before = float(adstock_before(problem, c, curve, rho))
    blocks = []
    carry = np.zeros(quarters)
    for q in range(quarters):
        beta = reach / problem.media_price[c, q]
        alpha = before * rho ** (q * periods) * fade
        terms = np.vstack([alpha, beta, fade, np.full(periods, problem.demand[c, q])])
        leaving = fade[-1] * carry
        leaving[q] = beta[-1]
        if q == quarters - 1:
            terms = np.hstack([terms, _tail(problem, c, curve, alpha[-1], beta[-1])])
        blocks.append((_merged(terms), carry))
        carry = leaving
    return blocks


def _even_blocks(
    problem: AllocationProblem, c: int, curve: ResponseCurve
) -> list[tuple[Floats, Floats]]:
    """The same where nothing is carried over and pacing is even: all periods are alike."""
    periods, quarters = curve.period.per_quarter, len(problem.quarters)
    terms = np.zeros((4, quarters))
    terms[1] = 1 / periods / problem.media_price[c]
    terms[3] = problem.demand[c] * periods
    carry = np.zeros(quarters)
    return [(terms[:, q : q + 1], carry) for q in range(quarters)]


def _tail(
    problem: AllocationProblem, c: int, curve: ResponseCurve, alpha: float, beta: float
) -> Floats:
    """Terms of the periods after the horizon; (4, K), as in the last block's coordinates."""
    rho = curve.carryover
    if rho == 0:
        return np.empty((4, 0))
    ks = np.arange(1, curve.period.longest_tail + 1)
    faded = rho**ks
    faded = faded[faded >= FADED]
    per_quarter = curve.period.per_quarter
    later = media_now(problem, c, -1) / per_quarter / problem.media_price[c, -1]
    return np.vstack(
        [
            alpha * faded + later * (1 - faded) / (1 - rho),
            beta * faded,
            rho**per_quarter * faded,
            np.full(len(faded), problem.demand[c, -1]),
        ]
    )


def adstock_before(
    problem: AllocationProblem, c: int, curve: ResponseCurve, carryover: ArrayLike
) -> Floats:
    """Adstock of the last period before the horizon, at these carry-overs; shape as given.

    Without history: the steady state of the first quarter's current budget, at which any gap
    between the history's end and the horizon is filled as well. The history's own is known at the
    curve's carry-over only; at another it is that of the same steady spend.
    """
    rho = np.asarray(carryover, dtype=float)
    steady = media_now(problem, c, 0) / curve.period.per_quarter / (1 - rho)
    if curve.last_adstock is None or curve.last_period is None:
        return np.asarray(steady)
    last = curve.last_adstock * ((1 - curve.carryover) / (1 - rho))
    gap = periods_between(curve.last_period, problem.first_day, curve.period)
    return np.asarray(steady + (last - steady) * rho**gap)


def media_now(problem: AllocationProblem, c: int, q: int) -> float:
    """Money that buys media at the current budget; what results cost is taken as spent on it."""
    return max(float(problem.current[c, q]) - problem.channels[c].fixed_cost, 0.0)


def periods_between(last_period: date, first_day: date, period: Period) -> int:
    """Whole periods missing between a history's last one and the horizon; never negative."""
    return max(0, round((first_day - last_period).days / _DAYS[period]) - 1)


def _merged(terms: Floats) -> Floats:
    """Terms with the same linear form become one, their weights added: exact, and far fewer."""
    forms, where = np.unique(terms[:3], axis=1, return_inverse=True)
    if forms.shape[1] == terms.shape[1]:
        return terms
    weight = np.bincount(where.ravel(), weights=terms[3], minlength=forms.shape[1])
    return np.vstack([forms, weight])
