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
from scipy.optimize import least_squares
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import season
from models import shape as shapes
from models.baseline import Baseline, Controls, Pattern, baseline
from models.common import MIDDLE, Returns, Shapes
from models.outliers import calming
from models.posterior import FULL, GLANCE, Length, Posterior, posterior
from models.regression import Candidates, Regression, Tested
from models.saturation import Floats, Form, response
from models.shape import Hill, Rhythm
from models.totals import Totals
from models.weights import weights_of

# Spends, as multiples of the usual one, at which a Hill curve is laid through the mean curve.
_LEVELS = np.geomspace(0.1, 3.0, 25)


@dataclass(frozen=True)
class _Channel:
    """The grid's shapes for one channel of ``usual`` spend.

    ``shares`` (N, K) of the top in the periods that count, and ``tops`` (K,), in units of the
    outcome per unit of return: with them a unit of spend has brought one.
    """

    usual: float
    shares: Floats
    tops: Floats

    @classmethod
    def of(cls, spend: Floats, totals: Totals, grid: Floats) -> "_Channel":
        used, usual = totals.weight > 0, shapes.usual(spend, totals.weight)
        shares = shapes.shares_of_top(spend, grid, usual, totals.rhythm)[used]
        # A channel without spend in the periods that count has shares of 0.
        money = float(spend[used].mean()) or usual
        return cls(usual, shares, money / np.maximum(shares.mean(axis=0), 1e-3))


@dataclass(frozen=True)
class Mix:
    """A fitted model: curves (C,), baseline coefficients (Q,) in units of the outcome.

    ``members`` are M joint draws: of every channel's curve (C, M), and ``factors`` (M, F) of the
    known courses. ``pattern`` and ``controls`` are what the baseline is made of, and ``error`` is
    the standard deviation of the noise. ``against`` (C,) are the odds of the data against the
    channel's having any effect, ``apart`` (C,) the part of each channel's course that neither the
    baseline nor the other channels follow: near 0 its effect cannot be told from theirs.
    """

    curves: tuple[Hill, ...]
    members: tuple[tuple[Hill, ...], ...]
    factors: Floats
    coefficients: Floats
    pattern: Pattern
    controls: Controls
    error: float
    against: Floats
    apart: Floats


