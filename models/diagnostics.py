"""Diagnostics: how well a curve is known, in figures and in sentences for a planner."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from models import evidence
from models.carryover import adstock
from models.curve import FitDiagnostics, Member, ResponseCurve
from models.history import History
from models.period import Period
from models.saturation import Floats, Form
from models.shape import Hill

Used = NDArray[np.bool_]

_HELD = "it is held at its part of the budget unless the policy says otherwise"


def known(
    history: History,
    c: int,
    fitted: Hill,
    diagnostics: FitDiagnostics,
    members: Iterable[Hill] = (),
) -> ResponseCurve:
    """The curve of a channel whose effect was measured, with draws of what it may be instead."""
    s = adstock(history.spend[:, c], fitted.carryover, history.period.per_quarter)
    return ResponseCurve(
        channel=history.channels[c],
        form=Form.HILL,
        top=fitted.top,
        half=fitted.half,
        slope=fitted.slope,
        carryover=fitted.carryover,
        period=history.period,
        observed=_observed(history, c),
        last_adstock=float(s[-1]),
        last_period=history.starts[-1],
        diagnostics=diagnostics,
        members=tuple(Member(m.top, m.half, m.slope, m.carryover) for m in members),
    )


def unknown(history: History, c: int, source: str, reason: str, periods: int = 0) -> ResponseCurve:
    """A curve that promises nothing, for a channel whose effect was not measured."""
    note = f"{reason}, so its effect cannot be measured; {_HELD}."
    return ResponseCurve(
        channel=history.channels[c],
        form=Form.LINEAR,
        top=0.0,
        half=1.0,
        slope=1.0,
        carryover=0.0,
        period=history.period,
        known=False,
        observed=_observed(history, c),
        last_adstock=float(history.spend[-1, c]),
        last_period=history.starts[-1],
        diagnostics=FitDiagnostics(source, periods, notes=(note,)),
    )


def unmeasurable(history: History, c: int, used: Used, least: int) -> str | None:
    """Why no effect can be measured, whatever the results; None where it can be tried.

    ``used`` (P,) are the periods with results, ``least`` the fewest that a fit takes.
    """
    periods = int(used.sum())
    if not np.any(history.spend[:, c] > 0):
        return "nothing was ever spent"
    if periods < least:
        return f"only {counted(periods, history.period)} can be used"
    spent = int(np.count_nonzero(history.spend[used, c]))
    if spent < evidence.LEAST_SPENT:
        return f"money was spent in only {counted(spent, history.period)} that can be used"
    variation = evidence.variation(history.spend[used, c])
    if variation < evidence.LEAST_VARIATION:
        return f"spend hardly varied ({100 * variation:.0f} %)"
    return None


def counted(number: int, period: Period) -> str:
    """A number of periods in words."""
    return f"{number} {period}{'s' * (number != 1)}"


def r2(y: Floats, mean: Floats) -> float:
    """Share of the variance of results (N,) that their means explain."""
    spread = float(((y - y.mean()) ** 2).sum())
    return 1 - float(((y - mean) ** 2).sum()) / spread if spread > 0 else 0.0


def holdout_error(
    y: Floats, used: Used, period: Period, forecast: Callable[[Floats], Floats]
) -> float | None:
    """Mean absolute error over the mean result in the last quarter, forecast from what was before.

    ``forecast`` takes weights (P,), 0 where a period is kept back, and returns means (P,). None
    where a year or less can be used: too little would be left to learn from.
    """
    rows = np.flatnonzero(used)
    if len(rows) <= 4 * period.per_quarter:
        return None
    last = rows[-period.per_quarter :]
    weight = used.astype(float)
    weight[last] = 0.0
    scale = float(np.abs(y[last]).sum())
    return float(np.abs(y - forecast(weight))[last].sum()) / scale if scale > 0 else None


def _observed(history: History, c: int) -> tuple[float, float] | None:
    spend = history.spend[history.observed[:, c], c]
    return (float(spend.min()), float(spend.max())) if spend.size else None
