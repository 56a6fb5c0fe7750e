"""The forecast: what revenue comes without the channels in the quarters of a plan.

The baseline as seen is total revenue less what the curves make of the history's spend; it is
carried on by `models.extrapolation`. So baseline and curves add up to total revenue at any spend.
How far off such forecasts are is measured by making them anew from the ends of earlier quarters.
That the curves themselves are unsure does not show there, for what they wrongly take from the
baseline they take every time: so the forecast is made in every world that their members describe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np
from scipy.special import stdtrit

from models.curve import Curves
from models.effects import effects_of, possible_effects
from models.extrapolation import extrapolate
from models.history import History
from models.period import Period
from models.saturation import Floats

# The share of quarters that the interval is to hold.
LEVEL = 0.8
# Errors, all as likely, that stand for the forecast's own in each world.
_ERRORS = 100
# A year to learn from, and a quarter to be tried on.
_LEAST_QUARTERS = 5
_YEAR = 4
# Before it is measured, a forecast is taken to be some 5 % off, which counts as much as one try.
_USUAL_ERROR, _USUAL_COUNT = 0.05, 1
# Forecasts made a quarter apart err alike: so many of them tell as much as one.
_ALIKE = 2


@dataclass(frozen=True)
class Forecast:
    """Revenue in money that comes without the channels, by planning quarter (Q,).

    ``mean``, and ``low`` to ``high``, which is to hold a quarter's baseline with probability
    ``level``. ``error`` is the mean absolute error of the same forecast of past quarters, one to
    four ahead, at the spend that was then made, as a share of their total revenue, and
    ``naive_error`` that of taking the same quarter of the year before (None where no year before
    was seen). ``controls`` are those that took part. Without a forecast all is empty, and ``notes``
    say why.
    """

    quarters: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    error: float | None = None
    naive_error: float | None = None
    level: float = LEVEL
    controls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is a forecast."""
        return bool(self.quarters)

    def at(self, demand: Sequence[float]) -> Self:
        """The forecast of a future with these factors on demand: one for all quarters, or each."""
        if not self:
            return self
        factors = np.broadcast_to(np.asarray(demand, dtype=float), len(self.quarters))
        mean, low, high = (
            tuple((factors * np.asarray(values)).tolist())
            for values in (self.mean, self.low, self.high)
        )
        return replace(self, mean=mean, low=low, high=high)


@dataclass(frozen=True)
class Seen:
    """What was seen of the baseline: (P,) total revenue, NaN where missing, and the effects in it.

    ``controls`` (P + F, K) are those that are known for the F periods after the last as well;
    ``stepping`` is whether its level may take steps.
    """

    outcome: Floats
    effects: Floats
    controls: Floats
    period: Period
    stepping: bool = False

    @property
    def base(self) -> Floats:
        """(P,) total revenue less the effects."""
        return self.outcome - self.effects

    def course(self, until: int) -> Floats:
        """(P + F,) mean baseline, by what was seen of the first periods; their sum is above 0."""
        return extrapolate(
            self.base[:until], self.controls, self.period.per_year, stepping=self.stepping
        )

    def come_and_coming(self, parts: Floats) -> tuple[Floats, Floats]:
        """(Q,) the baseline in quarters that consist of ``parts`` (Q, P + F): seen, and forecast.

        Nothing is forecast where the effects take all of it.
        """
        base = self.base
        past = np.concatenate([base, np.full(len(self.controls) - len(base), np.nan)])
        there = np.isfinite(past)
        course = self.course(len(base)) if np.nansum(base) > 0 else np.zeros(len(past))
        return parts @ np.where(there, past, 0.0), parts @ np.where(there, 0.0, course)

    def ways(self) -> tuple["Seen", ...]:
        """The same without controls and with them, steady and stepping."""
        plain = (replace(self, controls=self.controls[:, :0]), self)
        known = plain if self.controls.shape[1] else plain[:1]
        return tuple(replace(seen, stepping=steps) for steps in (False, True) for seen in known)


@dataclass(frozen=True)
class Tries:
    """Errors (T,) of forecasts of past quarters, from ``origins`` quarters' ends.

    ``relative`` as a share of the baseline that was forecast, ``total`` and ``naive`` of total
    revenue; ``naive`` is NaN where the year before was not seen.
    """

    relative: Floats
    total: Floats
    naive: Floats
    origins: int

    def possible(self) -> Floats:
        """(E,) errors to reckon with, all as likely, in logarithms."""
        own = self.origins / _ALIKE
        squares = own * float(np.mean(self.relative**2)) if self.origins else 0.0
        count = own + _USUAL_COUNT
        spread = np.sqrt((squares + _USUAL_COUNT * _USUAL_ERROR**2) / count)
        return np.asarray(stdtrit(count, (np.arange(_ERRORS) + 0.5) / _ERRORS) * spread)


@dataclass(frozen=True)
class Outlook:
    """The baseline's mean course (P + F,), what it rests on, and the controls that take part."""

    course: Floats
    seen: Seen
    tries: Tries
    controls: tuple[str, ...]


