r"""Curves from results attributed to a channel: without its spend there is none of them.

    result[p] = top * hill(s[p]; half, slope) + noise,    s the adstocked spend

All shapes that the results allow are sampled (`models.sampling`), the top solved in closed form
throughout (variable projection), and so is the noise's level:

    -2 log density = (n - 1) ln(squared errors of the best top) + penalty of the prior

with n the number of periods, fewer where errors persist from one to the next. What a planner gets
is the Hill curve nearest to the mean of all of these curves, and draws of them. What a single
period is worth is `models.noise`'s subject.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models import evidence, noise
from models import shape as shapes
from models.curve import MEMBERS
from models.sampling import Sample, sample
from models.saturation import Floats
from models.shape import WEAK, Hill, Prior, Rhythm
from models.weights import weights_of

# Shape and top: what a curve takes from the data.
PARAMETERS = 4
# A fit without error would make any prior worthless and the scale of errors 0.
_LEAST_ERROR = 1e-4
# How often shape and worth of the periods are found, each from the other.
_LOOKS = 3


@dataclass(frozen=True)
class Fitted:
    """A channel's curve, draws of what it may be instead, and the worth (P,) of its periods."""

    curve: Hill
    members: tuple[Hill, ...]
    worth: Floats


def fit_attributed(
    spend: Floats,
    result: Floats,
    weight: Floats,
    rhythm: Rhythm,
    prior: Prior = WEAK,
    seed: int = 0,
) -> Fitted:
    """The curve of one channel from spend and result (P,), in order of time.

    Periods with ``weight`` 0 count for carry-over only. Without any result, or spend, the top is 0.
    """
    used = weight > 0
    plain = weight[used] / weight[used].mean()
    grid = shapes.grid(rhythm, prior.carryover)
    usual, spare = shapes.usual(spend, weight), max(len(plain) - 1.0, 1.0)
    channel = _Channel(spend, used, result[used], usual, rhythm, prior, plain, plain, spare)
    for _ in range(_LOOKS):
        channel = channel.judged(*channel.best(grid))
    random = np.random.default_rng(seed)
    found = channel.sample(grid, random)
    worth = np.zeros(len(spend))
    worth[used] = channel.weight
    return Fitted(channel.mean_curve(found), channel.members(found, random), worth)


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
        y = np.asarray(y, dtype=float)
        self.curve_ = fit_attributed(spend, y, weight, self._rhythm()).curve
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


