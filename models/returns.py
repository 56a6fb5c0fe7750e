"""Returns: what every channel cost and brought by calendar month, and per unit of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.carryover import adstock
from models.curve import Curves
from models.history import History
from models.period import Period
from models.saturation import Floats

_YEAR = 12


@dataclass(frozen=True)
class ChannelReturns:
    """Cost and return (M,) of a channel in money per calendar month, the history's last month last.

    ``source`` is "attributed", or "curve" where the history has no results of the channel itself.
    """

    cost: Floats
    earned: Floats
    source: str


@dataclass(frozen=True)
class MonthlyReturns:
    """Returns of the channels of which any are known."""

    channels: Mapping[str, ChannelReturns]

    def months(self, channel: str) -> int:
        """Months since the channel's first period; 0 where nothing is known of its return."""
        return len(self.channels[channel].cost) if channel in self.channels else 0

    def roi(self, channel: str, months: int) -> float:
        """Return / cost of the last ``months`` together; NaN where they cost nothing.

        Raises KeyError for a channel of whose return nothing is known.
        """
        of = self.channels[channel]
        return _multiple(float(of.earned[-months:].sum()), float(of.cost[-months:].sum()))

    def monthly_roi(self, channel: str, months: int) -> tuple[float, ...]:
        """Return / cost of each of the last ``months``, newest last; NaN where one cost nothing.

        Raises KeyError for a channel of whose return nothing is known.
        """
        of = self.channels[channel]
        pairs = zip(of.earned[-months:].tolist(), of.cost[-months:].tolist(), strict=True)
        return tuple(_multiple(earned, cost) for earned, cost in pairs)


def monthly_returns(history: History, curves: Curves) -> MonthlyReturns:
    """Cost and return by calendar month.

    The return is the revenue attributed to the channel, times the correction that totals or lift
    tests ask for: a stop rule is to judge what a channel brings, not what it claims. Where there is
    none, it is its curve's response to the history's spend, if the curve is known and of the
    history's period. A week belongs to the month of its first day; a quarter counts for a third in
    each of its months. Periods without a row count neither as cost nor as return.
    """
    channels = {}
    for c, channel in enumerate(history.channels):
        result = _returned(history, curves, c)
        if result is None:
            continue
        source = "curve" if attributed_to(history, c) is None else "attributed"
        used = history.observed[:, c] & np.isfinite(result)
        if used.any():
            cost = _by_month(history, np.where(used, history.spend[:, c], 0.0), used)
            earned = _by_month(history, np.where(used, result, 0.0), used)
            channels[channel] = ChannelReturns(cost, earned, source)
    return MonthlyReturns(channels)


def results_per_return(history: History, curves: Curves, metric: str) -> dict[str, float]:
    """What a unit of a channel's return has brought of a metric ("new_customers", ...).

    By channel: the metric's sum over that of the return (as in `monthly_returns`), over the periods
    of the last 12 months that show both. Channels without any of both in them are left out.
    """
    rates: dict[str, float] = {}
    if metric not in history.attributed:
        return rates
    recent = _recent(history)
    for c, channel in enumerate(history.channels):
        returned = _returned(history, curves, c)
        if returned is None:
            continue
        counted = history.attributed[metric][:, c]
        both = recent & history.observed[:, c] & np.isfinite(returned) & np.isfinite(counted)
        results, whole = float(counted[both].sum()), float(returned[both].sum())
        if results > 0 and whole > 0:
            rates[channel] = results / whole
    return rates


def _recent(history: History) -> np.ndarray:
    """(P,) whether a period begins in the history's last 12 months."""
    months = np.array([_month(start) for start in history.starts])
    spread = 3 if history.period is Period.QUARTER else 1
    return np.asarray(months > months[-1] + spread - 1 - _YEAR)


def _returned(history: History, curves: Curves, c: int) -> Floats | None:
    """(P,) a channel's attributed revenue, corrected, else what its curve makes of its spend."""
    attributed, channel = attributed_to(history, c), history.channels[c]
    if attributed is None:
        return _modelled(history, curves, c)
    correction = curves[channel].diagnostics.correction if channel in curves else None
    return attributed if correction is None else correction * attributed


def attributed_to(history: History, c: int) -> Floats | None:
    """(P,) revenue attributed to a channel, NaN where missing; None where there is none at all."""
    if history.revenue is None or not np.isfinite(history.revenue[:, c]).any():
        return None
    return np.asarray(history.revenue[:, c])


def _modelled(history: History, curves: Curves, c: int) -> Floats | None:
    channel = history.channels[c]
    if channel not in curves:
        return None
    curve = curves[channel]
    if not curve.known or curve.period is not history.period:
        return None
    return curve.at(adstock(history.spend[:, c], curve.carryover, history.period.per_quarter))


def _by_month(history: History, money: Floats, used: np.ndarray) -> Floats:
    """(M,) sums from the month of the first used period to the history's last month."""
    first = _month(history.starts[int(np.flatnonzero(used)[0])])
    spread = 3 if history.period is Period.QUARTER else 1
    months = np.zeros(_month(history.starts[-1]) + spread - first)
    for start, amount, counts in zip(history.starts, money, used, strict=True):
        if counts:
            begin = _month(start) - first
            months[begin : begin + spread] += amount / spread
    return months


def _month(day: date) -> int:
    return 12 * day.year + day.month


def _multiple(earned: float, cost: float) -> float:
    return earned / cost if cost > 0 else float("nan")
