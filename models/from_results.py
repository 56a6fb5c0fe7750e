"""A channel's curve from the results attributed to it, or the words why there is none."""

from dataclasses import replace
from zlib import crc32

import numpy as np

from models import evidence
from models.attributed import PARAMETERS, Fitted, fit_attributed
from models.carryover import adstock
from models.curve import FitDiagnostics, ResponseCurve
from models.diagnostics import holdout_error, known, r2, unknown, unmeasurable
from models.history import History
from models.pooling import Pool
from models.reversals import Net, net_of
from models.saturation import Floats
from models.shape import WEAK, Hill, Rhythm, rhythm_of, usual

_SOURCE = "attributed"
# Share of results that came without spend above which a planner should know of it.
_UNBOUGHT = 0.05
# Results that cancel each other to within this share of them add up to nothing.
_NOTHING = 1e-9


def from_results(
    history: History,
    c: int,
    result: Floats,
    pool: Pool | None = None,
    carryover: float | None = None,
) -> ResponseCurve:
    """The curve of channel ``c`` from results attributed to it (P,), NaN where there is none.

    A cell borrows from its channel's ``pool``, all the more the less is known of itself. Its
    ``carryover`` is found with the rest, unless it is given.
    """
    spend, rhythm = history.spend[:, c], rhythm_of(history.period)
    used = history.observed[:, c] & np.isfinite(result)
    y = np.where(used, result, 0.0)

    def fitted_to(y: Floats, weight: Floats) -> Fitted:
        prior = WEAK if pool is None else pool.of(usual(spend, weight))
        prior = replace(prior, carryover=carryover)
        # A seed of its own: the draws of one channel tell nothing of another's.
        return fit_attributed(spend, y, weight, rhythm, prior, crc32(history.channels[c].encode()))

    net = Net(y, used)
    reason = unmeasurable(history, c, used, PARAMETERS + 2) or _nothing(y)
    if reason is None:
        net = net_of(y, used, lambda kept: fitted_to(y, kept).curve.course(spend, rhythm))
        reason = unmeasurable(history, c, net.used, PARAMETERS + 2) or _nothing(net.result)
    if reason is not None and (pool is None or not np.any(spend[used] > 0)):
        return unknown(history, c, _SOURCE, reason, int(used.sum()))

    y, used = net.result, net.used
    fitted = fitted_to(y, used.astype(float))
    mean = fitted.curve.course(spend, rhythm)
    weak = _by_chance(y[used], mean[used], fitted.worth[used]) > evidence.LEVEL
    notes = _notes(spend, net, fitted.curve, rhythm)
    if pool is not None and (weak or reason is not None):
        why = reason or "its results hardly follow its spend"
        notes += (f"{why}: its curve is for the most part borrowed from {pool.channel}.",)
    elif weak:
        notes += ("its results hardly follow its spend: what a change brings is mostly a guess.",)
    diagnostics = FitDiagnostics(
        source=_SOURCE,
        periods=int(used.sum()),
        r2=r2(y[used], mean[used]),
        holdout_error=holdout_error(
            y, used, history.period, lambda kept: fitted_to(y, kept).curve.course(spend, rhythm)
        ),
        elasticity=fitted.curve.elasticity(float(spend[used].mean())),
        flags=("weak",) if weak else (),
        notes=notes,
    )
    return known(history, c, fitted.curve, diagnostics, fitted.members)


def _nothing(result: Floats) -> str | None:
    """What to say of results (P,), 0 where there is none, that come to nothing together."""
    if result.sum() > _NOTHING * np.abs(result).sum():
        return None
    if np.any(result > 0):
        return "its results, some of them negative, add up to 0 or less (look at their signs)"
    none = "there was no result above 0"
    return f"{none}, but some below it (look at their signs)" if result.any() else none


def _by_chance(y: Floats, mean: Floats, worth: Floats) -> float:
    """Probability that results (N,) would follow spend as well if they had nothing to do with it.

    Against results that are the same whatever is spent; ``worth`` (N,) is that of the periods.
    """
    root, level = np.sqrt(worth), float(np.average(y, weights=worth))
    return evidence.chance(root * (y - level), root * (y - mean), PARAMETERS - 1, PARAMETERS)


def _notes(spend: Floats, net: Net, fitted: Hill, rhythm: Rhythm) -> tuple[str, ...]:
    notes = []
    result, used = net.result, net.used
    s = adstock(spend, fitted.carryover, rhythm.warm_up)
    idle = used & (s < 0.01 * s[used].mean())
    total = float(result[used].sum())
    unbought = float(result[idle].sum()) / total if total > 0 else 0.0
    if unbought > _UNBOUGHT:
        notes.append(
            f"{100 * unbought:.0f} % of its results came while nothing was spent; "
            "the curve takes it that without spend there are none."
        )
    if net.reversals:
        notes.append(
            f"negative, or far below its other results: {net.reversals}. They are taken for "
            "returns and corrections of what was booked before, and lower its curve by "
            f"{100 * (1 - net.kept):.0f} %."
        )
    negative = int((result[used] < 0).sum())
    if negative:
        notes.append(
            f"negative, but no further out than its other results: {negative}. They are used as "
            "they are."
        )
    return tuple(notes)