@dataclass(frozen=True)
class _Channel:
    """The regression of one channel on its N periods that count.

    ``counted`` (N,) are their weights as given, ``weight`` (N,) their inverse variances, relative.
    Once errors were seen: ``error`` is their variance, ``lasting`` how many periods are worth one
    observation, since errors persist, ``spare`` how many observations are left to tell the noise
    by, and ``sway`` (N,) how unsure means are by what stood before the history.
    """

    spend: Floats
    used: NDArray[np.bool_]
    y: Floats
    usual: float
    rhythm: Rhythm
    prior: Prior
    counted: Floats
    weight: Floats
    spare: float
    sway: Floats | None = None
    lasting: float = 1.0
    error: float | None = None

    def best(self, grid: Floats) -> tuple[Floats, float]:
        """The likeliest shape (3,) of a grid (3, K), and its top."""
        tops, squares, _ = self._heights(grid, self._shares(grid))
        k = int(np.argmax(self._log_density(grid, squares)))
        return grid[:, k], float(tops[k])

    def judged(self, shape: Floats, top: float) -> "_Channel":
        """The same with periods weighted by the errors around this curve, and what errors tell."""
        mean = top * self._shares(shape[:, None])[:, 0]
        worth = noise.worth(self.y, mean, self.counted)
        errors = np.sqrt(worth) * (self.y - mean)
        r = evidence.persistence(errors)
        telling = float(noise.telling(self.y, mean).sum())
        squares = max(float(errors @ errors), self._least_squares(worth))
        error = squares / max(telling - PARAMETERS, 1.0)
        return replace(
            self,
            weight=worth,
            sway=top * shapes.sway(self.spend, shape, self.usual, self.rhythm)[self.used],
            lasting=(1 + r) / (1 - r),
            spare=max(telling * (1 - r) / (1 + r) - 1, 1.0),
            error=error,
        )

    def sample(self, grid: Floats, random: np.random.Generator) -> Sample:
        """Sample the shapes' posterior, as points (carryover, ln reach, ln slope)."""
        free = [0, 1, 2] if self.prior.carryover is None else [1, 2]
        low, high = shapes.bounds(self.rhythm)

        def log_density(points: Floats) -> Floats:
            candidates = self._candidates(points)
            _, squares, _ = self._heights(candidates, self._shares(candidates))
            return self._log_density(candidates, squares)

        start = shapes.points(grid)[free]
        return sample(log_density, start, (low[free], high[free]), random)

    def mean_curve(self, found: Sample) -> Hill:
        """The Hill curve nearest to the mean of all curves, at spend kept up."""
        candidates = self._candidates(found.points)
        tops = self._heights(candidates, self._shares(candidates))[0]
        return shapes.nearest(candidates, tops * found.weights, found.weights, self.usual)

    def members(self, found: Sample, random: np.random.Generator) -> tuple[Hill, ...]:
        """Draws of the curve, noise and top drawn with the shape."""
        drawn = self._candidates(found.points[:, found.draw(MEMBERS, random)])
        tops, squares, power = self._heights(drawn, self._shares(drawn))
        error = squares / random.chisquare(self.spare, MEMBERS)
        spread = np.sqrt(np.divide(error, power, out=np.zeros_like(error), where=power > 0))
        tops = np.maximum(tops + spread * random.normal(size=MEMBERS), 0.0)
        return tuple(
            shapes.hill(top, shape, self.usual)
            for top, shape in zip(tops.tolist(), drawn.T, strict=True)
        )

    def _candidates(self, points: Floats) -> Floats:
        """Shapes (3, K) at points (2 or 3, K)."""
        if self.prior.carryover is not None:
            points = np.vstack([np.full(points.shape[1], self.prior.carryover), points])
        return shapes.at(points)

    def _shares(self, candidates: Floats) -> Floats:
        shares = shapes.shares_of_top(self.spend, candidates, self.usual, self.rhythm)
        return np.asarray(shares[self.used])

    def _heights(self, candidates: Floats, shares: Floats) -> tuple[Floats, Floats, Floats]:
        """The best tops >= 0 (K,), their weighted squared errors, and the columns' squares."""
        across, power = (self.weight * self.y) @ shares, self.weight @ shares**2
        whole = float(self.weight @ self.y**2)
        if self.prior.level is not None and self.error is not None:
            # What is believed of the response to the usual spend is one more row.
            mean, spread = self.prior.level
            share, worth = shapes.share_of_usual(candidates), self.error * self.lasting / spread**2
            across, power = across + worth * mean * share, power + worth * share**2
            whole += worth * mean**2
        if self.sway is not None and self.error is not None:
            # What stood before the history is a guess, and the first results are unsure by it.
            swayed, own = (self.weight * self.sway) @ shares, (self.weight * self.sway) @ self.y
            unsure = self.error + float(self.weight @ self.sway**2)
            across, power = across - own * swayed / unsure, power - swayed**2 / unsure
            whole -= float(own) ** 2 / unsure
        tops = np.maximum(np.divide(across, power, out=np.zeros_like(across), where=power > 0), 0.0)
        squares = whole - 2 * tops * across + tops**2 * power
        return tops, np.maximum(squares, self._least_squares(self.weight)), power

    def _least_squares(self, weight: Floats) -> float:
        return _LEAST_ERROR**2 * float(weight @ self.y**2) or 1.0

    def _log_density(self, candidates: Floats, squares: Floats) -> Floats:
        penalty = shapes.penalty(candidates, self.rhythm, self.prior)
        return np.asarray(-(self.spare * np.log(squares) + penalty) / 2)
