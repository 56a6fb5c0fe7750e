r"""Season and drift: how much of both the data support, by the evidence for each.

Every channel is taken to have the course of the prior's middle and a normal return, so that all but
the noise's variance is linear and the evidence, the density of the outcome with all coefficients
integrated out, has a closed form. With X all columns, D the precision of their priors (those of 0
left out of its determinant) and A = X'X / error + D,

    log evidence = -1/2 (N log error + y'y / error - b'A^-1 b + log|A| - log|D|),  b = X'y / error

where the error is the one that explains itself (MacKay 1992):

    error = |y - X A^-1 b|^2 / (N - parameters),    parameters = trace(A^-1 X'X) / error

together with what is believed of noise beforehand.
"""

from dataclasses import dataclass

import numpy as np

from models.baseline import Baseline, Pattern, most_harmonics
from models.common import Noise
from models.saturation import Floats

# Standard deviations of the level's drift in a year, in those of the outcome.
_DRIFTS = (0.0, 0.15, 0.5, 1.5)
_LEAST_HARMONICS = 2
_ROUNDS = 4


@dataclass(frozen=True)
class Evidence:
    """How well a model of linear columns explains an outcome (N,): ``errors`` (N,) are left."""

    log_density: float
    error: float
    errors: Floats


def patterns(span: float, per_year: float) -> list[Pattern]:
    """The patterns worth trying on a history of ``span`` years.

    Business has its season: a short history that does not show it is not taken for proof.
    """
    most = most_harmonics(span, per_year)
    harmonics = range(min(_LEAST_HARMONICS, most), most + 1)
    return [Pattern(span, waves, drift) for waves in harmonics for drift in _DRIFTS]


def evidence(base: Baseline, outcome: Floats, weight: Floats, noise: Noise) -> Evidence:
    """The evidence for columns ``base`` (N, Q) of an outcome (N,) with relative ``weight`` (N,)."""
    root = np.sqrt(weight / weight.mean())
    columns, y = root[:, None] * base.columns, root * outcome
    gram, across, power, periods = columns.T @ columns, columns.T @ y, float(y @ y), len(y)
    precision = np.diag(base.precision)
    error = noise.mean(0.5 * power, periods)
    for _ in range(_ROUNDS):
        spread = np.linalg.inv(gram / error + precision)
        coefficients = spread @ across / error
        left = y - columns @ coefficients
        parameters = float((spread * gram).sum()) / error
        error = noise.mean(float(left @ left), periods - parameters)
    given = base.precision[base.precision > 0]
    volume = np.linalg.slogdet(gram / error + precision)[1] - np.log(given).sum()
    explained = across @ np.linalg.solve(gram / error + precision, across) / error
    misfit = (power - float(explained)) / error
    log_density = -0.5 * (periods * np.log(error) + misfit + volume)
    return Evidence(float(log_density) + noise.log_prior(error), error, left / root)
