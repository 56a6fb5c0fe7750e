r"""Sampling a density of a few dimensions: importance sampling that adapts to what it finds.

Points are drawn from Student's t around the weighted mean of the points before, as wide as those
are, and weighted by density over the chance to be drawn. As long as too few of them would count,
a power of the density takes its place, which is flatter: so a narrow peak is approached from afar
(Cappe et al. 2004, population Monte Carlo; Neal 2001, annealing).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats

Density = Callable[[Floats], Floats]

_EACH, _LAST, _MOST_ROUNDS = 256, 768, 20
# Fewer effective points than this say too little of how wide the density is.
_LEAST = 24.0
_FLATTER, _FLATTEST = 0.7, 1e-9
# Degrees of freedom of the draws: their tails must be heavier than the density's.
_DEGREES = 5


@dataclass(frozen=True)
class Sample:
    """Points (D, N) and their weights (N,), which sum to 1."""

    points: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """How many independent draws the points are worth."""
        return float(1 / (self.weights @ self.weights))

    @property
    def mean(self) -> Floats:
        """(D,)."""
        return np.asarray(self.points @ self.weights)

    @property
    def covariance(self) -> Floats:
        """(D, D)."""
        away = self.points - self.mean[:, None]
        return np.asarray((away * self.weights) @ away.T)

    def draw(self, number: int, random: np.random.Generator) -> NDArray[np.intp]:
        """Positions of equally likely draws, in random order (systematic resampling)."""
        marks = (np.arange(number) + random.random()) / number
        drawn = np.searchsorted(np.cumsum(self.weights), marks)
        return random.permutation(np.minimum(drawn, len(self.weights) - 1))


def sample(
    log_density: Density,
    start: Floats,
    bounds: tuple[Floats, Floats],
    random: np.random.Generator,
) -> Sample:
    """Sample ``log_density``, which takes points (D, N), within ``bounds`` (D,) and (D,).

    ``start`` (D, K) are points all over the bounds.
    """
    found, _ = _sharpest(start, log_density(start))
    # A grid's best points say nothing of what lies between them.
    cell = (bounds[1] - bounds[0]) / (2 * start.shape[1] ** (1 / len(start)))
    covariance = found.covariance + np.diag(cell**2)
    for _ in range(_MOST_ROUNDS):
        points, chance = _around(found.mean, covariance, _EACH, bounds, random)
        found, power = _sharpest(points, log_density(points) - chance)
        covariance = found.covariance
        if power == 1:
            break
    points, chance = _around(found.mean, covariance, _LAST, bounds, random)
    return _weighted(points, log_density(points) - chance)


def _around(
    mean: Floats,
    covariance: Floats,
    number: int,
    bounds: tuple[Floats, Floats],
    random: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Points (D, at most ``number``) of Student's t within bounds, and the logs of their chance."""
    low, high = bounds
    normal = random.normal(size=(len(mean), number))
    away = normal * np.sqrt(_DEGREES / random.chisquare(_DEGREES, number))
    least = np.diag((1e-9 * (high - low)) ** 2)
    points = mean[:, None] + np.linalg.cholesky(covariance + least) @ away
    inside = np.all((points >= low[:, None]) & (points <= high[:, None]), axis=0)
    chance = -(_DEGREES + len(mean)) / 2 * np.log1p((away**2).sum(axis=0) / _DEGREES)
    return points[:, inside], chance[inside]


def _sharpest(points: Floats, worth: Floats) -> tuple[Sample, float]:
    """Weights by the highest power up to 1 that leaves enough effective points, and the power."""
    power = 1.0
    found = _weighted(points, worth)
    while found.effective < _LEAST and power > _FLATTEST:
        power *= _FLATTER
        found = _weighted(points, power * worth)
    return found, power


def _weighted(points: Floats, worth: Floats) -> Sample:
    weights = np.exp(worth - worth.max())
    return Sample(points, weights / weights.sum())
