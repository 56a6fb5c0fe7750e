r"""The response of a whole plan: a sum of saturation terms over linear forms of the spends.

One block is one channel in one quarter. Its periods' adstocked spends are linear in the quarter's
own spend x and in the state y that the channel carries into the quarter from the horizon's earlier
spends:

    s[p] = alpha[p] + beta[p] * x + gamma[p] * y,     gamma[p] = carryover ** (p + 1)

with alpha from the history. A term is worth demand * (f(s) - f(alpha)). x is the money that buys
media: the amount without the fixed cost of being active and without what the result itself costs,
a rate on the block's response. What lands after the horizon belongs to the last block, on top of
later spend at the last quarter's current rate; it counts until carryover ** k < 1e-4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Floats, Form, derivative, inflection, response
from optimizer.problem import AllocationProblem

Indices = NDArray[np.int64]

FADED = 1e-4
_NEAR_ZERO = 1e-9
_HALVINGS = 60
_DAYS = {Period.WEEK: 7.0, Period.MONTH: 365.25 / 12, Period.QUARTER: 365.25 / 4}


@dataclass(frozen=True)
class CurveTable:
    """Curves of many terms as arrays, one entry per term.

    ``least`` is the adstocked spend below which a slope under 1, infinite at 0, gets no steeper.
    """

    forms: tuple[Form, ...]
    form: Indices
    top: Floats
    half: Floats
    slope: Floats
    least: Floats

    def value(self, s: Floats) -> Floats:
        """f(s), term by term."""
        out = np.empty_like(s)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = response(form, s[of], self.top[of], self.half[of], self.slope[of])
        return out

    def slope_at(self, s: Floats) -> Floats:
        """f'(s), term by term; just beside 0 where a slope below 1 makes it infinite there."""
        out = np.empty_like(s)
        s = np.where(self.slope < 1, np.maximum(s, self.least), s)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = derivative(form, s[of], self.top[of], self.half[of], self.slope[of])
        return out

    @cached_property
    def inflection(self) -> Floats:
        """Where each term turns from convex to concave."""
        out = np.empty_like(self.top)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = inflection(form, self.half[of], self.slope[of])
        return out

    def take(self, rows: Indices) -> CurveTable:
        """The same curves for a selection of terms."""
        top, half, slope = self.top[rows], self.half[rows], self.slope[rows]
        return CurveTable(self.forms, self.form[rows], top, half, slope, self.least[rows])

    def within(self, most: Floats) -> CurveTable:
        """The same curves where s is at most so much: near 0 is a share of that as well."""
        reach = np.where(most > 0, np.minimum(most, self.half), self.half)
        return replace(self, least=_NEAR_ZERO * reach)

    def _rows(self, number: int) -> NDArray[np.bool_] | slice:
        return slice(None) if len(self.forms) == 1 else self.form == number


