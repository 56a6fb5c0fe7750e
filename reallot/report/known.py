"""Known: what the history says of a channel's curve, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.carryover import steady_state
from models.curve import Curves, ResponseCurve
from models.history import History
from models.saturation import Floats, derivative, response
from optimizer.doubt import LEVEL
from reallot.report.doubt import FLAGS
from reallot.report.figures import money, percent, rate

_SOURCES = {
    "attributed": "the results attributed to it",
    "totals": "totals",
    "combined": "the results attributed to it, and totals",
    "assumed": "similar channels",
    "given": "a curve that was given",
}

Range = tuple[float, float]


@dataclass(frozen=True)
class Rate:
    """A return per unit of money, and the range that it is in with probability `LEVEL`.

    ``between`` is None where the curve is certain.
    """

    value: float
    between: Range | None

    def __str__(self) -> str:
        if self.between is None:
            return rate(self.value)
        low, high = map(rate, self.between)
        return f"{rate(self.value)} ({low} to {high})"


@dataclass(frozen=True)
class Known:
    """A curve at steady state, once carry-over of the same spend in every period has built up.

    ``spends`` (N,) are the spends per period of the history, those of 0 left out; ``usual`` is
    their mean over the last year with those of 0, None where the history has none at the curve's
    period. ``returns`` is what a unit of money brings there, ``next_brings`` what one more does.
    """

    curve: ResponseCurve
    spends: Floats
    usual: float | None
    returns: Rate | None
    next_brings: Rate | None

    @property
    def unsure(self) -> bool:
        """Whether the fit flagged the curve, or found no signal."""
        return bool(self.curve.diagnostics.flags) or not self.curve.known

    def line(self, spend: Floats) -> Floats:
        """(N,) response per period at spends (N,) per period."""
        return self.curve.at(steady_state(spend, self.curve.carryover))

    def band(self, spend: Floats) -> tuple[Floats, Floats] | None:
        """(N,) and (N,): where the response at spends (N,) lies; None where it is certain."""
        if not self.curve.members:
            return None
        top, half, slope, carryover = _members(self.curve)
        brought = response(self.curve.form, steady_state(spend, carryover), top, half, slope)
        low, high = np.quantile(brought, _ENDS, axis=0)
        return low, high


_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def known_of(curves: Curves, history: History | None) -> tuple[Known, ...]:
    """What is known of every curve of revenue, in their order."""
    return tuple(_known(curve, history) for curve in curves.curves)


def _known(curve: ResponseCurve, history: History | None) -> Known:
    spends = _spends(curve, history)
    year = spends[-round(curve.period.per_year) :]
    usual = float(year.mean()) if year.size and year.any() else None
    returns = next_brings = None
    if usual is not None and curve.known:
        returns, next_brings = _returns(curve, usual)
    return Known(curve, spends[spends > 0], usual, returns, next_brings)


def _spends(curve: ResponseCurve, history: History | None) -> Floats:
    """(N,) the channel's spends in the periods that were seen, the latest last."""
    if history is None or curve.channel not in history.channels or curve.period != history.period:
        return np.empty(0)
    c = history.channels.index(curve.channel)
    return np.asarray(history.spend[history.observed[:, c], c])


def _returns(curve: ResponseCurve, usual: float) -> tuple[Rate, Rate]:
    """Response per unit of money, and per further unit, at the usual spend."""
    s = steady_state(usual, curve.carryover)
    mean = float(curve.at(s)) / usual
    more = float(curve.marginal_at(s)) / (1 - curve.carryover)
    if not curve.members:
        return Rate(mean, None), Rate(more, None)
    top, half, slope, carryover = _members(curve)
    states = steady_state(usual, carryover)
    means = response(curve.form, states, top, half, slope) / usual
    mores = derivative(curve.form, states, top, half, slope) / (1 - carryover)
    return Rate(mean, _between(means)), Rate(more, _between(mores))


def _between(values: Floats) -> Range:
    low, high = np.quantile(values, _ENDS)
    return float(low), float(high)


def _members(curve: ResponseCurve) -> Floats:
    """(4, K, 1) the parameters of every member."""
    return np.array(curve.members).T[:, :, None]


def returns_in_words(known: Known, currency: str) -> str:
    """What money brings at the usual spend; empty where there is none."""
    if known.usual is None or known.returns is None:
        return ""
    usual = f"{money(known.usual, currency)} a {known.curve.period}"
    brings = f"one {currency} brings {known.returns}, one more {known.next_brings}"
    return f"At the usual {usual}, {brings}."


def source_in_words(known: Known) -> str:
    """What the curve was fitted on, and how well it forecasts what it was not."""
    fit, period = known.curve.diagnostics, known.curve.period
    used = f", {fit.periods} {period}s" if fit.periods else ""
    error = ""
    if fit.holdout_error is not None:
        error = f"; its forecast of periods held out missed by {percent(fit.holdout_error)}"
    return f"From {_SOURCES.get(fit.source, fit.source)}{used}{error}."


def remarks(known: Known) -> tuple[str, ...]:
    """What to know before trusting the curve: sentences."""
    fit = known.curve.diagnostics
    corrected = () if fit.correction is None else (_corrected(fit.correction),)
    flags = (f"{flag.capitalize()}: {FLAGS[flag]}." for flag in fit.flags if flag in FLAGS)
    notes = (f"{note[:1].upper()}{note[1:]}" for note in fit.notes)
    return (*corrected, *flags, *notes)


def _corrected(correction: float) -> str:
    """How far attribution was wrong, by what it was multiplied by."""
    if round(correction, 2) == 1:
        return "Credited with what it brings."
    way = "Under" if correction > 1 else "Over"
    return f"{way}-credited by {percent(abs(correction - 1), 0)}."
