"""Validation: whether a fit would have foretold what came, and what its errors still tell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.curve import Curves
from models.effects import effect_of, effects_of
from models.forecast import outlook
from models.history import History
from models.period import Period
from models.returns import attributed_to
from models.saturation import Floats

# Quarters to forecast from an origin at most, and to learn from at least.
_YEAR = 4


@dataclass(frozen=True)
class BackTest:
    """Errors of forecasts of past quarters, from what was known at the ``origins``.

    From every origin, which is the first day not known, up to four quarters are forecast at the
    spend that was then made. Errors are mean absolute ones of a quarter's sum, as a share of it:
    ``channels`` of the revenue attributed to each, ``total`` of all revenue (where the history has
    no total, of what is attributed to the channels with a curve), and ``naive`` those of taking the
    same quarter of the year before for that total. None where nothing could be tried.
    """

    origins: tuple[date, ...]
    channels: dict[str, float]
    total: float | None
    naive: float | None


def back_test(history: History, fit: Callable[[History], Curves], origins: int = 4) -> BackTest:
    """Fit anew to what was known one, two ... quarters ago, and compare with what came.

    A year at least lies before every origin; a short history has fewer of them.
    """
    n, periods = history.period.per_quarter, len(history.starts)
    ends = [periods - q * n for q in range(1, origins + 1) if periods - q * n >= _YEAR * n]
    channels: dict[str, list[float]] = {}
    total: list[float] = []
    naive: list[float] = []
    for end in ends:
        curves = fit(history.until(end))
        came, foretold = _attributed(history, curves)
        for channel, of, by in zip(history.channels, came.T, foretold.T, strict=True):
            channels.setdefault(channel, []).extend(_errors(of, by, end, n))
        whole, expected = _total(history, curves, end, came, foretold)
        total += _errors(whole, expected, end, n)
        naive += _errors(whole, _year_before(whole, history.period), end, n)
    return BackTest(
        origins=tuple(history.starts[end] for end in ends),
        channels={name: float(np.mean(errors)) for name, errors in channels.items() if errors},
        total=float(np.mean(total)) if total else None,
        naive=float(np.mean(naive)) if naive else None,
    )


def _attributed(history: History, curves: Curves) -> tuple[Floats, Floats]:
    """(P, C) revenue attributed to channels with a curve, and what the curves make of the spend.

    NaN where either is missing.
    """
    shape = history.spend.shape
    came, foretold = np.full(shape, np.nan), np.full(shape, np.nan)
    for c, channel in enumerate(history.channels):
        result = attributed_to(history, c)
        if result is not None and curves[channel].known:
            came[:, c] = np.where(history.observed[:, c], result, np.nan)
            foretold[:, c] = np.where(
                np.isfinite(came[:, c]), effect_of(history, c, curves[channel]), np.nan
            )
    return came, foretold


def _total(
    history: History, curves: Curves, end: int, came: Floats, foretold: Floats
) -> tuple[Floats, Floats]:
    """(P,) all revenue and its forecast from period ``end`` on; NaN where one is not known."""
    if history.outcome is None:
        some = np.isfinite(came).any(axis=1)
        sums = (np.where(some, np.nansum(of, axis=1), np.nan) for of in (came, foretold))
        whole, expected = sums
        return whole, expected
    base = outlook(history.until(end), curves, len(history.starts) - end)
    nothing = np.full(len(history.starts), np.nan)
    course = nothing if isinstance(base, str) else base.course
    return history.outcome, course + effects_of(history, curves)


def _year_before(values: Floats, period: Period) -> Floats:
    """(P,) values of the same period of the year before; NaN where there is none."""
    lag = round(period.per_year)
    return np.concatenate([np.full(lag, np.nan), values])[: len(values)]


def _errors(came: Floats, foretold: Floats, end: int, per_quarter: int) -> list[float]:
    """Errors of the quarters after period ``end``, up to a year, as shares of what came."""
    errors = []
    for first in range(end, min(end + _YEAR * per_quarter, len(came)), per_quarter):
        of, by = came[first : first + per_quarter], foretold[first : first + per_quarter]
        both = np.isfinite(of) & np.isfinite(by)
        whole = abs(float(of[both].sum()))
        if whole > 0:
            errors.append(abs(float((by - of)[both].sum())) / whole)
    return errors