@dataclass(frozen=True)
class Response:
    """Terms (T,) grouped in blocks (B,), ordered by block; blocks know their cell and their state.

    ``cell``   (B,) c * Q + q of each block.
    ``carry``  (B, Q) the state carried into a block: y[b] = carry[b] @ x[c], 0 for q and later.
    ``first``  (B + 1,) where each block's terms begin.
    ``fixed``  (C,) money that an active channel pays before it buys media.
    ``rate``   (C,) money paid per unit of response.
    """

    problem: AllocationProblem
    cell: Indices
    carry: Floats
    first: Indices
    curves: CurveTable
    alpha: Floats
    beta: Floats
    gamma: Floats
    weight: Floats
    fixed: Floats
    rate: Floats

    @cached_property
    def block(self) -> Indices:
        """(T,) the block of each term."""
        return np.repeat(np.arange(len(self.cell)), np.diff(self.first))

    @cached_property
    def unspent(self) -> Floats:
        """(T,) f(alpha): what a term brings without the horizon's spends."""
        return self.curves.value(self.alpha)

    @property
    def channel(self) -> Indices:
        """(B,) the channel of each block."""
        return self.cell // len(self.problem.quarters)

    @property
    def quarter(self) -> Indices:
        """(B,) the quarter of each block."""
        return self.cell % len(self.problem.quarters)

    def one(self, block: int) -> Response:
        """The response of one block alone, still over the same cells."""
        return self.take(np.array([block]))

    def take(self, blocks: Indices) -> Response:
        """The response of some blocks alone, still over the same cells."""
        counts = np.diff(self.first)[blocks]
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        rows = np.repeat(self.first[blocks] - first[:-1], counts) + np.arange(first[-1])
        return Response(
            self.problem,
            self.cell[blocks],
            self.carry[blocks],
            first,
            self.curves.take(rows),
            self.alpha[rows],
            self.beta[rows],
            self.gamma[rows],
            self.weight[rows],
            self.fixed,
            self.rate,
        )

    def media(self, spend: Floats) -> Floats:
        """(C, Q) money that buys media, for amounts (C, Q)."""
        if not (self.fixed.any() or self.rate.any()):
            return spend
        media = np.maximum(spend - self.fixed[:, None], 0.0)
        for quarter, part in enumerate(self._paid_by_result):
            if len(part.cell):
                channels = part.channel
                media[channels, quarter] = part._media(media, channels, quarter)
        return np.asarray(media)

    @cached_property
    def _paid_by_result(self) -> tuple[Response, ...]:
        """Per quarter, the blocks whose result costs money."""
        costly = self.rate[self.channel] > 0
        quarters = range(len(self.problem.quarters) if costly.any() else 0)
        return tuple(self.take(np.flatnonzero(costly & (self.quarter == q))) for q in quarters)

    def _media(self, media: Floats, channels: Indices, quarter: int) -> Floats:
        """(B,) the x with x + rate * response(x) = amount, by halving: both sides increase."""
        amount = media[channels, quarter]
        state, rate = np.sum(self.carry * media[channels], axis=1), self.rate[channels]
        low, high = np.zeros_like(amount), amount.copy()
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            over = middle + rate * self.block_values(middle, state) > amount
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return np.asarray(0.5 * (low + high))

    def coordinates(self, spend: Floats) -> tuple[Floats, Floats]:
        """(B,) own media x and carried state y of every block, for amounts (C, Q)."""
        media = self.media(spend)
        return media.ravel()[self.cell], np.sum(self.carry * media[self.channel], axis=1)

    def adstocked(self, x: Floats, y: Floats) -> Floats:
        """(T,) s of every term at block coordinates (B,)."""
        return self.alpha + self.beta * x[self.block] + self.gamma * y[self.block]

    def sum_by_block(self, terms: Floats) -> Floats:
        """(B,) sums of (T,) term values."""
        return np.bincount(self.block, weights=terms, minlength=len(self.cell)).astype(float)

    def block_values(self, x: Floats, y: Floats) -> Floats:
        """(B,) response of each block, baseline excluded."""
        gained = self.curves.value(self.adstocked(x, y)) - self.unspent
        return self.sum_by_block(self.weight * gained)

    def value(self, spend: Floats) -> float:
        """Response that the amounts (C, Q) bring beyond none at all."""
        return float(self.block_values(*self.coordinates(spend)).sum())

    def marginal(self, spend: Floats, worth: Floats | None = None) -> Floats:
        """(C, Q) response per further unit of money in each cell.

        ``worth`` (B,) is what a unit of each block's response counts; 1 where it is not given.
        """
        media = self.media(spend)
        x, y = self.coordinates(spend)
        slope = self.weight * self.curves.slope_at(self.adstocked(x, y))
        own = self.sum_by_block(slope * self.beta)
        carried = self.sum_by_block(slope * self.gamma)
        counts = np.ones(len(self.cell)) if worth is None else worth
        out = np.zeros(spend.shape)
        np.add.at(out.ravel(), self.cell, counts * own)
        np.add.at(out, self.channel, (counts * carried)[:, None] * self.carry)
        self._less_cost_of_result(out, own, carried)
        # The first unit of money goes into the fixed cost.
        return np.where((self.fixed[:, None] > 0) & (media <= 0), 0.0, out)

    def _less_cost_of_result(self, out: Floats, own: Floats, carried: Floats) -> None:
        """Turn gains per unit of media into gains per unit of money, where results cost money.

        amounts = media + rate * response(media) per channel, so with L the (Q, Q) derivatives of
        the quarters' responses, the gains g become those z with (I + rate * L).T z = g.
        """
        quarters = out.shape[1]
        for c in np.flatnonzero(self.rate > 0).tolist():
            of = np.flatnonzero(self.channel == c)
            bends = np.zeros((quarters, quarters))
            bends[self.quarter[of]] = carried[of, None] * self.carry[of]
            bends[self.quarter[of], self.quarter[of]] += own[of]
            out[c] = np.linalg.solve((np.eye(quarters) + self.rate[c] * bends).T, out[c])

    def by_spending_quarter(self, spend: Floats, worth: Floats | None = None) -> Floats:
        """(C, Q) the response's parts by the quarter that spent them; sums to `value`.

        ``worth`` (B,) is what a unit of each block's response counts; 1 where it is not given.

        A term's gain is divided in proportion to what each quarter's spend adds to its adstock:
        the Aumann-Shapley value of a function of one linear form.
        """
        media = self.media(spend)
        x, y = self.coordinates(spend)
        gain = self.weight * (self.curves.value(self.adstocked(x, y)) - self.unspent)
        gain = gain if worth is None else gain * worth[self.block]
        added = self.beta * x[self.block] + self.gamma * y[self.block]
        per_unit = np.divide(gain, added, out=np.zeros_like(gain), where=added > 0)
        own = self.sum_by_block(per_unit * self.beta) * x
        carried = self.sum_by_block(per_unit * self.gamma)
        out = np.zeros(spend.shape)
        np.add.at(out.ravel(), self.cell, own)
        np.add.at(out, self.channel, carried[:, None] * self.carry * media[self.channel])
        return out


