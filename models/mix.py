r"""Mix modelling: the effects of all channels, found together in the total outcome.

    outcome[p] = baseline[p] + sum over channels c of top_c * hill(s_c[p]) + noise,    top_c >= 0

For given shapes the heights and the baseline are linear, so that only shapes are searched, on a
grid, all channels in one regression. What comes out per channel is the Hill curve nearest to the
mean of all curves that the data allow, and joint draws of these (`models.posterior`). Heights are
counted as return on spend; what is believed of returns and shapes beforehand is learned from all
channels together (`models.common`). Season and drift of the baseline are chosen by the data
(`models.season`), and periods that lie far out count for less (`models.outliers`).
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import shape as shapes
from models.baseline import Controls, Pattern, baseline
from models.carryover import adstock
from models.posterior import FULL, GLANCE, Length, Posterior, posterior
from models.saturation import Floats
from models.shape import Hill, Rhythm
from models.standard import Channel, Standard
from models.totals import Totals
from models.twins import alike
from models.weights import weights_of


@dataclass(frozen=True)
class Mix:
    """A fitted model: curves (C,), baseline coefficients (Q,) in units of the outcome.

    ``members`` are M joint draws: of every channel's curve (C, M), and ``factors`` (M, F) of the
    known courses. ``pattern`` and ``controls`` are what the baseline is made of, and ``error`` is
    the standard deviation of the noise. ``against`` (C,) are the odds of the data against the
    channel's having any effect, ``borrowed`` (C,) how far its return is that of any channel like
    the others (`models.posterior`), ``apart`` (C,) the part of each channel's course that neither
    the baseline nor the other channels follow: near 0 its effect cannot be told from theirs.
    """

    curves: tuple[Hill, ...]
    members: tuple[tuple[Hill, ...], ...]
    factors: Floats
    coefficients: Floats
    pattern: Pattern
    controls: Controls
    error: float
    against: Floats
    borrowed: Floats
    apart: Floats


def fit_mix(totals: Totals, length: Length = FULL) -> Mix:
    """Fit all curves and the baseline to at least one channel and one period that counts."""
    told = Standard.of(totals)
    # Season and drift are chosen beside courses as they are believed to be beforehand, and anew
    # beside those that a first glance finds, so that a slow effect is not taken for drift.
    pattern, left = told.season(told.believed(), told.weight)
    pattern, left = told.season(told.believed(), told.calm(left.errors))
    first = told.regression(pattern, left)
    glance = posterior(first, told.common, GLANCE)
    pattern, left = told.season(told.expected(glance), told.calm(first.errors(glance.effect)))
    final = told.regression(pattern, left)
    found = alike(posterior(final, told.common, length, glance.state), totals)

    grid, unit, count = told.grid, told.unit, len(told.channels)
    curves = tuple(_hill(found, c, grid, of, unit) for c, of in enumerate(told.channels))
    members = tuple(_drawn(found, c, grid, of, unit) for c, of in enumerate(told.channels))
    factors = found.heights[:, count:]
    effects = _effects(curves, factors, totals)[told.used]
    coefficients = final.coefficients(told.outcome - effects / unit) * unit
    coefficients[0] += told.level
    return Mix(
        curves=curves,
        members=members,
        factors=factors,
        coefficients=coefficients,
        pattern=pattern,
        controls=told.controls,
        error=float(np.sqrt(found.error)) * unit,
        against=found.against[:count],
        borrowed=found.borrowed[:count],
        apart=final.apart(_courses(totals)[told.used])[:count],
    )


def predict_mix(mix: Mix, totals: Totals) -> Floats:
    """(P,) mean outcome; neither the outcome nor the weights in ``totals`` are looked at."""
    controls = replace(mix.controls, values=totals.controls)
    base = baseline(totals.years, mix.pattern, controls)
    return np.asarray(base.columns @ mix.coefficients + _effects(mix.curves, mix.factors, totals))


class MixRegressor(RegressorMixin, BaseEstimator):
    """A marketing-mix model as a scikit-learn regressor.

    ``X`` has the spend of ``channels`` channels, 0 or more (None: every column is one), then the
    controls, and ``y`` is the outcome, row by row in order of time without gaps: carry-over, trend
    and season make the order matter. ``predict`` takes its first row for the first row of the fit.
    A row with ``sample_weight`` 0 counts for carry-over only. After ``fit``, ``mix_`` holds the
    model.
    """

    def __init__(
        self,
        channels: int | None = None,
        most_carryover: float = 0.9,
        warm_up: int = 13,
        per_year: float = 365.25 / 7,
    ) -> None:
        self.channels = channels
        self.most_carryover = most_carryover
        self.warm_up = warm_up
        self.per_year = per_year

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the model; raises ValueError for negative spend, or weights that are no weights."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        weight = weights_of(sample_weight, len(X))
        self.mix_ = fit_mix(self._totals(X, np.asarray(y, dtype=float), weight))
        return self

    def predict(self, X: Any) -> Floats:
        """(P,) mean outcome of a course of spend and controls."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return predict_mix(self.mix_, self._totals(X, np.zeros(len(X)), np.ones(len(X))))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = self.channels is None
        # Rows that are no course of time, as in scikit-learn's checks, have no trend nor season.
        tags.regressor_tags.poor_score = True
        return tags

    def _totals(self, X: Floats, y: Floats, weight: Floats) -> Totals:
        channels = X.shape[1] if self.channels is None else self.channels
        if np.any(X[:, :channels] < 0):
            raise ValueError("Negative values in data passed to MixRegressor: spend is >= 0")
        rhythm = Rhythm(self.most_carryover, self.warm_up)
        return Totals(X[:, :channels], X[:, channels:], y, weight, rhythm, self.per_year)


def _courses(totals: Totals) -> Floats:
    """(P, C + F) adstocked spend of all channels, then the known courses, of deviation 1."""
    carryover = totals.rhythm.most / 3
    adstocked = adstock(totals.spend, carryover, totals.rhythm.warm_up)
    courses = np.column_stack([adstocked, *(known.response for known in totals.courses)])
    spreads = courses[totals.weight > 0].std(axis=0)
    return np.asarray(courses / np.where(spreads > 0, spreads, 1.0))


def _hill(found: Posterior, c: int, grid: Floats, channel: Channel, unit: float) -> Hill:
    """The Hill curve nearest to a channel's mean curve, at spend kept up."""
    tops = found.weights[c] * channel.tops * unit
    return shapes.nearest(grid, tops, found.likely[c], channel.usual)


def _drawn(
    found: Posterior, c: int, grid: Floats, channel: Channel, unit: float
) -> tuple[Hill, ...]:
    """The draws of a channel's curve."""
    return tuple(
        shapes.hill(float(height * channel.tops[k] * unit), grid[:, k], channel.usual)
        for k, height in zip(found.drawn[:, c], found.heights[:, c], strict=True)
    )


def _effects(curves: tuple[Hill, ...], factors: Floats, totals: Totals) -> Floats:
    """(P,) what all channels bring together, known courses times their mean factors (M, F)."""
    effects = np.zeros(len(totals.spend))
    for curve, spend in zip(curves, totals.spend.T, strict=True):
        effects += curve.course(spend, totals.rhythm)
    for known, factor in zip(totals.courses, factors.mean(axis=0), strict=True):
        effects += factor * known.response
    return effects
