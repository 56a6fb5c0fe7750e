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

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.curve import ResponseCurve
from models.saturation import Floats
from optimizer.curve_table import CurveTable, Indices, curve_table
from optimizer.problem import AllocationProblem
from optimizer.terms import channel_blocks

_HALVINGS = 60


@dataclass(frozen=True)
class Response:
    """Terms (T,) grouped in blocks (B,), ordered by block; blocks know their cell and their state.

    Several kinds of result may come of one amount, each by blocks of its own; the response is kind
    0, and only what is said of all blocks speaks of the others.

    ``cell``   (B,) c * Q + q of each block.
    ``kind``   (B,) which of the problem's kinds of result each block brings.
    ``carry``  (B, Q) the state carried into a block: y[b] = carry[b] @ x[c], 0 for q and later.
    ``first``  (B + 1,) where each block's terms begin.
    ``fixed``  (C,) money that an active channel pays before it buys media.
    ``rate``   (C,) money paid per unit of response.
    """

    problem: AllocationProblem
    cell: Indices
    kind: Indices
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

    @cached_property
    def position(self) -> Indices:
        """(B,) where each block's result stands in a decision."""
        layout = self.problem.layout
        return np.asarray(layout.money + self.kind * layout.spends + self.cell)

    @cached_property
    def own(self) -> Floats:
        """(B,) 1 for blocks of the response itself, 0 for those of other kinds."""
        return np.asarray(self.kind == 0, dtype=float)

    @cached_property
    def worth(self) -> Floats:
        """(B,) what a unit of each block's result counts in the objective, in any one draw."""
        values = self.problem.values
        return np.asarray(values[self.kind % len(values), self.channel])

    @cached_property
    def cost(self) -> Floats:
        """(B,) money paid per unit of each block's result: only the response itself costs any."""
        return np.asarray(self.own * self.rate[self.channel])

    def take(self, blocks: Indices) -> Response:
        """The response of some blocks alone, still over the same cells."""
        counts = np.diff(self.first)[blocks]
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        rows = np.repeat(self.first[blocks] - first[:-1], counts) + np.arange(first[-1])
        return Response(
            self.problem,
            self.cell[blocks],
            self.kind[blocks],
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
        costly = self.cost > 0
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
        return float(np.sum(self.own * self.block_values(*self.coordinates(spend))))

    def marginal(self, spend: Floats, worth: Floats | None = None) -> Floats:
        """(C, Q) response per further unit of money in each cell.

        ``worth`` (B,) is what a unit of each block's result counts; without it the response does.
        """
        media = self.media(spend)
        x, y = self.coordinates(spend)
        slope = self.weight * self.curves.slope_at(self.adstocked(x, y))
        own = self.sum_by_block(slope * self.beta)
        carried = self.sum_by_block(slope * self.gamma)
        counts = self.own if worth is None else worth
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
            of = np.flatnonzero((self.channel == c) & (self.kind == 0))
            bends = np.zeros((quarters, quarters))
            bends[self.quarter[of]] = carried[of, None] * self.carry[of]
            bends[self.quarter[of], self.quarter[of]] += own[of]
            out[c] = np.linalg.solve((np.eye(quarters) + self.rate[c] * bends).T, out[c])

    def by_spending_quarter(self, spend: Floats, worth: Floats | None = None) -> Floats:
        """(C, Q) the response's parts by the quarter that spent them; sums to `value`.

        ``worth`` (B,) is what a unit of each block's result counts; without it the response does.

        A term's gain is divided in proportion to what each quarter's spend adds to its adstock:
        the Aumann-Shapley value of a function of one linear form.
        """
        media = self.media(spend)
        x, y = self.coordinates(spend)
        gain = self.weight * (self.curves.value(self.adstocked(x, y)) - self.unspent)
        gain = gain * (self.own if worth is None else worth)[self.block]
        added = self.beta * x[self.block] + self.gamma * y[self.block]
        per_unit = np.divide(gain, added, out=np.zeros_like(gain), where=added > 0)
        own = self.sum_by_block(per_unit * self.beta) * x
        carried = self.sum_by_block(per_unit * self.gamma)
        out = np.zeros(spend.shape)
        np.add.at(out.ravel(), self.cell, own)
        np.add.at(out, self.channel, carried[:, None] * self.carry * media[self.channel])
        return out


def response_of(problem: AllocationProblem) -> Response:
    """The sum of terms of an allocation problem, in every draw that its caution looks at."""
    return _response(problem, problem.curves)


def expected_of(problem: AllocationProblem) -> Response:
    """The same as it is expected, without draws."""
    return _response(problem, problem.expected)


def _response(problem: AllocationProblem, of: Iterable[tuple[int, int, ResponseCurve]]) -> Response:
    """The blocks of these kinds of result, channels and curves."""
    quarters = len(problem.quarters)
    cells: list[int] = []
    kinds: list[int] = []
    carries: list[Floats] = []
    counts: list[int] = []
    parts: list[Floats] = []
    curves: list[ResponseCurve] = []
    curve_of: list[int] = []
    for kind, c, curve in of:
        if curve.top == 0:
            continue
        curves.append(curve)
        for q, (terms, carry) in enumerate(channel_blocks(problem, c, curve)):
            cells.append(c * quarters + q)
            kinds.append(kind)
            carries.append(carry)
            counts.append(terms.shape[1])
            parts.append(terms)
            curve_of.append(len(curves) - 1)
    table = np.concatenate(parts, axis=1) if parts else np.empty((4, 0))
    rows = np.repeat(np.array(curve_of, dtype=np.int64), counts)
    money = max(float(problem.budget.sum()), float(problem.holds.sum()))
    most = table[0] + (table[1] + table[2]) * money
    return Response(
        problem=problem,
        cell=np.array(cells, dtype=np.int64),
        kind=np.array(kinds, dtype=np.int64),
        carry=np.array(carries).reshape(len(cells), quarters),
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        curves=curve_table(curves).take(rows).within(most),
        alpha=table[0],
        beta=table[1],
        gamma=table[2],
        weight=table[3],
        fixed=np.array([channel.fixed_cost for channel in problem.channels]),
        rate=np.array([channel.cost_of_result for channel in problem.channels]),
    )
