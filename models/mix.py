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
from numpy.typing import NDArray
from scipy.optimize import least_squares
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import shape as shapes
from models.baseline import Baseline, Controls, Pattern, baseline
from models.carryover import adstock
from models.common import MIDDLE, Common, Noise, Returns, Shapes
from models.outliers import calming
from models.posterior import FULL, GLANCE, Length, Posterior, posterior
from models.regression import Candidates, Regression, Tested
from models.saturation import Floats, Form, response
from models.season import Evidence, evidence, patterns
from models.shape import Hill, Rhythm
from models.totals import Totals
from models.weights import weights_of

# Spends, as multiples of the usual one, at which a Hill curve is laid through the mean curve.
_LEVELS = np.geomspace(0.1, 3.0, 25)


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
    told = _Told.of(totals)
    # Season and drift are chosen beside courses as they are believed to be beforehand, and anew
    # beside those that a first glance finds, so that a slow effect is not taken for drift.
    pattern, left = told.season(told.believed(), told.weight)
    pattern, left = told.season(told.believed(), told.calm(left.errors))
    first = told.regression(pattern, left)
    glance = posterior(first, told.common, GLANCE)
    pattern, left = told.season(told.expected(glance), told.calm(first.errors(glance.effect)))
    final = told.regression(pattern, left)
    found = posterior(final, told.common, length)

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
class _Told:
    """Totals made ready: the outcome (N,) of the periods that count less ``level``, in ``unit``s.

    The unit is its standard deviation. ``candidates`` are those of the channels, in their order,
    then the known courses.
    """

    totals: Totals
    used: NDArray[np.bool_]
    level: float
    unit: float
    outcome: Floats
    weight: Floats
    grid: Floats
    channels: tuple[_Channel, ...]
    candidates: tuple[Candidates, ...]
    tested: Tested
    controls: Controls
    common: Common
    gross: float

    @classmethod
    def of(cls, totals: Totals) -> "_Told":
        used, grid = totals.weight > 0, shapes.grid(totals.rhythm)
        level = float(np.average(totals.outcome[used], weights=totals.weight[used]))
        unit = float(totals.outcome[used].std()) or 1.0
        gross = _gross(totals, abs(level) / unit)
        channels = tuple(_Channel.of(spend, totals, grid) for spend in totals.spend.T)
        return cls(
            totals=totals,
            used=used,
            level=level,
            unit=unit,
            outcome=(totals.outcome[used] - level) / unit,
            weight=totals.weight[used],
            grid=grid,
            channels=channels,
            candidates=_candidates(totals, channels, grid, unit),
            tested=_tested(totals, unit),
            controls=Controls.of(totals.controls, totals.weight),
            common=Common(
                Noise.of(abs(level) / unit), Returns.of(gross), Shapes.of(grid, totals.rhythm)
            ),
            gross=gross,
        )

    def believed(self) -> Floats:
        """(N, C) the likeliest course of every channel beforehand, per unit of height."""
        middle = int(np.argmin(shapes.penalty(self.grid, self.totals.rhythm)))
        found = [of.columns[:, 0 if of.height else middle] for of in self.candidates]
        return np.stack(found, axis=1)

    def expected(self, found: Posterior) -> Floats:
        """(N, C) the mean course of every channel, per unit of height."""
        pairs = zip(self.candidates, found.likely, strict=True)
        return np.stack([of.columns @ likely for of, likely in pairs], axis=1)

    def calm(self, errors: Floats) -> Floats:
        """(N,) weights of the periods, less where errors (N,) lie far out."""
        return self.weight * calming(errors * np.sqrt(self.weight / self.weight.mean()))

    def season(self, media: Floats, weight: Floats) -> tuple[Pattern, Evidence]:
        """The pattern that the data support best beside courses of the channels (N, C)."""
        usual = (MIDDLE * self.gross, MIDDLE * self.gross)
        heights = np.array([of.height or usual for of in self.candidates])
        left = self.outcome - media @ heights[:, 0]
        years, per_year = self.totals.years, self.totals.per_year
        tried = []
        for pattern in patterns(float(years[-1]), per_year):
            base = baseline(years, pattern, self.controls)
            columns = np.hstack([base.columns[self.used], media])
            both = Baseline(columns, np.append(base.precision, heights[:, 1] ** -2.0))
            tried.append((pattern, evidence(both, left, weight, self.common.noise)))
        return max(tried, key=lambda of: of[1].log_density)

    def regression(self, pattern: Pattern, left: Evidence) -> Regression:
        """Everything against the outcome, the periods weighted by what that pattern left."""
        base = baseline(self.totals.years, pattern, self.controls)
        rows = Baseline(base.columns[self.used], base.precision)
        weight = self.calm(left.errors)
        return Regression(self.candidates, self.tested, rows, self.outcome, weight, left.error)


def _gross(totals: Totals, level: float) -> float:
    """Mean outcome, given in its standard deviations, per unit of all spend; 1 without spend.

    A return on an outcome whose mean is about 0 means nothing; its deviation then takes its place.
    """
    used = totals.weight > 0
    money = float(totals.spend[used].sum()) / int(used.sum())
    return max(level, 1.0) / money if money > 0 else 1.0


def _candidates(
    totals: Totals, channels: tuple[_Channel, ...], grid: Floats, unit: float
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


def _courses(totals: Totals) -> Floats:
    """(P, C + F) adstocked spend of all channels, then the known courses, of deviation 1."""
    carryover = totals.rhythm.most / 3
    adstocked = adstock(totals.spend, carryover, totals.rhythm.warm_up)
    courses = np.column_stack([adstocked, *(known.response for known in totals.courses)])
    spreads = courses[totals.weight > 0].std(axis=0)
    return np.asarray(courses / np.where(spreads > 0, spreads, 1.0))


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
