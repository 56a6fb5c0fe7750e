r"""Extrapolation: the course of the baseline, carried on beyond the history.

    ln(baseline / its mean) = level + trend + waves of the year + controls + errors

In logarithms a season is a share of the level, so that it grows and shrinks with it. Ridge priors,
in standard deviations of the left-hand side, hold the trend, every wave (the finer the more) and
the controls back. Periods far off (promotions, slips) count less (Huber). Beyond the history the
trend stands still: on every history it was tried on, a trend that runs on did worse. A baseline
that is stepping may take a step at every quarter's end as well; the last level is the one that
goes on.
"""

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats

# Standard deviations of the priors: per year, first wave of the year, each standardised control,
# each step.
_TREND, _WAVE, _CONTROL, _STEP = 0.3, 0.4, 0.3, 0.4
_MOST_WAVES = 6
_QUARTERS = 4  # of a year
# Errors of more standard deviations than this count only as far as it.
_HUBER = 2.0
_PASSES = 5
# Periods below this share of the mean (closed shops, returns) count as this: ln 0 has no value.
_LEAST = 0.05
# A fit without error would make every prior worthless.
_LEAST_ERROR = 1e-4


def extrapolate(
    base: Floats, controls: Floats, per_year: float, *, stepping: bool = False
) -> Floats:
    """(P + F,) mean baseline of the P periods of the history and of the F after it.

    ``base`` (P,) is the baseline as seen, NaN where it was not, its mean above 0; ``controls``
    (P + F, K) are known throughout; ``per_year`` the periods of a year. Over the periods seen, the
    course adds up to the baseline.
    """
    seen = np.isfinite(base)
    level = float(base[seen].mean())
    logs = np.log(np.maximum(base[seen] / level, _LEAST))
    middle, spread = float(logs.mean()), float(logs.std()) or 1.0
    columns, precision = _columns(len(base), seen, controls, per_year)
    if stepping:
        steps = _steps(len(base), len(controls), per_year)
        columns = np.hstack([columns, steps])
        precision = np.concatenate([precision, np.full(steps.shape[1], _STEP**-2.0)])
    heights = _robust_ridge(columns[: len(base)][seen], (logs - middle) / spread, precision)
    relative = np.exp(columns @ heights * spread)
    # The mean of logarithms is not the logarithm of the mean: the sum over the past sets the level.
    return np.asarray(relative * float(base[seen].sum() / relative[: len(base)][seen].sum()))


def _columns(
    past: int, seen: NDArray[np.bool_], controls: Floats, per_year: float
) -> tuple[Floats, Floats]:
    """Columns (P + F, Q) and the precision (Q,) of the prior on each one's height."""
    periods = np.arange(len(controls))
    number = np.arange(1, min(_MOST_WAVES, int(per_year // 2)) + 1)
    waves = 2 * np.pi * np.outer(periods / per_year, number)
    trend = np.minimum(periods - (past - 1), 0) / per_year
    rows = controls[:past][seen]
    spread = rows.std(axis=0)
    moves = spread > 1e-12 * np.maximum(np.abs(rows).max(axis=0, initial=0.0), 1.0)
    standard = (controls - rows.mean(axis=0))[:, moves] / spread[moves]
    columns = np.hstack(
        [np.ones((len(periods), 1)), trend[:, None], np.sin(waves), np.cos(waves), standard]
    )
    fine = (number / _WAVE) ** 2
    known = np.full(standard.shape[1], _CONTROL**-2.0)
    return columns, np.concatenate([[0.0, _TREND**-2.0], fine, fine, known])


def _steps(past: int, periods: int, per_year: float) -> Floats:
    """(P + F, S) 1 before each of the history's quarters' ends, counted back from its own."""
    quarter = round(per_year / _QUARTERS)
    ends = np.arange(past - quarter, 0, -quarter)
    return (np.arange(periods)[:, None] < ends).astype(float)


def _robust_ridge(columns: Floats, y: Floats, precision: Floats) -> Floats:
    """(Q,) heights by least squares, priors and Huber's weights included."""
    weight: Floats = np.ones_like(y)
    error = 0.3  # of a variance of 1, until measured
    heights = np.zeros(columns.shape[1])
    for _ in range(_PASSES):
        weighted = columns.T * weight
        normal = weighted @ columns + error * np.diag(precision)
        heights = np.asarray(np.linalg.solve(normal, weighted @ y), dtype=float)
        errors = np.abs(y - columns @ heights)
        error = max(float(weight @ errors**2 / weight.sum()), _LEAST_ERROR)
        # The median of normal errors, as a share of their standard deviation, is 0.6745.
        limit = _HUBER * float(np.median(errors)) / 0.6745
        weight = np.minimum(1.0, limit / np.maximum(errors, 1e-12)) if limit > 0 else weight
    return heights
