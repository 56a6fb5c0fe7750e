r"""Reversals: results booked below 0, which take back what was counted in periods before.

Returned goods, cancelled orders and credit notes stand in the books when they arrive, not when the
sale was made. They say nothing of the spend of their own period, and as errors of the fit they
would lie so far out as to count for little. So they are left out of the course of the results, and
what they take is taken from all of it alike:

    net result = result * (sum of means in the other periods + sum of reversals) / sum of all means

A result a little below 0 is noise like any other; a reversal lies further below the mean than three
times the usual distance. Where there are any, so are all results that lie as far below: what was
sold in the same period may hide that something was taken back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats

_FAR = 3.0
# Median distance of normal errors, in standard deviations.
_MEDIAN = 0.6745
# Periods of hardly any result err no less than those of this share of the mean.
_LEAST_MEAN = 0.1
# How often reversals and the mean of the others are found, each from the other.
_LOOKS = 2


@dataclass(frozen=True)
class Net:
    """Results (P,) net of reversals, and ``used`` (P,), the periods that show them.

    ``kept`` is what reversals leave of the results, 1 where there are none; 0 or less where they
    take all. ``reversals`` is their number.
    """

    result: Floats
    used: NDArray[np.bool_]
    kept: float = 1.0
    reversals: int = 0


def net_of(result: Floats, used: NDArray[np.bool_], course: Callable[[Floats], Floats]) -> Net:
    """Net results in the periods ``used`` (P,) of results (P,).

    ``course`` takes weights (P,), 0 where a period is left out of the fit, and returns means (P,).
    """
    negative = used & (result < 0)
    shown, mean = used & ~negative, np.zeros(len(result))
    for _ in range(_LOOKS if negative.any() else 0):
        mean = course(shown.astype(float))
        below = _below(result, mean, used)
        usual = float(np.median(np.abs(below[shown]))) / _MEDIAN
        shown = used & (below <= _FAR * usual)
    reversals, whole = used & ~shown, float(mean[used].sum())
    if not (reversals & negative).any() or whole <= 0:
        return Net(result, used)
    kept = float(mean[shown].sum() + result[reversals].sum()) / whole
    return Net(kept * result, shown, kept, int(reversals.sum()))


def _below(result: Floats, mean: Floats, used: NDArray[np.bool_]) -> Floats:
    """(P,) how far results lie below means, on one scale: noise grows with the root of results."""
    least = max(_LEAST_MEAN * float(mean[used].mean()), 1e-12)
    return np.asarray((mean - result) / np.sqrt(np.maximum(mean, least)))