def fit_mix(totals: Totals, length: Length = FULL) -> Mix:
    """Fit all curves and the baseline to at least one channel and one period that counts."""
    used = totals.weight > 0
    level = float(np.average(totals.outcome[used], weights=totals.weight[used]))
    unit = float(totals.outcome[used].std()) or 1.0
    outcome, weight = (totals.outcome[used] - level) / unit, totals.weight[used]
    grid = shapes.grid(totals.rhythm)
    channels = [_Channel.of(spend, totals, grid) for spend in totals.spend.T]
    candidates = _candidates(totals, channels, grid, unit)
    tested = _tested(totals, unit)
    controls = Controls.of(totals.controls, totals.weight)
    gross = _gross(totals, abs(level) / unit)
    pattern, error, errors = _season(totals, candidates, controls, outcome, weight, gross)

    def regression(errors: Floats, error: float) -> Regression:
        calm = weight * calming(errors * np.sqrt(weight / weight.mean()))
        base = baseline(totals.years, pattern, controls)
        rows = Baseline(base.columns[used], base.precision)
        return Regression(candidates, tested, rows, outcome, calm, error)

    common = Returns.of(gross), Shapes.of(grid, totals.rhythm)
    first = regression(errors, error)
    glance = posterior(first, *common, GLANCE)
    final = regression(first.errors(glance.effect), glance.error)
    found = posterior(final, *common, length)

    count = len(channels)
    curves = tuple(_hill(found, c, grid, of, unit) for c, of in enumerate(channels))
    members = tuple(_drawn(found, c, grid, of, unit) for c, of in enumerate(channels))
    factors = found.heights[:, count:]
    effects = _effects(curves, factors, totals)[used]
    coefficients = final.coefficients(outcome - effects / unit) * unit
    coefficients[0] += level
    return Mix(
        curves=curves,
        members=members,
        factors=factors,
        coefficients=coefficients,
        pattern=pattern,
        controls=controls,
        error=float(np.sqrt(found.error)) * unit,
        against=found.against[:count],
        apart=final.apart(_middle(candidates, grid, totals.rhythm))[:count],
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


def _gross(totals: Totals, level: float) -> float:
    """Mean outcome, given in its standard deviations, per unit of all spend; 1 without spend.

    A return on an outcome whose mean is about 0 means nothing; its deviation then takes its place.
    """
    used = totals.weight > 0
    money = float(totals.spend[used].sum()) / int(used.sum())
    return max(level, 1.0) / money if money > 0 else 1.0


def _candidates(
    totals: Totals, channels: list[_Channel], grid: Floats, unit: float
) -> tuple[Candidates, ...]:
    """All shapes of all channels, then the known courses."""
    used = totals.weight > 0
    tests = sum(len(known.tests) for known in totals.courses) + len(totals.trials)
    out = []
    for c, channel in enumerate(channels):
        expected = np.zeros((tests, grid.shape[1]))
        for row, trial in enumerate(totals.trials):
            if trial.channel == c:
                with_it, without = (
                    shapes.shares_of_top(spend, grid, channel.usual, totals.rhythm).sum(axis=0)
                    for spend in (trial.spend, trial.without)
                )
                expected[row] = (with_it - without) * channel.tops
        out.append(Candidates(channel.shares * channel.tops, expected))
    row = len(totals.trials)
    for known in totals.courses:
        expected = np.zeros((tests, 1))
        for test in known.tests:
            expected[row] = test[0] / unit
            row += 1
        course = known.response[used, None] / unit
        out.append(Candidates(course, expected, (known.mean, known.spread)))
    return tuple(out)


def _tested(totals: Totals, unit: float) -> Tested:
    """What all lift tests measured: those of the channels, then those of the known courses."""
    pairs = [(trial.lift, trial.stderr) for trial in totals.trials]
    pairs += [test[1:] for known in totals.courses for test in known.tests]
    lift, stderr = np.array(pairs).reshape(-1, 2).T / unit
    return Tested(lift, stderr)


def _season(
    totals: Totals,
    candidates: tuple[Candidates, ...],
    controls: Controls,
    outcome: Floats,
    weight: Floats,
    gross: float,
) -> tuple[Pattern, float, Floats]:
    """The pattern that the data support best, with the error and the errors (N,) that it leaves.

    Found twice, so that outliers do not decide.
    """
    used = totals.weight > 0
    media = _middle(candidates, shapes.grid(totals.rhythm), totals.rhythm)
    heights = np.array([of.height or (MIDDLE * gross, MIDDLE * gross) for of in candidates])
    bases = []
    for pattern in season.patterns(float(totals.years[-1]), totals.per_year):
        base = baseline(totals.years, pattern, controls)
        columns = np.hstack([base.columns[used], media])
        precision = np.concatenate([base.precision, heights[:, 1] ** -2.0])
        bases.append((pattern, Baseline(columns, precision)))
    calm, left = weight, outcome - media @ heights[:, 0]
    for _ in range(2):
        tried = [(pattern, season.evidence(base, left, calm)) for pattern, base in bases]
        pattern, best = max(tried, key=lambda of: of[1].log_density)
        calm = weight * calming(best.errors * np.sqrt(weight / weight.mean()))
    return pattern, best.error, best.errors


def _middle(candidates: tuple[Candidates, ...], grid: Floats, rhythm: Rhythm) -> Floats:
    """(N, C) the likeliest course of every channel beforehand."""
    middle = int(np.argmin(shapes.penalty(grid, rhythm)))
    return np.stack([of.columns[:, middle if of.height is None else 0] for of in candidates], 1)


def _hill(found: Posterior, c: int, grid: Floats, channel: _Channel, unit: float) -> Hill:
    """The Hill curve nearest to a channel's mean curve, at spend kept up."""
    _, reach, slope = grid
    levels = _LEVELS[:, None]
    mean = response(Form.HILL, levels, 1.0, reach, slope) @ (found.weights[c] * channel.tops * unit)
    scale = float(mean.mean()) or 1.0

    def height(point: Floats) -> tuple[float, Floats]:
        share = response(Form.HILL, _LEVELS, 1.0, np.exp(point[0]), np.exp(point[1]))
        return float(share @ mean / (share @ share)), share

    def residuals(point: Floats) -> Floats:
        top, share = height(point)
        return np.asarray((top * share - mean) / scale)

    low, high = np.log([shapes.REACH, shapes.SLOPE]).T
    nearest = least_squares(residuals, np.zeros(2), bounds=(low, high))
    shape = np.array([found.likely[c] @ grid[0], *np.exp(nearest.x)])
    return shapes.hill(height(nearest.x)[0], shape, channel.usual)


def _drawn(
    found: Posterior, c: int, grid: Floats, channel: _Channel, unit: float
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
