"""From a history to response curves, or to the words why there is none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from models import evidence
from models.attributed import PARAMETERS, Fitted, fit_attributed, predict_attributed
from models.carryover import adstock, steady_state
from models.curve import Curves, FitDiagnostics, ResponseCurve
from models.history import History
from models.period import Period
from models.returns import attributed_to
from models.saturation import Floats, Form
from models.shape import Rhythm

Used = NDArray[np.bool_]

# 0.9 from week to week, and the same decay per month or quarter.
_MOST_WEEKLY = 0.9
# Share of the results in periods without spend above which a planner should know of it.
_UNBOUGHT = 0.05
_HELD = "it is held at its current budget unless the policy says otherwise"


def fit(history: History) -> Curves:
    """One curve per channel of the history, in its order; raises nothing that data can cause.

    A channel with attributed revenue is fitted on it alone. The others are fitted together on the
    total outcome, all channels in one regression. A channel whose effect cannot be measured gets
    ``known=False`` and a curve of no response; ``diagnostics.notes`` says why, and so do the
    warnings. Same history, same curves, whatever the number of threads.
    """
    with threadpool_limits(limits=1):
        curves = tuple(_curve(history, c) for c in range(len(history.channels)))
    warnings = tuple(f"{k.channel}: {note}" for k in curves for note in k.diagnostics.notes)
    return Curves(curves, warnings + _plausibility(history))


def rhythm_of(period: Period) -> Rhythm:
    """Bounds of carry-over for this period."""
    return Rhythm(most=_MOST_WEEKLY ** (13 / period.per_quarter), warm_up=period.per_quarter)


def _curve(history: History, c: int) -> ResponseCurve:
    result = attributed_to(history, c)
    if result is not None:
        return _attributed(history, c, result)
    return _unknown(history, c, "totals", "there are no results to measure it by")


def _attributed(history: History, c: int, result: Floats) -> ResponseCurve:
    spend, rhythm = history.spend[:, c], rhythm_of(history.period)
    used = history.observed[:, c] & np.isfinite(result)
    periods = int(used.sum())
    reason = _unmeasurable(history, c, used, PARAMETERS + 2)
    if reason is None and not np.any(result[used] > 0):
        reason = "there was no positive result"
    if reason is not None:
        return _unknown(history, c, "attributed", reason, periods)
    y, weight = np.where(used, result, 0.0), used.astype(float)
    fitted = fit_attributed(spend, y, weight, rhythm)
    mean = predict_attributed(fitted, spend, rhythm)
    if _by_chance(y[used], mean[used]) > evidence.LEVEL:
        reason = "its results do not follow its spend"
        return _unknown(history, c, "attributed", reason, periods)

    def forecast(kept: Floats) -> Floats:
        return predict_attributed(fit_attributed(spend, y, kept, rhythm), spend, rhythm)

    curve = _known(history, c, fitted)
    diagnostics = FitDiagnostics(
        source="attributed",
        periods=periods,
        r2=_r2(y[used], mean[used]),
        holdout_error=_holdout_error(y, used, history.period, forecast),
        elasticity=_elasticity(curve, float(spend[used].mean())),
        notes=_attributed_notes(spend, result, used, fitted, rhythm),
    )
    return replace(curve, diagnostics=diagnostics)


def _by_chance(y: Floats, mean: Floats) -> float:
    """Probability of such a fit for results that are the same whatever is spent."""
    weight = 1 / np.maximum(mean, 0.1 * mean.mean()) if mean.mean() > 0 else np.ones_like(mean)
    level = float(np.average(y, weights=weight))
    return evidence.chance(y - level, y - mean, weight, PARAMETERS - 1, PARAMETERS)


def _unmeasurable(history: History, c: int, used: Used, least: int) -> str | None:
    """Why no effect can be measured, whatever the results; None where it can be tried."""
    periods = int(used.sum())
    if not np.any(history.spend[:, c] > 0):
        return "nothing was ever spent"
    if periods < least:
        return f"only {periods} {history.period}{'s' * (periods != 1)} can be used"
    variation = evidence.variation(history.spend[used, c])
    if variation < evidence.LEAST_VARIATION:
        return f"spend hardly varied ({100 * variation:.0f} %)"
    return None


def _known(history: History, c: int, fitted: Fitted) -> ResponseCurve:
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
    )


def _unknown(history: History, c: int, source: str, reason: str, periods: int = 0) -> ResponseCurve:
    """A curve that promises nothing."""
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


def _observed(history: History, c: int) -> tuple[float, float] | None:
    spend = history.spend[history.observed[:, c], c]
    return (float(spend.min()), float(spend.max())) if spend.size else None


def _r2(y: Floats, mean: Floats) -> float:
    spread = float(((y - y.mean()) ** 2).sum())
    return 1 - float(((y - mean) ** 2).sum()) / spread if spread > 0 else 0.0


def _holdout_error(
    y: Floats, used: Used, period: Period, forecast: Callable[[Floats], Floats]
) -> float | None:
    """Mean absolute error over the mean result in the last quarter, forecast from what was before.

    None where three quarters or less could be used: nothing would be left to learn from.
    """
    rows = np.flatnonzero(used)
    if len(rows) <= max(3 * period.per_quarter, PARAMETERS + 2 + period.per_quarter):
        return None
    last = rows[-period.per_quarter :]
    kept = used.astype(float)
    kept[last] = 0.0
    scale = float(np.abs(y[last]).sum())
    return float(np.abs(y - forecast(kept))[last].sum()) / scale if scale > 0 else None


def _elasticity(curve: ResponseCurve, spend: float) -> float | None:
    """Percentage change of response for one per cent of spend, kept up, at ``spend`` a period."""
    s = steady_state(spend, curve.carryover)
    value = float(curve.at(s))
    return float(curve.marginal_at(s) * s) / value if value > 0 else None


def _attributed_notes(
    spend: Floats, result: Floats, used: Used, fitted: Fitted, rhythm: Rhythm
) -> tuple[str, ...]:
    notes = []
    s = adstock(spend, fitted.carryover, rhythm.warm_up)
    idle = used & (s < 0.01 * s[used].mean())
    total = float(result[used].sum())
    unbought = float(result[idle].sum()) / total if total > 0 else 0.0
    if unbought > _UNBOUGHT:
        notes.append(
            f"{100 * unbought:.0f} % of its results came while nothing was spent; "
            "the curve takes it that without spend there are none."
        )
    negative = int((result[used] < 0).sum())
    if negative:
        notes.append(f"{negative} results are negative; they are used as they are.")
    return tuple(notes)


def _plausibility(history: History) -> tuple[str, ...]:
    """What totals say about the results attributed to channels, where there are both."""
    if history.revenue is None or history.outcome is None:
        return ()
    claimed = np.nansum(np.where(history.observed, history.revenue, np.nan), axis=1)
    used = np.isfinite(history.outcome)
    total = float(history.outcome[used].sum())
    if not used.any() or total <= 0:
        return ()
    share = float(claimed[used].sum()) / total
    if share > 1:
        return (
            f"The channels claim {100 * share:.0f} % of all revenue between them: attribution "
            "counts some of it more than once, and the curves are too high.",
        )
    return (
        f"The curves follow the results attributed to channels: {100 * share:.0f} % of the revenue.",
    )
