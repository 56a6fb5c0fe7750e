"""What a sampler is given and must hand back: one world's totals as JSON, in and out.

Needs NumPy and pandas only, so that it runs in each peer's own environment.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TAIL = 8  # periods after the quarter, as far as these models carry over


@dataclass(frozen=True)
class Totals:
    """A history of P periods and C channels, and the quarter to be planned.

    ``quarter`` is its number of periods, ``current`` (C,) its money now, ``multiples`` (K,) those
    at which its response is asked for. Missing outcomes are interpolated, as these tools want none.
    """

    starts: pd.DatetimeIndex
    channels: list[str]
    spend: Floats
    outcome: Floats
    controls: dict[str, Floats]
    current: Floats
    multiples: Floats
    quarter: int

    @classmethod
    def read(cls) -> Totals:
        """From stdin."""
        told = json.load(sys.stdin)
        outcome = pd.Series(told["outcome"], dtype=float).interpolate(limit_direction="both")
        return cls(
            starts=pd.DatetimeIndex(told["starts"]),
            channels=told["channels"],
            spend=np.array(told["spend"]),
            outcome=outcome.to_numpy(),
            controls={name: np.array(values) for name, values in told["controls"].items()},
            current=np.array(told["current"]),
            multiples=np.array(told["multiples"]),
            quarter=told["quarter"],
        )

    @property
    def trend(self) -> Floats:
        """(P,) from 0 to 1."""
        return np.linspace(0.0, 1.0, len(self.starts))

    @property
    def ahead_periods(self) -> int:
        """How many periods of `ahead` follow the history."""
        return self.quarter + TAIL

    def ahead(self, multiple: float) -> Floats:
        """(P + quarter + TAIL, C) the spends of the past, a multiple of today's, then today's."""
        rate = self.current / self.quarter
        return np.vstack(
            [self.spend, np.tile(multiple * rate, (self.quarter, 1)), np.tile(rate, (TAIL, 1))]
        )


def serve(fit: Callable[[Totals], Callable[[Floats], Floats]]) -> None:
    """Read a world, fit it, and say what next quarter brings at every multiple.

    ``fit`` returns what gives the mean response (C,) over the periods after the history to spends
    (T, C). The processor's seconds of the fit are counted, those of imports are not.
    """
    totals = Totals.read()
    with contextlib.redirect_stdout(sys.stderr):
        start = time.process_time()
        response = fit(totals)
        seconds = time.process_time() - start
        nothing = response(totals.ahead(0.0))
        brought = [response(totals.ahead(k)) - nothing for k in totals.multiples.tolist()]
    print()
    print(json.dumps({"brought": np.array(brought).tolist(), "seconds": seconds}))
