r"""Hill curves with carry-over: which shapes there are, and which are likely beforehand.

A shape is (carryover, reach, slope). ``reach`` is where half of the top is reached, as a multiple
of the channel's usual spend kept up forever: reach = half * (1 - carryover) / usual. Measured so,
carry-over and half hardly disturb each other, and one prior serves every channel.

The priors are weak; they decide only what the data leave open, so that a half far outside the
spend that was seen, or a steep curve read from noise, has to be earned. As penalties, in units of
-2 log density:

    carryover / most ~ N(1/3, 0.4)      ln reach ~ N(0, 0.8)      ln slope ~ N(0, 0.4)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit

from models.carryover import adstock, steady_state
from models.period import Period
from models.saturation import Floats, Form, response

REACH = (0.1, 10.0)
SLOPE = (0.35, 6.0)
# Spends, as multiples of the usual one, at which a Hill curve is laid through another curve.
LEVELS = np.geomspace(0.1, 3.0, 25)
_REACHES = np.geomspace(*REACH, 9)
_SLOPES = np.array([0.6, 1.0, 1.5, 2.3, 3.5])
_CARRYOVERS = 9


@dataclass(frozen=True)
class Rhythm:
    """What the length of a period means for carry-over.

    ``most`` is the largest carry-over from one period to the next that is considered, ``warm_up``
    the number of first periods whose mean stands for the time before the history.
    """

    most: float
    warm_up: int


def rhythm_of(period: Period) -> Rhythm:
    """Carry-over of at most 0.9 from week to week, and the same decay per month or quarter."""
    return Rhythm(most=0.9 ** (13 / period.per_quarter), warm_up=period.per_quarter)


@dataclass(frozen=True)
class Hill:
    """A Hill curve: ``top`` in units of the result, ``half`` in money of adstocked spend."""

    top: float
    half: float
    slope: float
    carryover: float

    def course(self, spend: Floats, rhythm: Rhythm) -> Floats:
        """(P,) response to a course of spend (P,)."""
        s = adstock(spend, self.carryover, rhythm.warm_up)
        return response(Form.HILL, s, self.top, self.half, self.slope)

    def kept_up(self, spend: float) -> float:
        """Response per period to ``spend`` per period once it has been kept up for long."""
        s = steady_state(spend, self.carryover)
        return float(response(Form.HILL, s, self.top, self.half, self.slope))

    def elasticity(self, spend: float) -> float:
        """Percentage change of response for one per cent of spend, kept up at ``spend``.

        For Hill curves it is slope * (1 - response / top): 0 where saturated, slope near nothing.
        """
        s = steady_state(spend, self.carryover)
        return self.slope * (1 - float(response(Form.HILL, s, 1.0, self.half, self.slope)))


@dataclass(frozen=True)
class Prior:
    """Middle and spread (3,) of carryover / most, ln reach and ln slope, normal each for itself.

    ``level`` is mean and standard deviation of the response to the usual spend kept up; None where
    nothing is believed of it beforehand. ``carryover`` is the one there is, where it is known.
    """

    middle: Floats
    spread: Floats
    level: tuple[float, float] | None = None
    carryover: float | None = None


WEAK = Prior(np.array([1 / 3, 0.0, 0.0]), np.array([0.4, 0.8, 0.4]))


def usual(spend: Floats, weight: Floats) -> float:
    """Mean spend (P,) of the periods that count and in which money was spent; 1 where none."""
    spent = (weight > 0) & (spend > 0)
    return float(spend[spent].mean()) if spent.any() else 1.0


def grid(rhythm: Rhythm, carryover: float | None = None) -> Floats:
    """(3, K) all candidates: carry-overs, reaches and slopes; equal carry-overs lie together."""
    carryovers = np.linspace(0.0, rhythm.most, _CARRYOVERS)
    if carryover is not None:
        carryovers = np.array([carryover])
    mesh = np.meshgrid(carryovers, _REACHES, _SLOPES, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh])


def penalty(shapes: Floats, rhythm: Rhythm, prior: Prior = WEAK) -> Floats:
    """-2 log prior density of shapes (3, ...), up to a constant."""
    return np.asarray((prior_residuals(shapes, rhythm, prior) ** 2).sum(axis=0))


def prior_residuals(shapes: Floats, rhythm: Rhythm, prior: Prior = WEAK) -> Floats:
    """Distance of shapes (3, K) from the prior's middle, in standard deviations."""
    carryover, reach, slope = shapes
    point = np.stack([carryover / rhythm.most, np.log(reach), np.log(slope)])
    away = (point.T - prior.middle) / prior.spread
    return np.asarray(away.T)


