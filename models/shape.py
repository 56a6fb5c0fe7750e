r"""The shape of a Hill curve with carry-over, without its height, and what is likely beforehand.

A shape is (carryover, reach, slope). ``reach`` is where half of the top is reached, as a multiple
of the channel's usual spend kept up forever: reach = half * (1 - carryover) / usual. Measured so,
carry-over and half hardly disturb each other, and one prior serves every channel.

The priors are weak; they decide only what the data leave open, so that a half far outside the
spend that was seen, or a steep curve read from noise, has to be earned. As penalties, in units of
-2 log density:

    carryover / most ~ N(1/3, 0.4)      ln reach ~ N(0, 1)      ln slope ~ N(0, 0.5)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from models.carryover import adstock, steady_state
from models.saturation import Floats

REACH = (0.05, 20.0)
SLOPE = (0.35, 6.0)
_REACHES = np.geomspace(0.1, 10.0, 11)
_SLOPES = np.array([0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0])
_CARRYOVERS = 10


@dataclass(frozen=True)
class Rhythm:
    """What the length of a period means for carry-over.

    ``most`` is the largest carry-over from one period to the next that is considered, ``warm_up``
    the number of first periods whose mean stands for the time before the history.
    """

    most: float
    warm_up: int


def usual(spend: Floats, weight: Floats) -> float:
    """Mean spend (P,) of the periods that count and in which money was spent; 1 where none."""
    spent = (weight > 0) & (spend > 0)
    return float(spend[spent].mean()) if spent.any() else 1.0


def grid(rhythm: Rhythm) -> Floats:
    """(3, K) all candidates: carry-overs, reaches and slopes; equal carry-overs lie together."""
    carryovers = np.linspace(0.0, rhythm.most, _CARRYOVERS)
    mesh = np.meshgrid(carryovers, _REACHES, _SLOPES, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh])


def penalty(shapes: Floats, rhythm: Rhythm) -> Floats:
    """-2 log prior density of shapes (3, ...), up to a constant."""
    return np.asarray((prior_residuals(shapes, rhythm) ** 2).sum(axis=0))


def prior_residuals(shapes: Floats, rhythm: Rhythm) -> Floats:
    """Distance of shapes (3, ...) from the prior's middle, in standard deviations."""
    carryover, reach, slope = shapes
    return np.stack([(carryover / rhythm.most - 1 / 3) / 0.4, np.log(reach), np.log(slope) / 0.5])


def shares_of_top(spend: Floats, shapes: Floats, usual_spend: float, rhythm: Rhythm) -> Floats:
    """(P, K) response of every shape (3, K) to spend (P,), as a share of the top."""
    carryover, reach, slope = shapes
    each, of = _distinct(carryover)
    level = adstock(spend[:, None], each, rhythm.warm_up) / steady_state(usual_spend, each)
    with np.errstate(divide="ignore"):
        logs = np.log(level)
    return np.asarray(expit(slope * (logs[:, of] - np.log(reach))))


def half_of(shape: Floats, usual_spend: float) -> float:
    """Adstocked spend at which half of the top is reached, in money."""
    return float(shape[1] * steady_state(usual_spend, shape[0]))


def _distinct(values: Floats) -> tuple[Floats, NDArray[np.intp]]:
    each, of = np.unique(values, return_inverse=True)
    return each, np.asarray(of.ravel())
