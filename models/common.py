r"""What channels have in common: beliefs on returns and shapes that are learned from all of them.

A channel of which the data say little is believed to be like the others. So where they say nothing
at all, one unit of money brings the same in every channel, and nothing is worth moving.

*Noise*: its variance is that of ``usual`` noise as if it had been seen in so many periods already;
else a history of hardly more periods than channels would be taken to be free of it.

*Returns* on spend are drawn from one normal distribution, cut off at 0. Its mean is at first
a fifth of all outcome per spend, give or take a factor of two, its spread 0.2 to 2 times the mean.
Where a fifth of all outcome is many times the money spent, as where advertising is small beside
sales, a mean beyond three times the money is believed less and less: the outcome is money as well.
Not so where spend is less than half a per cent of it: then they are hardly of one unit.

*Shapes*: carry-over, relative to the most that is considered, is normal around one of four
middles, close to it or less so, all as likely; ln slope is normal around a middle that is itself
N(0.2, 0.4); ln reach is N(0, 0.7).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

from models.saturation import Floats
from models.shape import REACH, Rhythm

# Of all outcome per spend, and how far that may be off in logarithms: media seldom make half of
# revenue.
MIDDLE, _DOUBT = 0.2, 0.8
# Outcome per money beyond which returns are hard to believe, and how hard, in logarithms.
_MUCH, _UNBELIEVING = 3.0, 0.5
_ONE_UNIT = 200.0
# Of the mean outcome, and within these bounds of the outcome's standard deviation.
_NOISE, _LEAST_NOISE, _MOST_NOISE, _SEEN = 0.03, 1e-3, 0.7, 4
_MEANS = MIDDLE * np.geomspace(0.04, 6.0, 16)
_SPREADS = np.array([0.2, 0.35, 0.6, 1.0, 2.0])
# Returns that stand for all of one normal.
_MARKS = 20
_CARRYOVERS, _CARRYOVER_SPREADS = (0.1, 0.35, 0.6, 0.85), (0.1, 0.3)
_SLOPES, _SLOPE_SPREAD = (-0.1, 0.25, 0.65, 1.1), 0.35
# The candidates: what totals tell of a shape is averaged over, so that these lie close.
_GRID = (
    np.linspace(0.0, 1.0, 9),
    np.geomspace(*REACH, 15),
    np.array([0.5, 0.7, 0.95, 1.3, 1.8, 2.4, 3.2, 4.4]),
)
_STEEPNESS = (0.2, 0.4)
_REACH_SPREAD = 0.7


@dataclass(frozen=True)
class Noise:
    """What is believed of the noise's variance: ``usual``, as if seen in ``_SEEN`` periods."""

    usual: float

    @classmethod
    def of(cls, level: float) -> "Noise":
        """Usual noise for a mean outcome of so many of its standard deviations."""
        return cls(float(np.clip(_NOISE * level, _LEAST_NOISE, _MOST_NOISE)) ** 2)

    def mean(self, squares: float, count: float) -> float:
        """The variance for a sum of squares of so many free periods."""
        return (squares + _SEEN * self.usual) / (max(count, 0.0) + _SEEN)

    def draw(self, squares: Floats, count: int, random: np.random.Generator) -> Floats:
        """(B,) draws of the variance for sums of squares (B,) of so many free periods."""
        gamma = random.standard_gamma((count + _SEEN) / 2, squares.shape)
        return np.asarray((squares + _SEEN * self.usual) / (2 * gamma))

    def log_prior(self, error: float) -> float:
        """Log density of the logarithm of a variance, up to a constant (inverse gamma)."""
        return -0.5 * _SEEN * (float(np.log(error)) + self.usual / error)


