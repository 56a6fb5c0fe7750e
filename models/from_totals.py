"""All channels' curves from the total outcome, or the words why there are none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from models import evidence
from models.curve import FitDiagnostics, ResponseCurve
from models.diagnostics import Used, counted, holdout_error, known, r2, unknown, unmeasurable
from models.experiment import experiments
from models.history import History
from models.mix import Mix, fit_mix, predict_mix
from models.posterior import GLANCE
from models.saturation import Floats
from models.shape import rhythm_of
from models.totals import KnownCourse, Totals, Trial

_SOURCE = "totals"
WEAK, COLLINEAR = "weak", "collinear"
# Fewer periods than this say nothing.
_LEAST_PERIODS = 8
# Spend below this share of the mean is a pause.
_PAUSE = 0.2


@dataclass(frozen=True)
class FromTotals:
    """Curves and factors (M,) of known courses, by channel, and what to know about the totals."""

    curves: dict[int, ResponseCurve]
    factors: dict[int, Floats]
    warnings: tuple[str, ...] = ()


def from_totals(
    history: History, wanted: Collection[int], courses: Mapping[int, KnownCourse]
) -> FromTotals:
    """The curves of some channels from the total outcome, and the factors of known courses.

    All channels take part in the regression, whether their curves are wanted or not. Without any
    that could be tried there are no factors.
    """
    channels = [c for c in range(len(history.channels)) if c not in courses]
    if history.outcome is None or not np.isfinite(history.outcome).any():
        reason = "there are no results to measure it by"
        return FromTotals({c: unknown(history, c, _SOURCE, reason) for c in wanted}, {})
    controls = np.empty((len(history.starts), 0))
    if history.controls:
        controls = np.stack(list(history.controls.values()), axis=1)
    used = np.isfinite(history.outcome) & np.isfinite(controls).all(axis=1)
    used &= history.observed.any(axis=1)
    still = "total revenue never changes" if np.ptp(history.outcome[used]) == 0 else None
    reasons = {c: unmeasurable(history, c, used, _LEAST_PERIODS) or still for c in channels}
    tried = [c for c in channels if reasons[c] is None]
    periods = int(used.sum())
    found = {
        c: unknown(history, c, _SOURCE, reason, periods)
        for c, reason in reasons.items()
        if reason is not None
    }
    factors: dict[int, Floats] = {}
    if tried or (courses and periods >= _LEAST_PERIODS and still is None):
        totals = Totals(
            spend=history.spend[:, tried],
            controls=np.where(used[:, None], controls, 0.0),
            outcome=np.where(used, history.outcome, 0.0),
            weight=used.astype(float),
            rhythm=rhythm_of(history.period),
            per_year=history.period.per_year,
            trials=_trials(history, tried),
            courses=tuple(courses.values()),
        )
        mix = fit_mix(totals)
        found |= _mixed(history, totals, mix, tried)
        factors = dict(zip(courses, mix.factors.T, strict=True))
    found = {c: found[c] for c in wanted}
    about = _about(history, history.outcome, used) + _unsure(history, found, used, tried)
    return FromTotals(found, factors, about + _never_paused(history, found, used))


def _trials(history: History, tried: list[int]) -> tuple[Trial, ...]:
    return tuple(
        Trial(i, test.spend, test.spend - test.change, test.lift, test.stderr)
        for i, c in enumerate(tried)
        for test in experiments(history, history.channels[c])
    )


def _mixed(
    history: History, totals: Totals, mix: Mix, tried: list[int]
) -> dict[int, ResponseCurve]:
    if not tried:
        return {}
    used, y = totals.weight > 0, totals.outcome
    fit_quality = r2(y[used], predict_mix(mix, totals)[used])

    def forecast(kept: Floats) -> Floats:
        before = replace(totals, weight=kept)
        return predict_mix(fit_mix(before, GLANCE), before)

    error = holdout_error(y, used, history.period, forecast)
    found = {}
    for i, c in enumerate(tried):
        fitted, spend = mix.curves[i], totals.spend[:, i]
        diagnostics = FitDiagnostics(
            source=_SOURCE,
            periods=int(used.sum()),
            r2=fit_quality,
            holdout_error=error,
            elasticity=fitted.elasticity(float(spend[used].mean())),
            flags=_flags(mix, i),
        )
        found[c] = known(history, c, fitted, diagnostics, mix.members[i])
    return found


def _flags(mix: Mix, i: int) -> tuple[str, ...]:
    """What makes the curve of the i-th channel unsure."""
    flags = {
        COLLINEAR: mix.apart[i] < evidence.LEAST_APART,
        WEAK: mix.against[i] > evidence.MOST_ODDS or mix.borrowed[i] > evidence.MOST_BORROWED,
    }
    return tuple(flag for flag, applies in flags.items() if applies)


def _about(history: History, outcome: Floats, used: Used) -> tuple[str, ...]:
    notes = []
    missing = len(used) - int(used.sum())
    if missing:
        notes.append(
            "Totals: left out of the fit for want of revenue, a control or any row of spend: "
            f"{counted(missing, history.period)}."
        )
    if len(used) < history.period.per_year:
        notes.append(
            "Totals: the history is shorter than a year, so that season cannot be told from the "
            "effect of spend."
        )
    if np.any(outcome[used] < 0):
        notes.append("Totals: some revenue is negative; it is used as it is.")
    return tuple(notes)


def _unsure(
    history: History, found: dict[int, ResponseCurve], used: Used, tried: list[int]
) -> tuple[str, ...]:
    """Which channels' returns are taken from those of others rather than from their own data."""
    notes = []
    if weak := _flagged(found, WEAK):
        notes.append(
            f"Totals: total revenue hardly shows that it follows the spend of {', '.join(weak)}. "
            "What the data leave open about their returns is taken from those of the other "
            "channels, so that little is moved on their account."
        )
    for c in [c for c, curve in found.items() if COLLINEAR in curve.diagnostics.flags]:
        twin = evidence.twin(history.spend[used][:, tried], tried.index(c))
        other = "season, trend, controls or other channels"
        if twin is not None:
            other = f"that of {history.channels[tried[twin]]}"
        notes.append(
            f"Totals: the spend of {history.channels[c]} follows {other} so closely that their "
            "effects cannot be told apart: they are taken to bring alike."
        )
    return tuple(notes)


def _flagged(found: dict[int, ResponseCurve], flag: str) -> list[str]:
    return [curve.channel for curve in found.values() if flag in curve.diagnostics.flags]


def _never_paused(history: History, found: dict[int, ResponseCurve], used: Used) -> tuple[str, ...]:
    """Which levels are less sure: those of channels that the baseline was never seen without."""
    lasting = []
    for c, curve in found.items():
        spend = history.spend[used, c]
        if curve.known and spend.min() > _PAUSE * spend.mean():
            lasting.append(history.channels[c])
    if not lasting:
        return ()
    return (
        f"Totals: never paused: {', '.join(lasting)}. What a change of such a budget brings is "
        "better known than what all of it brings, and with that its return on the money.",
    )