def forecast(
    history: History, curves: Curves, first_day: date, quarters: Sequence[str]
) -> Forecast:
    """The baseline in the quarters of a plan, the first of which begins on ``first_day``.

    Raises nothing that data can cause. Controls take part where the history holds their values up
    to the last quarter's end, and where past quarters are forecast better with them; what the
    others bring stays part of the baseline. Its level takes steps where that was better as well.
    """
    ahead = _periods_until(history, Period.QUARTER.after(first_day, len(quarters)))
    found = outlook(history, curves, ahead)
    if isinstance(found, str):
        return Forecast(notes=(found,))
    seen, tries = found.seen, found.tries
    parts = _parts_in(history, len(found.course), first_day, len(quarters))
    # A plan that begins before the history ends: what has come is no longer forecast.
    come, coming = seen.come_and_coming(parts)
    low, high = _interval(seen, possible_effects(history, curves), parts, tries.possible())
    naive = tries.naive[np.isfinite(tries.naive)]
    return Forecast(
        quarters=tuple(quarters),
        mean=tuple((come + coming).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        error=float(np.abs(tries.total).mean()) if tries.origins else None,
        naive_error=float(np.abs(naive).mean()) if naive.size else None,
        controls=found.controls,
        notes=_left_out(tuple(name for name in history.controls if name not in found.controls)),
    )


def _interval(seen: Seen, effects: Floats, parts: Floats, errors: Floats) -> Floats:
    """(2, Q) the ends of the interval over all worlds, with effects (P, M), and errors (E,)."""
    worlds = [replace(seen, effects=of).come_and_coming(parts) for of in effects.T]
    come, coming = np.array(worlds).swapaxes(0, 1)
    possible = come + coming * np.exp(errors)[:, None, None]
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    return np.asarray(np.quantile(possible, ends, axis=(0, 1), method="hazen"))


def outlook(history: History, curves: Curves, ahead: int) -> Outlook | str:
    """The baseline so many periods beyond the history, or the words why there is none."""
    if history.outcome is None:
        return "There is no total revenue, so what comes without the channels is not known."
    known = tuple(name for name in history.controls if _reaches(history, name, ahead))
    effects, controls = effects_of(history, curves), _controls(history, known, ahead)
    seen = Seen(history.outcome, effects, controls, history.period)
    quarters = np.count_nonzero(np.isfinite(seen.base)) / history.period.per_quarter
    if quarters < _LEAST_QUARTERS:
        return (
            "What comes without the channels is not forecast: that takes total revenue of "
            f"{_LEAST_QUARTERS} quarters."
        )
    if not np.nansum(seen.base) > 0:
        return "What comes without the channels is not forecast: the curves take all of it."
    tried = [(seen, past_forecasts(seen)) for seen in seen.ways()]
    seen, tries = min(tried, key=lambda way: float(np.sum(way[1].total ** 2)))
    return Outlook(
        seen.course(len(seen.base)), seen, tries, known if seen.controls.shape[1] else ()
    )


def past_forecasts(seen: Seen) -> Tries:
    """Forecasts of the last quarters from what was seen before them, up to a year ahead.

    From the ends of the quarters in the later half of the history, a year at least before them.
    """
    base, outcome = seen.base, seen.outcome
    n, year = seen.period.per_quarter, round(seen.period.per_year)
    there = np.isfinite(base)
    before = np.concatenate([np.full(year, np.nan), outcome])[: len(outcome)]
    errors: list[tuple[float, float, float]] = []
    origins = 0
    for end in range(len(base) - n, len(base) // 2 - 1, -n):
        if np.count_nonzero(there[:end]) < _YEAR * n or not np.nansum(base[:end]) > 0:
            break
        origins += 1
        mean = seen.course(end)
        for first in range(end, min(end + _YEAR * n, len(base) - n + 1), n):
            rows = first + np.flatnonzero(there[first : first + n])
            total = float(outcome[rows].sum())
            if len(rows) == 0 or total == 0:
                continue
            off = float((base[rows] - mean[rows]).sum())
            naive = float((outcome[rows] - before[rows]).sum())
            errors.append((off / float(mean[rows].sum()), off / abs(total), naive / abs(total)))
    relative, of_total, naive_errors = np.asarray(errors).reshape(-1, 3).T
    return Tries(relative, of_total, naive_errors, origins if errors else 0)


def _left_out(controls: tuple[str, ...]) -> tuple[str, ...]:
    if not controls:
        return ()
    return (
        f"The forecast goes without {', '.join(controls)}: not known up to the plan's end, or of "
        "no help in past quarters.",
    )


def _periods_until(history: History, end: date) -> int:
    """Periods after the history's last one that begin before ``end``."""
    last = history.starts[-1]
    count = 0
    while history.period.after(last, count + 1) < end:
        count += 1
    return count


def _reaches(history: History, name: str, ahead: int) -> bool:
    """Whether a control is known for so many periods after the history."""
    values = history.ahead.get(name, np.empty(0))[:ahead]
    return len(values) == ahead and bool(np.isfinite(values).all())


def _controls(history: History, names: Sequence[str], ahead: int) -> Floats:
    """(P + F, K) values of these controls."""
    periods = len(history.starts) + ahead
    if not names:
        return np.empty((periods, 0))
    columns = [
        np.concatenate([history.controls[name], history.ahead[name][:ahead]]) for name in names
    ]
    return np.stack(columns, axis=1)


def _parts_in(history: History, periods: int, first_day: date, quarters: int) -> Floats:
    """(Q, P + F) which part of every period lies in every quarter, by days."""
    first = history.starts[0]
    starts = [history.period.after(first, p).toordinal() for p in range(periods + 1)]
    edges = [Period.QUARTER.after(first_day, q).toordinal() for q in range(quarters + 1)]
    begin, end = np.asarray(starts[:-1]), np.asarray(starts[1:])
    low, high = np.asarray(edges[:-1])[:, None], np.asarray(edges[1:])[:, None]
    days = np.minimum(end, high) - np.maximum(begin, low)
    return np.asarray(np.maximum(days, 0) / (end - begin))
