"""A channel's curve from the results attributed to it, or the words why there is none."""

from zlib import crc32

import numpy as np

from models import evidence
from models.attributed import PARAMETERS, fit_attributed
from models.carryover import adstock
from models.curve import FitDiagnostics, ResponseCurve
from models.diagnostics import Used, holdout_error, known, r2, unknown, unmeasurable
from models.history import History
from models.saturation import Floats
from models.shape import Hill, Rhythm, rhythm_of

_SOURCE = "attributed"
# Share of results that came without spend above which a planner should know of it.
_UNBOUGHT = 0.05
_WEAK = (
    "its results hardly follow its spend: what a change of it brings is little more than a guess."
)


def from_results(history: History, c: int, result: Floats) -> ResponseCurve:
    """The curve of channel ``c`` from revenue attributed to it (P,), NaN where there is none."""
    spend, rhythm = history.spend[:, c], rhythm_of(history.period)
    used = history.observed[:, c] & np.isfinite(result)
    periods = int(used.sum())
    reason = unmeasurable(history, c, used, PARAMETERS + 2)
    if reason is None and not np.any(result[used] > 0):
        reason = "there was no result above 0"
    if reason is not None:
        return unknown(history, c, _SOURCE, reason, periods)
    y, weight = np.where(used, result, 0.0), used.astype(float)
    # A seed of its own: the draws of one channel tell nothing of another's.
    fitted = fit_attributed(spend, y, weight, rhythm, seed=crc32(history.channels[c].encode()))
    mean = fitted.curve.course(spend, rhythm)
    weak = _by_chance(y[used], mean[used], fitted.worth[used]) > evidence.LEVEL

    def forecast(kept: Floats) -> Floats:
        return fit_attributed(spend, y, kept, rhythm).curve.course(spend, rhythm)

    diagnostics = FitDiagnostics(
        source=_SOURCE,
        periods=periods,
        r2=r2(y[used], mean[used]),
        holdout_error=holdout_error(y, used, history.period, forecast),
        elasticity=fitted.curve.elasticity(float(spend[used].mean())),
        flags=("weak",) if weak else (),
        notes=_notes(spend, result, used, fitted.curve, rhythm) + ((_WEAK,) if weak else ()),
    )
    return known(history, c, fitted.curve, diagnostics, fitted.members)


def _by_chance(y: Floats, mean: Floats, worth: Floats) -> float:
    """Probability that results (N,) would follow spend as well if they had nothing to do with it.

    Against results that are the same whatever is spent; ``worth`` (N,) is that of the periods.
    """
    root, level = np.sqrt(worth), float(np.average(y, weights=worth))
    return evidence.chance(root * (y - level), root * (y - mean), PARAMETERS - 1, PARAMETERS)


def _notes(
    spend: Floats, result: Floats, used: Used, fitted: Hill, rhythm: Rhythm
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
        notes.append(f"{negative} of its results are negative; they are used as they are.")
    return tuple(notes)
