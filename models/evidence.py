"""Evidence: whether the data say anything about a channel, or only seem to."""

import numpy as np
from scipy.stats import f as f_distribution

from models.saturation import Floats

# Attributed results: chance alone would look like this less than once in twenty times.
LEVEL = 0.05
# Totals: the data must speak three to one for an effect (Jeffreys: less is hardly worth a mention).
MOST_ODDS = 1 / 3
# Totals: beyond this share in common, the return is that of the other channels and not its own.
MOST_BORROWED = 0.8
# Below this coefficient of variation spend is as good as constant.
LEAST_VARIATION = 0.05
# A curve takes this many periods with spend.
LEAST_SPENT = 4
# Totals: below this part of its own a channel's course cannot be told from everything else's.
LEAST_APART = 0.02
_TWINS = 0.98


def variation(spend: Floats) -> float:
    """Standard deviation of spend (P,) as a share of its mean; 0 where nothing was spent."""
    mean = float(spend.mean())
    return float(spend.std()) / mean if mean > 0 else 0.0


def twin(spend: Floats, c: int) -> int | None:
    """The channel whose spend (N, C) moves most closely with that of ``c``, if one does."""
    centred = spend - spend.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    alike = np.abs(centred.T @ centred[:, c]) / (size * size[c])
    alike[c] = 0.0
    nearest = int(np.argmax(alike))
    return nearest if alike[nearest] > _TWINS else None


def chance(without: Floats, fitted: Floats, free: int, parameters: int) -> float:
    """Probability that a channel without effect would improve the fit as much (F test).

    ``without`` and ``fitted`` are the errors (P,) of the model without the channel and with it;
    ``free`` parameters belong to the channel, and ``parameters`` to the model with it. Errors that
    persist from period to period are worth fewer observations: P (1 - r) / (1 + r), with r their
    correlation with the period before (Bartlett).
    """
    left, full = float(without @ without), float(fitted @ fitted)
    r = persistence(fitted)
    spare = len(fitted) * (1 - r) / (1 + r) - parameters
    if spare < 1 or left <= full:
        return 1.0
    if full <= 1e-12 * left:
        return 0.0
    return float(f_distribution.sf((left - full) / free / (full / spare), free, spare))


def persistence(errors: Floats) -> float:
    """Correlation of errors (P,) with those of the period before, within [0, 0.9]."""
    centred = errors - errors.mean()
    power = float(centred @ centred)
    if len(errors) < 3 or power == 0:
        return 0.0
    return float(np.clip(centred[1:] @ centred[:-1] / power, 0.0, 0.9))