def response_of(problem: AllocationProblem) -> Response:
    """The sum of terms of an allocation problem."""
    quarters = len(problem.quarters)
    cells: list[int] = []
    carries: list[Floats] = []
    counts: list[int] = []
    parts: list[Floats] = []
    curves: list[ResponseCurve] = []
    curve_of: list[int] = []
    for c, channel in enumerate(problem.channels):
        if channel.curve is None or channel.curve.top == 0:
            continue
        curves.append(channel.curve)
        for q, (terms, carry) in enumerate(_channel_blocks(problem, c, channel.curve)):
            cells.append(c * quarters + q)
            carries.append(carry)
            counts.append(terms.shape[1])
            parts.append(terms)
            curve_of.append(len(curves) - 1)
    table = np.concatenate(parts, axis=1) if parts else np.empty((4, 0))
    rows = np.repeat(np.array(curve_of, dtype=np.int64), counts)
    most = table[0] + (table[1] + table[2]) * float(problem.budget.sum())
    return Response(
        problem=problem,
        cell=np.array(cells, dtype=np.int64),
        carry=np.array(carries).reshape(len(cells), quarters),
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        curves=_curve_table(curves).take(rows).within(most),
        alpha=table[0],
        beta=table[1],
        gamma=table[2],
        weight=table[3],
        fixed=np.array([channel.fixed_cost for channel in problem.channels]),
        rate=np.array([channel.cost_of_result for channel in problem.channels]),
    )


def _curve_table(curves: list[ResponseCurve]) -> CurveTable:
    forms = tuple(dict.fromkeys(curve.form for curve in curves))
    return CurveTable(
        forms,
        np.array([forms.index(curve.form) for curve in curves], dtype=np.int64),
        np.array([curve.top for curve in curves], dtype=float),
        np.array([curve.half for curve in curves], dtype=float),
        np.array([curve.slope for curve in curves], dtype=float),
        _NEAR_ZERO * np.array([curve.half for curve in curves], dtype=float),
    )


