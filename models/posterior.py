r"""The posterior of all channels' curves: an average over what the data leave open, not one guess.

Where totals cannot decide between a steep curve and a flat one, the most probable curve is a poor
guide for moving money; the mean of all curves, each with its probability, loses least. It is found
by Gibbs sampling: channel after channel, the others as they stand, every shape of the grid has a
posterior probability in closed form (its height, a normal cut off at 0, integrated out), of which
one shape and height are drawn. What is averaged are those probabilities themselves, not the draws
(Rao and Blackwell), which settles within a hundred sweeps. The seed is fixed: same data, same
curves.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from models.regression import Regression
from models.saturation import Floats

_BURN_IN, _SWEEPS = 30, 90
_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Posterior:
    """Means over the posterior, in standard deviations of the outcome.

    ``weights`` (C, K) are mean heights times probabilities of the shapes, so that any response of
    the shapes, weighted with them, is the mean response; ``carryover`` (C,) is the mean;
    ``against`` (C,) the odds of the data against the channel's having any effect (Savage and
    Dickey: the density of height 0 after the data over that before); ``errors`` (N,) are those of
    the mean, ``squares`` the mean sum of squared errors.
    """

    weights: Floats
    carryover: Floats
    against: Floats
    errors: Floats
    squares: float


def posterior(regression: Regression) -> Posterior:
    """Sample from the middle of the prior, no channel having an effect at first."""
    random = np.random.default_rng(0)
    channels, shapes = regression.power.shape
    candidates = regression.candidates
    prior = np.log(candidates.height_prior) - 0.5 * candidates.penalty
    effects = np.zeros((channels, len(regression.y)))
    weights = np.zeros((channels, shapes))
    carryover, against = np.zeros(channels), np.zeros(channels)
    mean_effect, squares = np.zeros(len(regression.y)), 0.0
    for sweep in range(_BURN_IN + _SWEEPS):
        for c, columns in enumerate(regression.columns):
            effects[c] = 0.0
            mean = (regression.y - effects.sum(axis=0)) @ columns / regression.power[c]
            spread = np.sqrt(regression.error / regression.power[c])
            z = mean / spread
            # The posterior mass of a shape: its prior times the integral over heights above 0.
            log_mass = prior[c] + np.log(spread) + 0.5 * z**2 + log_ndtr(z)
            mass = np.exp(log_mass - log_mass.max())
            mass /= mass.sum()
            k = min(int(np.searchsorted(np.cumsum(mass), random.random())), shapes - 1)
            effects[c] = _height(mean[k], spread[k], random.random()) * columns[:, k]
            if sweep >= _BURN_IN:
                # Mean and density at 0 of a normal cut off at 0.
                log_edge = -0.5 * z**2 - _LOG_ROOT_2PI - log_ndtr(z)
                height = np.maximum(mean + spread * np.exp(log_edge), 0.0)
                weights[c] += mass * height
                carryover[c] += mass @ candidates.shapes[0]
                before = np.log(2 * candidates.height_prior[c]) - _LOG_ROOT_2PI
                against[c] += mass @ np.exp(log_edge - np.log(spread) - before)
        if sweep >= _BURN_IN:
            effect = effects.sum(axis=0)
            mean_effect += effect
            errors = (regression.y - effect)[: regression.rows]
            squares += float(errors @ errors)
    return Posterior(
        weights=weights / _SWEEPS,
        carryover=carryover / _SWEEPS,
        against=against / _SWEEPS,
        errors=(regression.y - mean_effect / _SWEEPS)[: regression.rows],
        squares=squares / _SWEEPS,
    )


def _height(mean: float, spread: float, uniform: float) -> float:
    """Draw from a normal cut off at 0, by the inverse of its distribution."""
    beyond = ndtri((1 - uniform) * ndtr(mean / spread))
    # Where the mean lies so far below 0 that nothing is left of the normal, the height is 0.
    return max(float(mean - spread * beyond), 0.0) if np.isfinite(beyond) else 0.0