def pick(log_mass: Floats, random: np.random.Generator) -> tuple[NDArray[np.intp], Floats]:
    """One position per row of log masses (B, K), each as likely as its mass; and the probabilities.

    Shapes (B,) and (B, K).
    """
    mass = np.exp(log_mass - log_mass.max(axis=1, keepdims=True))
    below = np.cumsum(mass, axis=1)
    mark = random.random((len(mass), 1)) * below[:, -1:]
    picked = np.minimum((below < mark).sum(axis=1), mass.shape[1] - 1)
    return picked, mass / below[:, -1:]


@dataclass(frozen=True)
class Returns:
    """Hypotheses (H,) on the normal that returns are drawn from, and their log prior."""

    mean: Floats
    spread: Floats
    log_prior: Floats

    @classmethod
    def of(cls, gross: float, unit: float) -> "Returns":
        """Hypotheses for a total outcome of ``gross`` units per money spent, a unit being money."""
        mean, ratio = (axis.ravel() for axis in np.meshgrid(_MEANS, _SPREADS, indexing="ij"))
        money = gross * unit if gross * unit < _ONE_UNIT else 0.0
        beyond = np.log(np.maximum(mean * money / _MUCH, 1.0))
        log_prior = -0.5 * ((np.log(mean / MIDDLE) / _DOUBT) ** 2 + (beyond / _UNBELIEVING) ** 2)
        return cls(mean * gross, mean * ratio * gross, log_prior)

    def possible(self, drawn: NDArray[np.intp]) -> Floats:
        """(E, B) what a channel of which nothing was seen may return under hypotheses (B,).

        All E of a hypothesis are as likely.
        """
        mean, spread = self.mean[drawn], self.spread[drawn]
        marks = (np.arange(_MARKS) + 0.5)[:, None] / _MARKS
        below = ndtr(-mean / spread)
        return np.asarray(mean + spread * ndtri(below + (1 - below) * marks))

    def likelihood(self, returns: Floats) -> Floats:
        """(B, H) log densities of returns (B, n)."""
        count = returns.shape[1]
        away = ((returns[:, :, None] - self.mean) / self.spread) ** 2
        cut = np.log(self.spread) + log_ndtr(self.mean / self.spread)
        return np.asarray(self.log_prior - count * cut - 0.5 * away.sum(axis=1))


def grid(rhythm: Rhythm) -> Floats:
    """(3, K) the candidate shapes: carry-overs, reaches and slopes."""
    mesh = np.meshgrid(*_GRID, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh]) * [[rhythm.most], [1.0], [1.0]]


@dataclass(frozen=True)
class Shapes:
    """Hypotheses (H,) on which shapes are usual.

    ``log_mass`` (H, K) are the log probabilities of K shapes under each, ``log_prior`` (H,) its
    own.
    """

    log_mass: Floats
    log_prior: Floats

    @classmethod
    def of(cls, shapes: Floats, rhythm: Rhythm) -> "Shapes":
        """Hypotheses on shapes (3, K)."""
        carryover, reach, slope = shapes[0] / rhythm.most, *np.log(shapes[1:])
        mesh = np.meshgrid(_CARRYOVERS, _CARRYOVER_SPREADS, _SLOPES)
        usual, spread, steep = (axis.ravel()[:, None] for axis in mesh)
        log_mass = -0.5 * (
            ((carryover - usual) / spread) ** 2
            + ((slope - steep) / _SLOPE_SPREAD) ** 2
            + (reach / _REACH_SPREAD) ** 2
        )
        log_mass -= np.log(np.exp(log_mass).sum(axis=1, keepdims=True))
        middle, width = _STEEPNESS
        return cls(log_mass, -0.5 * ((steep[:, 0] - middle) / width) ** 2)

    def likelihood(self, drawn: NDArray[np.intp]) -> Floats:
        """(B, H) log densities of the shapes at positions (B, n)."""
        return np.asarray(self.log_prior + self.log_mass.T[drawn].sum(axis=1))


@dataclass(frozen=True)
class Common:
    """All that is believed beforehand."""

    noise: Noise
    returns: Returns
    shapes: Shapes