def _channel_blocks(
    problem: AllocationProblem, c: int, curve: ResponseCurve
) -> list[tuple[Floats, Floats]]:
    """Per quarter: rows alpha, beta, gamma, weight of its terms, and the state carried in."""
    if curve.carryover == 0 and problem.pacing[c] is None:
        return _even_blocks(problem, c, curve)
    periods, quarters = curve.period.per_quarter, len(problem.quarters)
    rho = curve.carryover
    fade = rho ** np.arange(1, periods + 1)
    pacing = np.array(problem.pacing[c] or [1 / periods] * periods)
    lags = np.subtract.outer(np.arange(periods), np.arange(periods))
    # A spend in period j is worth rho ** (p - j) in period p >= j of the same quarter.
    reach = np.where(lags >= 0, rho ** np.maximum(lags, 0), 0.0) @ pacing
    before = float(adstock_before(problem, c, curve, rho))
    blocks = []
    carry = np.zeros(quarters)
    for q in range(quarters):
        beta = reach / problem.media_price[c, q]
        alpha = before * rho ** (q * periods) * fade
        terms = np.vstack([alpha, beta, fade, np.full(periods, problem.demand[c, q])])
        leaving = fade[-1] * carry
        leaving[q] = beta[-1]
        if q == quarters - 1:
            terms = np.hstack([terms, _tail(problem, c, curve, alpha[-1], beta[-1])])
        blocks.append((_merged(terms), carry))
        carry = leaving
    return blocks


def _even_blocks(
    problem: AllocationProblem, c: int, curve: ResponseCurve
) -> list[tuple[Floats, Floats]]:
    """The same where nothing is carried over and pacing is even: all periods are alike."""
    periods, quarters = curve.period.per_quarter, len(problem.quarters)
    terms = np.zeros((4, quarters))
    terms[1] = 1 / periods / problem.media_price[c]
    terms[3] = problem.demand[c] * periods
    carry = np.zeros(quarters)
    return [(terms[:, q : q + 1], carry) for q in range(quarters)]


def _tail(
    problem: AllocationProblem, c: int, curve: ResponseCurve, alpha: float, beta: float
) -> Floats:
    """Terms of the periods after the horizon; (4, K), as in the last block's coordinates."""
    rho = curve.carryover
    if rho == 0:
        return np.empty((4, 0))
    ks = np.arange(1, curve.period.longest_tail + 1)
    faded = rho**ks
    faded = faded[faded >= FADED]
    per_quarter = curve.period.per_quarter
    later = media_now(problem, c, -1) / per_quarter / problem.media_price[c, -1]
    return np.vstack(
        [
            alpha * faded + later * (1 - faded) / (1 - rho),
            beta * faded,
            rho**per_quarter * faded,
            np.full(len(faded), problem.demand[c, -1]),
        ]
    )


def adstock_before(
    problem: AllocationProblem, c: int, curve: ResponseCurve, carryover: ArrayLike
) -> Floats:
    """Adstock of the last period before the horizon, at these carry-overs; shape as given.

    Without history: the steady state of the first quarter's current budget, at which any gap
    between the history's end and the horizon is filled as well. The history's own is known at the
    curve's carry-over only; at another it is that of the same steady spend.
    """
    rho = np.asarray(carryover, dtype=float)
    steady = media_now(problem, c, 0) / curve.period.per_quarter / (1 - rho)
    if curve.last_adstock is None or curve.last_period is None:
        return np.asarray(steady)
    last = curve.last_adstock * ((1 - curve.carryover) / (1 - rho))
    gap = periods_between(curve.last_period, problem.first_day, curve.period)
    return np.asarray(steady + (last - steady) * rho**gap)


def media_now(problem: AllocationProblem, c: int, q: int) -> float:
    """Money that buys media at the current budget; what results cost is taken as spent on it."""
    return max(float(problem.current[c, q]) - problem.channels[c].fixed_cost, 0.0)


def periods_between(last_period: date, first_day: date, period: Period) -> int:
    """Whole periods missing between a history's last one and the horizon; never negative."""
    return max(0, round((first_day - last_period).days / _DAYS[period]) - 1)


def _merged(terms: Floats) -> Floats:
    """Terms with the same linear form become one, their weights added: exact, and far fewer."""
    forms, where = np.unique(terms[:3], axis=1, return_inverse=True)
    if forms.shape[1] == terms.shape[1]:
        return terms
    weight = np.bincount(where.ravel(), weights=terms[3], minlength=forms.shape[1])
    return np.vstack([forms, weight])
