"""Residuals: what the errors of a fit still tell, in words for a planner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.curve import Curves, ResponseCurve
from models.effects import effect_of, effects_of
from models.extrapolation import extrapolate
from models.history import History
from models.period import Period
from models.returns import attributed_to
from models.saturation import Floats

# Correlation with the period before from which errors persist, and how far chance goes: so many
# standard deviations of it, which is 1 / root(P).
_PERSISTENT, _BY_CHANCE = 0.5, 3.0
# Errors beyond so many (robust) standard deviations are far off.
_FAR = 8.0
# The last half year is off from this share of the results on, and so many standard deviations.
_OFF, _SURELY = 0.05, 3.0
# Quarters with results that it takes to say any of this.
_LEAST_QUARTERS = 6
# Periods of hardly any result err no less than those of this share of the mean.
_LEAST_MEAN = 0.1
# Rise of all revenue, in per cent for one per cent of a channel's spend, above which a planner
# should know of it: studies find 0.12 in the short run and 0.24 in the long.
_STEEP = 0.3


@dataclass(frozen=True)
class Errors:
    """Results (P,) beside what was expected of them, NaN where either is missing."""

    came: Floats
    expected: Floats
    starts: Sequence[date]
    period: Period

    @property
    def scaled(self) -> Floats:
        """(N,) errors of the periods seen, on one scale: noise grows with the root of results."""
        there = np.isfinite(self.came - self.expected)
        mean = self.expected[there]
        least = max(_LEAST_MEAN * float(np.abs(mean).mean()), 1e-12) if mean.size else 1.0
        return np.asarray((self.came[there] - mean) / np.sqrt(np.maximum(mean, least)))

    @property
    def days(self) -> list[date]:
        """(N,) first days of the periods seen."""
        there = np.flatnonzero(np.isfinite(self.came - self.expected))
        return [self.starts[p] for p in there.tolist()]


def channel_notes(history: History, curve: ResponseCurve) -> tuple[str, ...]:
    """What the errors of a channel's results say of its curve, and how steep it is."""
    if not curve.known or curve.channel not in history.channels:
        return ()
    c = history.channels.index(curve.channel)
    return (*_of_results(history, c, curve), *_steepness(history, c, curve))


def totals_notes(history: History, curves: Curves) -> tuple[str, ...]:
    """What the errors of total revenue say, beside the channels and a baseline with controls."""
    if history.outcome is None:
        return ()
    effects = effects_of(history, curves)
    base = history.outcome - effects
    if not np.nansum(base) > 0:
        return ()
    known = [of for of in history.controls.values() if np.isfinite(of).all()]
    controls = np.stack(known, axis=1) if known else np.empty((len(base), 0))
    expected = extrapolate(base, controls, history.period.per_year) + effects
    errors = Errors(history.outcome, expected, history.starts, history.period)
    words = _words(errors, "revenue", "trend, season and channels say")
    return tuple(f"Totals: {told}" for told in words)


def _of_results(history: History, c: int, curve: ResponseCurve) -> tuple[str, ...]:
    result = attributed_to(history, c)
    if result is None:
        return ()
    correction = curve.diagnostics.correction
    times = 1.0 if correction is None else correction
    came = np.where(history.observed[:, c], times * result, np.nan)
    errors = Errors(came, effect_of(history, c, curve), history.starts, history.period)
    return _words(errors, "its results", "the curve says")


def _words(errors: Errors, subject: str, expected: str) -> tuple[str, ...]:
    """What is worth saying of errors; a change of late is not called one that lasts as well."""
    if len(errors.scaled) < _LEAST_QUARTERS * errors.period.per_quarter:
        return ()
    lasting = _drift(errors, subject, expected) or _persistence(errors, subject, expected)
    return tuple(words for words in (lasting, _far_off(errors)) if words)


def _persistence(errors: Errors, subject: str, expected: str) -> str:
    r = _correlation(errors.scaled)
    if r < max(_PERSISTENT, _BY_CHANCE / np.sqrt(len(errors.scaled))):
        return ""
    return (
        f"the distance between {subject} and what {expected} lasts from {errors.period} to "
        f"{errors.period} (correlation {r:.1f}): something that takes time is missing from the "
        "model."
    )


def _far_off(errors: Errors) -> str:
    scaled = errors.scaled
    # The median of normal errors, as a share of their standard deviation, is 0.6745.
    spread = float(np.median(np.abs(scaled))) / 0.6745
    far = np.flatnonzero(np.abs(scaled) > _FAR * spread)
    if spread <= 0 or far.size == 0:
        return ""
    furthest = errors.days[int(np.argmax(np.abs(scaled)))]
    several = far.size != 1
    return (
        f"{far.size} {errors.period}{'s lie' if several else ' lies'} far off the fit (the "
        f"furthest begins on {furthest}): look for promotions, returns or slips there."
    )


def _drift(errors: Errors, subject: str, expected: str) -> str:
    """Whether the last half year differs from what was before."""
    scaled, recent = errors.scaled, 2 * errors.period.per_quarter
    late, early = scaled[-recent:], scaled[:-recent]
    step = float(late.mean() - early.mean())
    r = max(_correlation(np.concatenate([early + step, late])), 0.0)
    spread = np.sqrt((late.var() / len(late) + early.var() / len(early)) * (1 + r) / (1 - r))
    there = np.isfinite(errors.came - errors.expected)
    whole = float(errors.expected[there][-recent:].sum())
    off = float(errors.came[there][-recent:].sum()) / whole - 1 if whole > 0 else 0.0
    if abs(off) < _OFF or abs(step) < _SURELY * spread:
        return ""
    return (
        f"in the last half year {subject} came to {100 * abs(off):.0f} % "
        f"{'more' if off > 0 else 'less'} than {expected}: look at what has changed."
    )


def _steepness(history: History, c: int, curve: ResponseCurve) -> tuple[str, ...]:
    """What to say where all revenue would rise much for a little more of one channel."""
    elasticity = curve.diagnostics.elasticity
    if history.outcome is None or elasticity is None:
        return ()
    there = np.isfinite(history.outcome)
    outcome = float(history.outcome[there].sum())
    rise = elasticity * float(effect_of(history, c, curve)[there].sum())
    if not rise > _STEEP * outcome > 0:
        return ()
    return (
        f"one per cent more spend is taken to raise all revenue by {rise / outcome:.2f} %; studies "
        "find 0.1 to 0.25 on average, so look at it before you rely on it.",
    )


def _correlation(errors: Floats) -> float:
    """Correlation of errors (N,) with those of the period before, at most 0.95; 0 where none."""
    centred = errors - errors.mean() if errors.size else errors
    power = float(centred @ centred)
    if power == 0:
        return 0.0
    return min(float(centred[1:] @ centred[:-1]) / power, 0.95)
