r"""Curves from results attributed to a channel: without its spend there is none of them.

    result[p] = top * hill(s[p]; half, slope) + noise,    s the adstocked spend

The shape is the most probable one under the weak priors of `models.shape`: a grid over all of
them, then a local search from the best, the top solved in closed form throughout (variable
projection). Noise is taken to grow with the square root of the result, half way between noise that
is the same everywhere and noise in per cent; the weights for it come from a first fit without.
"""

from typing import Any, Self

import numpy as np
from scipy.optimize import least_squares
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import shape as shapes
from models.saturation import Floats
from models.shape import Hill, Rhythm
from models.weights import weights_of

# Shape and top: what a curve takes from the data.
PARAMETERS = 4
# A fit without error would make any prior worthless and the scale of errors 0.
_LEAST_ERROR = 1e-4
# Periods of hardly any result count no more than those of this share of the mean.
_LEAST_MEAN = 0.1


def fit_attributed(spend: Floats, result: Floats, weight: Floats, rhythm: Rhythm) -> Hill:
    """The curve of one channel from spend and result (P,), in order of time.

    Periods with ``weight`` 0 count for carry-over only. Without any result, or spend, the top is 0.
    """
    used = weight > 0
    typical = shapes.usual(spend, weight)
    y, plain = result[used], weight[used] / weight[used].mean()

    def shares_of(candidates: Floats) -> Floats:
        return shapes.shares_of_top(spend, candidates, typical, rhythm)[used]

    grid = shapes.grid(rhythm)
    shares, penalty = shares_of(grid), shapes.penalty(grid, rhythm)
    k = _likeliest(shares, y, plain, penalty)[0]
    steady = plain * _noise_weight(_heights(shares[:, [k]], y, plain)[0] * shares[:, k])
    k, error = _likeliest(shares, y, steady, penalty)

    def residuals(point: Floats) -> Floats:
        shape = _shape(point)
        share = shares_of(shape[:, None])
        misfit = y - share[:, 0] * _heights(share, y, steady)[0]
        return np.concatenate(
            [np.sqrt(steady / error) * misfit, shapes.prior_residuals(shape, rhythm)]
        )

    low = np.array([0.0, *np.log([shapes.REACH[0], shapes.SLOPE[0]])])
    high = np.array([rhythm.most, *np.log([shapes.REACH[1], shapes.SLOPE[1]])])
    start = np.array([grid[0, k], *np.log(grid[1:, k])])
    inside = np.clip(start, low + 1e-6, high - 1e-6)
    shape = _shape(least_squares(residuals, inside, bounds=(low, high), xtol=1e-6).x)
    top = float(_heights(shares_of(shape[:, None]), y, steady)[0][0])
    return shapes.hill(top, shape, typical)


def _noise_weight(mean: Floats) -> Floats:
    """Inverse variance (N,) of noise around mean results (N,), relative."""
    level = float(mean.mean())
    if level <= 0:
        return np.ones_like(mean)
    return np.asarray(level / np.maximum(mean, _LEAST_MEAN * level))


class AttributedCurve(RegressorMixin, BaseEstimator):
    """One channel's response curve as a scikit-learn regressor.

    ``X`` is its spend, (P, 1), or in several columns (regions, campaigns) that are added up, 0 or
    more; ``y`` are the results attributed to it, row by row in order of time without gaps:
    carry-over makes the order matter. A row with ``sample_weight`` 0 counts for carry-over only.
    After ``fit``, ``curve_`` holds the parameters.
    """

    def __init__(self, most_carryover: float = 0.9, warm_up: int = 13) -> None:
        self.most_carryover = most_carryover
        self.warm_up = warm_up

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the curve; raises ValueError for negative spend, or weights that are no weights."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        spend = self._spend(X)
        weight = weights_of(sample_weight, len(X))
        self.curve_ = fit_attributed(spend, np.asarray(y, dtype=float), weight, self._rhythm())
        return self

    def predict(self, X: Any) -> Floats:
        """(P,) mean results of a course of spend that begins anew."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.curve_.course(self._spend(X), self._rhythm())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        # Rows that are no course of time, as in scikit-learn's checks, have no carry-over to find.
        tags.regressor_tags.poor_score = True
        return tags

    def _rhythm(self) -> Rhythm:
        return Rhythm(self.most_carryover, self.warm_up)

    def _spend(self, X: Floats) -> Floats:
        if np.any(X < 0):
            raise ValueError("Negative values in data passed to AttributedCurve: spend is >= 0")
        return np.asarray(X.sum(axis=1))


def _heights(shares: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The best tops >= 0 of candidates (P, K), and their weighted sums of squared errors."""
    across = (weight * y) @ shares
    power = weight @ shares**2
    tops = np.maximum(np.divide(across, power, out=np.zeros_like(across), where=power > 0), 0.0)
    return tops, np.asarray(weight @ y**2 - 2 * tops * across + tops**2 * power)


def _likeliest(shares: Floats, y: Floats, weight: Floats, penalty: Floats) -> tuple[int, float]:
    """The candidate (P, K) of the highest posterior density, and the noise's variance."""
    squares = _heights(shares, y, weight)[1]
    noise = max(float(squares.min()), 0.0) / max(len(y) - PARAMETERS, 1)
    error = max(noise, _LEAST_ERROR**2 * float(weight @ y**2) / len(y)) or 1.0
    return int(np.argmin(squares / error + penalty)), error


def _shape(point: Floats) -> Floats:
    return np.array([point[0], np.exp(point[1]), np.exp(point[2])])
