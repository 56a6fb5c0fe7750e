"""Outliers: periods whose errors are too large to be noise like the others', and count for less."""

import numpy as np
from scipy.stats import t as student

from models.saturation import Floats

# From noise with very heavy tails to noise that is normal for all that a history can show, with
# log priors: a few periods always look as if they lay far out.
_DEGREES = {2.5: -2.0, 4.0: -1.5, 8.0: -1.0, 20.0: -0.5, 200.0: 0.0}
_ROUNDS = 10
_LEAST_SCALE = 1e-6


def calming(errors: Floats) -> Floats:
    """(N,) weights of periods with errors (N,): about 1, less the further out they lie.

    The errors are taken to follow Student's t of the most probable degrees and scale. The
    weight is the expected precision given the error, (v + 1) / (v + (error / scale)^2), as in the
    EM algorithm for t-distributed errors (Lange, Little and Taylor 1989).
    """
    fits = [_weights(errors, degrees) for degrees in _DEGREES]
    return max(fits, key=lambda fit: fit[0])[1]


def _weights(errors: Floats, degrees: float) -> tuple[float, Floats]:
    """Log posterior density and weights at the likeliest scale."""
    scale = max(float(np.median(np.abs(errors))) / 0.6745, _LEAST_SCALE)
    weight = np.ones_like(errors)
    for _ in range(_ROUNDS):
        weight = (degrees + 1) / (degrees + (errors / scale) ** 2)
        scale = max(float(np.sqrt(np.mean(weight * errors**2))), _LEAST_SCALE)
    density = float(student.logpdf(errors, degrees, scale=scale).sum())
    return density + _DEGREES[degrees], weight
