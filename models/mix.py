r"""Mix modelling: the effects of all channels, found together in the total outcome.

    outcome[p] = baseline[p] + sum over channels c of top_c * hill(s_c[p]) + noise,    top_c >= 0

For given shapes the heights and the baseline are linear, so that only shapes are searched, on a
grid, all channels in one regression. What comes out per channel is the Hill curve nearest to the
mean of all curves that the data allow (`models.posterior`). Priors: `models.shape` for shapes,
`models.baseline` for the baseline, and for heights a half-normal one on the channel's share of the
outcome, of standard deviation ``0.3 * sqrt(share of spend / channels)``: media seldom make half of
revenue, and where the data cannot tell, money is a better guess than nothing.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from scipy.optimize import least_squares
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import shape as shapes
from models.baseline import Baseline, Controls, baseline, most_harmonics
from models.carryover import adstock
from models.posterior import Posterior, posterior
from models.regression import Candidates, Regression
from models.saturation import Floats, Form, response
from models.shape import Hill, Rhythm
from models.weights import weights_of

_MEDIA = 0.3
# Spends, as multiples of the usual one, at which a Hill curve is laid through the mean curve.
_LEVELS = np.geomspace(0.1, 3.0, 25)


@dataclass(frozen=True)
class Totals:
    """What is regressed: P periods in order of time, C channels, K controls.

    ``spend`` (P, C) money, ``controls`` (P, K), ``outcome`` (P,), ``weight`` (P,), 0 for a period
    that counts for carry-over only, ``per_year`` the periods of a year.
    """

    spend: Floats
    controls: Floats
    outcome: Floats
    weight: Floats
    rhythm: Rhythm
    per_year: float

    @property
    def years(self) -> Floats:
        """(P,) time since the first period."""
        return np.arange(len(self.spend)) / self.per_year


@dataclass(frozen=True)
class Mix:
    """A fitted model: curves (C,), baseline coefficients (Q,) in units of the outcome.

    ``against`` (C,) are the odds of the data against the channel's having any effect, ``apart``
    (C,) the part of each channel's course that neither the baseline nor the other channels follow:
    near 0 its effect cannot be told from theirs.
    """

    curves: tuple[Hill, ...]
    coefficients: Floats
    harmonics: int
    span: float
    controls: Controls
    against: Floats
    apart: Floats


def fit_mix(totals: Totals) -> Mix:
    """Fit all curves and the baseline to at least one channel and one period that counts."""
    used = totals.weight > 0
    level = float(np.average(totals.outcome[used], weights=totals.weight[used]))
    spread = float(totals.outcome[used].std()) or 1.0
    standard = replace(totals, outcome=(totals.outcome - level) / spread)
    usual = [shapes.usual(spend, totals.weight) for spend in totals.spend.T]
    candidates = _candidates(standard, usual, abs(level) / spread)
    controls = Controls.of(totals.controls, totals.weight)
    harmonics, error, apart = _season(standard, candidates, controls)
    for _ in range(2):
        # The first error is that of a model in which every shape is the prior's middle.
        regression = _regression(standard, candidates, controls, harmonics, error)
        found = posterior(regression)
        error = regression.variance(found.squares, found.errors)
    curves = tuple(
        _hill(found, c, candidates.shapes, typical, spread) for c, typical in enumerate(usual)
    )
    effects = _effects(curves, totals)[used]
    coefficients = regression.coefficients(standard.outcome[used] - effects / spread) * spread
    coefficients[0] += level
    return Mix(curves, coefficients, harmonics, _span(totals), controls, found.against, apart)


def predict_mix(mix: Mix, totals: Totals) -> Floats:
    """(P,) mean outcome; neither the outcome nor the weights in ``totals`` are looked at."""
    controls = replace(mix.controls, values=totals.controls)
    base = baseline(totals.years, mix.span, mix.harmonics, controls)
    return np.asarray(base.columns @ mix.coefficients + _effects(mix.curves, totals))


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


def _candidates(totals: Totals, usual: list[float], level: float) -> Candidates:
    """All shapes of all channels; ``level`` is the mean outcome in its standard deviations."""
    grid = shapes.grid(totals.rhythm)
    used = totals.weight > 0
    columns = np.stack(
        [
            shapes.shares_of_top(spend, grid, typical, totals.rhythm)[used]
            for spend, typical in zip(totals.spend.T, usual, strict=True)
        ]
    )
    money = totals.spend[used].sum(axis=0)
    share = money / money.sum() if money.sum() > 0 else np.ones_like(money)
    # A share of an outcome whose mean is about 0 means nothing; its spread then takes its place.
    spread = _MEDIA * np.sqrt(np.maximum(share, 1e-3) / len(money)) * max(level, 1.0)
    return Candidates(
        grid,
        shapes.penalty(grid, totals.rhythm),
        columns,
        # A channel without spend in the periods that count has columns of 0.
        np.maximum(columns.mean(axis=1), 1e-3) / spread[:, None],
    )


def _season(
    totals: Totals, candidates: Candidates, controls: Controls
) -> tuple[int, float, Floats]:
    """As many harmonics as the data support, the error with them, and how far channels are apart.

    Shapes are at the middle of the prior.
    """
    middle = candidates.only(int(np.argmin(candidates.penalty)))
    tried = []
    most = most_harmonics(len(totals.spend) / totals.per_year, totals.per_year)
    for harmonics in range(most + 1):
        error = 0.5  # half of the outcome's variance, until measured
        for _ in range(2):
            regression = _regression(totals, middle, controls, harmonics, error)
            errors = regression.best_errors()
            error = regression.variance(float(errors @ errors), errors)
        tried.append((regression.criterion(errors), harmonics, error, regression))
    _, harmonics, error, regression = min(tried, key=lambda of: of[:2])
    carryover = middle.shapes[0, 0]
    courses = adstock(totals.spend, carryover, totals.rhythm.warm_up)[totals.weight > 0]
    spreads = courses.std(axis=0)
    return harmonics, error, regression.apart(courses / np.where(spreads > 0, spreads, 1.0))


def _regression(
    totals: Totals, candidates: Candidates, controls: Controls, harmonics: int, error: float
) -> Regression:
    used = totals.weight > 0
    base = baseline(totals.years, _span(totals), harmonics, controls)
    return Regression(
        candidates,
        Baseline(base.columns[used], base.precision),
        totals.outcome[used],
        totals.weight[used],
        error,
    )


def _hill(found: Posterior, c: int, grid: Floats, usual: float, spread: float) -> Hill:
    """The Hill curve nearest to a channel's mean curve, at spend kept up."""
    _, reach, slope = grid
    levels = _LEVELS[:, None]
    mean = response(Form.HILL, levels, 1.0, reach, slope) @ found.weights[c]
    scale = float(mean.mean()) or 1.0

    def height(point: Floats) -> tuple[float, Floats]:
        share = response(Form.HILL, _LEVELS, 1.0, np.exp(point[0]), np.exp(point[1]))
        return float(share @ mean / (share @ share)), share

    def residuals(point: Floats) -> Floats:
        top, share = height(point)
        return np.asarray((top * share - mean) / scale)

    low, high = np.log([shapes.REACH, shapes.SLOPE]).T
    nearest = least_squares(residuals, np.zeros(2), bounds=(low, high))
    shape = np.array([found.carryover[c], *np.exp(nearest.x)])
    return shapes.hill(height(nearest.x)[0] * spread, shape, usual)


def _effects(curves: tuple[Hill, ...], totals: Totals) -> Floats:
    """(P,) what all channels bring together."""
    effects = [
        curve.course(spend, totals.rhythm)
        for curve, spend in zip(curves, totals.spend.T, strict=True)
    ]
    return np.asarray(np.sum(effects, axis=0))


def _span(totals: Totals) -> float:
    """Years from the first period to the last."""
    return float(totals.years[-1])
