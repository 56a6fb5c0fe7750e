"""Evidence: whether the data say anything about a channel, or only seem to."""

import numpy as np
from scipy.stats import f as f_distribution

from models.saturation import Floats

# A channel counts as measured where chance alone would look like this less than once in a hundred.
LEVEL = 0.01
# Below this coefficient of variation spend is as good as constant.
LEAST_VARIATION = 0.05


def variation(spend: Floats) -> float:
    """Standard deviation of spend (P,) as a share of its mean; 0 where nothing was spent."""
    mean = float(spend.mean())
    return float(spend.std()) / mean if mean > 0 else 0.0


def chance(without: Floats, fitted: Floats, weight: Floats, free: int, parameters: int) -> float:
    """Probability that a channel without effect would improve the fit as much (F test).

    ``without`` and ``fitted`` are the errors (P,) of the model without the channel and with it,
    ``weight`` (P,) their inverse variances; ``free`` parameters belong to the channel, and
    ``parameters`` to the model with it. Errors that persist from period to period are worth fewer
    observations: P (1 - r) / (1 + r), with r their correlation with the period before (Bartlett).
    """
    root = np.sqrt(weight)
    left, full = float(((root * without) ** 2).sum()), float(((root * fitted) ** 2).sum())
    spare = worth(root * fitted) - parameters
    if spare < 1 or left <= full:
        return 1.0
    if full <= 1e-12 * left:
        return 0.0
    return float(f_distribution.sf((left - full) / free / (full / spare), free, spare))


def worth(errors: Floats) -> float:
    """How many independent observations (P,) errors are worth."""
    return len(errors) * (1 - persistence(errors)) / (1 + persistence(errors))


def persistence(errors: Floats) -> float:
    """Correlation of errors (P,) with those of the period before, within [0, 0.9]."""
    centred = errors - errors.mean()
    power = float(centred @ centred)
    if len(errors) < 3 or power == 0:
        return 0.0
    return float(np.clip(centred[1:] @ centred[:-1] / power, 0.0, 0.9))
