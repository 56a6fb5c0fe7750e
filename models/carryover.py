"""Carry-over: what earlier spend still does in a period (geometric adstock)."""

import numpy as np
from numpy.typing import ArrayLike

from models.saturation import Floats


def adstock(spend: ArrayLike, carryover: ArrayLike, warm_up: int) -> Floats:
    """Adstocked spend s[p] = u[p] + carryover * s[p-1], not normalised.

    ``spend`` is (P, ...) money per period, at least one period; ``carryover`` in [0, 1) is one
    number or an array that broadcasts against a period's spends. Shape: (P, *the broadcast shape).

    Before the first period stands the steady state of the mean spend of the first ``warm_up``
    periods: a history begins where the file begins, hardly ever where the advertising did, and a
    start at nothing would read the build-up of the first weeks as a low return.
    """
    spend, carryover = np.asarray(spend, dtype=float), np.asarray(carryover, dtype=float)
    state = steady_state(spend[:warm_up].mean(axis=0), carryover)
    out = np.empty((len(spend), *state.shape))
    for p, money in enumerate(spend):
        state = money + carryover * state
        out[p] = state
    return out


def steady_state(spend: ArrayLike, carryover: ArrayLike) -> Floats:
    """Adstocked spend once the same ``spend`` per period has built up: u / (1 - carryover)."""
    return np.asarray(np.asarray(spend, dtype=float) / (1.0 - np.asarray(carryover, dtype=float)))
