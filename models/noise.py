r"""Noise: how far single results stray from the mean, and what each period is therefore worth.

Noise grows with the mean result as mean ** growth: not at all, with the square root, or in
proportion, whichever the results make likeliest. A result further out than three times the usual
distance, by a mistake in a file or a day of luck, keeps only the weight with which its square is
that of one just there. Results within count in full: noise in per cent is skewed, and weights that
fall from the middle on would take its mean for its median.
"""

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats

_GROWTHS = (0.0, 0.5, 1.0)
_FAR = 3.0
# Median distance of normal errors, in standard deviations.
_MEDIAN = 0.6745
# Noise is at least that of periods with this share of the mean result.
_LEAST_MEAN = 0.03


def telling(y: Floats, mean: Floats) -> NDArray[np.bool_]:
    """Which results (N,) tell how large noise is: not those of 0 where nothing was to come."""
    return np.asarray(np.maximum(np.abs(y), mean) > _LEAST_MEAN * mean.mean())


def worth(y: Floats, mean: Floats, weight: Floats) -> Floats:
    """Inverse variance (N,), relative, of results (N,) around means (N,) in periods so weighted."""
    level, of = float(np.average(mean, weights=weight)), telling(y, mean)
    if level <= 0 or np.array_equal(y, mean):
        return weight
    least, found = np.inf, weight
    for growth in _GROWTHS:
        spread = np.maximum(mean / level, _LEAST_MEAN) ** growth
        distance = np.abs(y - mean) / spread
        scale = float(np.median(distance[of])) / _MEDIAN or float(distance[of].mean())
        near = np.minimum(distance, _FAR * scale)
        robust = np.divide(near, distance, out=np.ones_like(near), where=distance > 0) ** 2
        # Deviance of normal noise whose far errors are drawn in.
        square = float(np.average(near[of] ** 2, weights=weight[of])) or np.inf
        deviance = float(weight[of] @ (2 * np.log(spread[of]) + np.log(square)))
        if deviance < least:
            least, found = deviance, weight * robust / spread**2
    return found
