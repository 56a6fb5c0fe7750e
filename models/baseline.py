r"""The baseline: what revenue would be without any channel, from trend, season and controls.

    level + linear trend + changes of trend + Fourier series of the year + controls

All coefficients but the level are held back by normal priors (ridge), in standard deviations of the
outcome. They are wide for what revenue is known to do and narrow for a bend of the trend, which
would otherwise take the effect of channels that are booked for months.
"""

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats

# Standard deviations of the priors: per year, per year, each wave, each standardised control.
_TREND, _BEND, _WAVE, _CONTROL = 3.0, 0.5, 1.0, 1.0
_BEND_EVERY = 0.5  # years
_MOST_HARMONICS = 6


@dataclass(frozen=True)
class Controls:
    """Control columns (P, K) with the mean and spread (K,) of the periods that are used."""

    values: Floats
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, values: Floats, used: Floats) -> "Controls":
        """Measure the columns in the periods whose ``used`` (P,) is above 0."""
        rows = values[used > 0]
        return cls(values, rows.mean(axis=0), rows.std(axis=0))

    def standardised(self) -> Floats:
        """(P, K) of mean 0 and standard deviation 1; 0 throughout where a column never changes."""
        still = self.spread <= 1e-12 * np.maximum(np.abs(self.mean), 1.0)
        return np.asarray(
            np.where(still, 0.0, (self.values - self.mean) / np.where(still, 1.0, self.spread))
        )


@dataclass(frozen=True)
class Baseline:
    """Columns (P, Q) and the precision (Q,) of the prior on each one's coefficient; 0 is none."""

    columns: Floats
    precision: Floats


def baseline(years: Floats, span: float, harmonics: int, controls: Controls) -> Baseline:
    """The columns at times ``years`` (P,), counted from the first period.

    ``span`` is the length in years of the history they were fitted on: bends lie within it.
    """
    bends = np.arange(_BEND_EVERY, span - _BEND_EVERY / 2, _BEND_EVERY)
    waves = 2 * np.pi * np.outer(years, np.arange(1, harmonics + 1))
    blocks = [
        (np.ones((len(years), 1)), np.inf),
        (years[:, None] - span / 2, _TREND),
        (np.maximum(years[:, None] - bends, 0.0), _BEND),
        (np.sin(waves), _WAVE),
        (np.cos(waves), _WAVE),
        (controls.standardised(), _CONTROL),
    ]
    precision = [np.full(columns.shape[1], spread**-2.0) for columns, spread in blocks]
    return Baseline(np.hstack([columns for columns, _ in blocks]), np.concatenate(precision))


def most_harmonics(span: float, per_year: float) -> int:
    """Harmonics worth trying: none before a year is over, two before the second."""
    if span < 1:
        return 0
    within = int((per_year - 1) // 2)
    return min(_MOST_HARMONICS if span >= 2 else 2, within)