def bounds(rhythm: Rhythm) -> tuple[Floats, Floats]:
    """The lowest and the highest point (3,) that a shape may be, as `points` measures them."""
    low, high = np.log([REACH, SLOPE]).T
    return np.array([0.0, *low]), np.array([rhythm.most, *high])


def points(shapes: Floats) -> Floats:
    """Shapes (3, K) as points (carryover, ln reach, ln slope)."""
    return np.vstack([shapes[:1], np.log(shapes[1:])])


def at(points: Floats) -> Floats:
    """The shapes (3, K) at points (carryover, ln reach, ln slope)."""
    return np.vstack([points[:1], np.exp(points[1:])])


def share_of_usual(shapes: Floats) -> Floats:
    """(K,) share of the top that the usual spend brings once kept up."""
    _, reach, slope = shapes
    return np.asarray(expit(-slope * np.log(reach)))


def nearest(shapes: Floats, tops: Floats, weights: Floats, usual_spend: float) -> Hill:
    """The Hill curve nearest to a sum of curves with shapes (3, K) and tops (K,), at spend kept up.

    Its carry-over is the mean of theirs, with ``weights`` (K,) that add up to 1.
    """
    _, reach, slope = shapes
    mean = response(Form.HILL, LEVELS[:, None], 1.0, reach, slope) @ tops
    scale = float(mean.mean()) or 1.0

    def height(point: Floats) -> tuple[float, Floats]:
        share = response(Form.HILL, LEVELS, 1.0, np.exp(point[0]), np.exp(point[1]))
        return float(share @ mean / (share @ share)), share

    def residuals(point: Floats) -> Floats:
        top, share = height(point)
        return np.asarray((top * share - mean) / scale)

    start, (low, high) = np.log(shapes[1:]) @ weights, np.log([REACH, SLOPE]).T
    found = least_squares(residuals, start, bounds=(low, high), xtol=1e-6)
    shape = np.array([shapes[0] @ weights, *np.exp(found.x)])
    return hill(height(found.x)[0], shape, usual_spend)


def shares_of_top(spend: Floats, shapes: Floats, usual_spend: float, rhythm: Rhythm) -> Floats:
    """(P, K) response of every shape (3, K) to spend (P,), as a share of the top."""
    carryover, reach, slope = shapes
    each, of = _distinct(carryover)
    level = adstock(spend[:, None], each, rhythm.warm_up) / steady_state(usual_spend, each)
    with np.errstate(divide="ignore"):
        logs = np.log(level)
    return np.asarray(expit(slope * (logs[:, of] - np.log(reach))))


def sway(spend: Floats, shape: Floats, usual_spend: float, rhythm: Rhythm) -> Floats:
    """(P,) how unsure each share of the top is, since what stood before the history is not known.

    It may have differed from the guess as much as the adstocked spend (P,) does later; what is left
    of that in period p is carryover**(p + 1) of it.
    """
    carryover, _, slope = shape.tolist()
    s = adstock(spend, carryover, rhythm.warm_up)
    share = shares_of_top(spend, shape[:, None], usual_spend, rhythm)[:, 0]
    left = float(s.std()) * carryover ** np.arange(1, len(s) + 1)
    return np.asarray(slope * share * (1 - share) * left / np.maximum(s, 1e-300))


def hill(top: float, shape: Floats, usual_spend: float) -> Hill:
    """The curve of a shape (3,), in money."""
    carryover, reach, slope = shape.tolist()
    return Hill(top, float(reach * steady_state(usual_spend, carryover)), slope, carryover)


def _distinct(values: Floats) -> tuple[Floats, NDArray[np.intp]]:
    each, of = np.unique(values, return_inverse=True)
    return each, np.asarray(of.ravel())
