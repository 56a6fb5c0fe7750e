r"""The baseline: what revenue would be without any channel, from trend, season and controls.

    level + linear trend + drift + Fourier series of the year + controls

All coefficients but the level are held back by normal priors (ridge), in standard deviations of the
outcome. The drift is a random walk of the level, straight between its knots; how far it walks in a
year is chosen by the data (`models.season`), for what bends to everything would take the effect of
channels that are booked for months, and what cannot bend gives them the effect of a changed market.
"""

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats

# Standard deviations of the priors: trend per year, each wave, each standardised control.
_TREND, _WAVE, _CONTROL = 3.0, 1.0, 1.0
_KNOTS_PER_YEAR = 8
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


@dataclass(frozen=True)
class Pattern:
    """How a baseline may run: harmonics of the year, and the drift's standard deviation in a year.

    ``span`` is the length in years of the history it was fitted on: the drift is within it.
    """

    span: float
    harmonics: int
    drift: float


def baseline(years: Floats, pattern: Pattern, controls: Controls) -> Baseline:
    """The columns at times ``years`` (P,), counted from the first period.

    Two per harmonic, the finest last, and after them those of the drift.
    """
    knots = max(round(pattern.span * _KNOTS_PER_YEAR), 1)
    each = pattern.span / knots
    begin = each * np.arange(knots)
    turns = 2 * np.pi * np.outer(years, np.arange(1, pattern.harmonics + 1))
    waves = np.stack([np.sin(turns), np.cos(turns)], axis=2).reshape(len(years), -1)
    blocks = [
        (np.ones((len(years), 1)), np.inf),
        (years[:, None] - pattern.span / 2, _TREND),
        (controls.standardised(), _CONTROL),
        (waves, _WAVE),
    ]
    if pattern.drift > 0 and each > 0:
        ramps = np.clip((years[:, None] - begin) / each, 0.0, 1.0)
        blocks.append((ramps, pattern.drift * np.sqrt(each)))
    precision = [np.full(columns.shape[1], spread**-2.0) for columns, spread in blocks]
    return Baseline(np.hstack([columns for columns, _ in blocks]), np.concatenate(precision))


def most_harmonics(span: float, per_year: float) -> int:
    """Harmonics worth trying: none before a year is over, two before the second."""
    if span < 1:
        return 0
    within = int((per_year - 1) // 2)
    return min(_MOST_HARMONICS if span >= 2 else 2, within)
