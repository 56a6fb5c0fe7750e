"""Worlds: what may be true instead of what is expected, and what amounts bring there.

Period by period, for all worlds and many curves at once: the same sum as `Response`, whose terms
hold one curve each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.curve import Member, ResponseCurve
from models.period import Period
from models.saturation import Floats, Form, response
from optimizer.channel import Channel
from optimizer.curve_table import Indices
from optimizer.problem import AllocationProblem
from optimizer.terms import FADED, adstock_before, media_now

# Curves, each with the channel whose money it speaks of.
PlacedCurves = Sequence[tuple[int, ResponseCurve]]


@dataclass(frozen=True)
class Worlds:
    """K worlds: which member of every curve is true, and what the markets are like.

    ``member``      (K,) position; where a curve has fewer, they are taken again from the first, and
                    a curve without members is the same in every world.
    ``demand``      (K, C, Q) factor on response, or (1, C, Q) where it is the same in all.
    ``media_price`` likewise, on prices.
    """

    member: Indices
    demand: Floats
    media_price: Floats

    @classmethod
    def of_members(cls, problem: AllocationProblem) -> Worlds:
        """A world for every member of the problem's curves; none where they have no members."""
        count = members_of(problem)
        return cls(np.arange(count), problem.demand[None], problem.media_price[None])

    def __len__(self) -> int:
        return len(self.member)

    def take(self, which: slice) -> Worlds:
        """Some of the worlds."""
        demand, price = (
            table if len(table) < len(self) else table[which]
            for table in (self.demand, self.media_price)
        )
        return Worlds(self.member[which], demand, price)

    def one(self, problem: AllocationProblem, number: int) -> AllocationProblem:
        """The problem of a planner who knows that this world is true."""
        member = int(self.member[number])
        return replace(
            problem,
            channels=tuple(_known(channel, member) for channel in problem.channels),
            demand=self.demand[number % len(self.demand)],
            media_price=self.media_price[number % len(self.media_price)],
            caution=None,
            warnings=(),
        )


def members_of(problem: AllocationProblem) -> int:
    """How many worlds the members of the curves describe; 0 where there are none."""
    return max((len(curve.members) for _, _, curve in problem.expected), default=0)


def responses_in(
    worlds: Worlds, problem: AllocationProblem, curves: PlacedCurves, media: Floats
) -> Floats:
    """(A, K, N, Q) what N curves bring in each of K worlds for A tables (A, C, Q) of media money.

    Each curve comes with its channel. By the quarter that sees it, baseline excluded.
    """
    out = np.zeros((len(media), len(worlds), len(curves), media.shape[2]))
    groups: dict[tuple[Period, Form], list[int]] = {}
    for number, (_, curve) in enumerate(curves):
        groups.setdefault((curve.period, curve.form), []).append(number)
    for of in groups.values():
        course = _Course(worlds, problem, [curves[number] for number in of])
        out[:, :, of] = course.responses(media[:, course.channels])
    return out


class _Course:
    """G curves of one form and one period through the horizon, in K worlds; arrays (G, K)."""

    def __init__(self, worlds: Worlds, problem: AllocationProblem, curves: PlacedCurves) -> None:
        of = self.channels = [c for c, _ in curves]
        self.form, period = curves[0][1].form, curves[0][1].period
        self.tail = period.longest_tail
        drawn = np.array([_drawn(curve, worlds.member) for _, curve in curves])
        self.top, self.half, self.slope, self.carryover = np.moveaxis(drawn, 2, 0)
        self.demand = np.moveaxis(worlds.demand[:, of], 0, 1)
        self.price = np.moveaxis(worlds.media_price[:, of], 0, 1)
        even = (1 / period.per_quarter,) * period.per_quarter
        self.pacing = np.array([problem.pacing[c] or even for c in of])
        self.before = np.array(
            [
                adstock_before(problem, c, curve, carryover)
                for (c, curve), carryover in zip(curves, self.carryover, strict=True)
            ]
        )
        now = np.array([media_now(problem, c, -1) for c in of])
        self.later = (now / period.per_quarter)[:, None] / self.price[:, :, -1]

    def responses(self, media: Floats) -> Floats:
        """(A, K, G, Q) for media (A, G, Q)."""
        shape = (len(media), *self.top.shape)
        out = np.zeros((media.shape[2], *shape))
        without, added = self.before, np.zeros(shape)
        for q in range(len(out)):
            bought = media[:, :, q, None] / self.price[:, :, q]
            for share in self.pacing.T:
                without = self.carryover * without
                added = self.carryover * added + share[:, None] * bought
                out[q] += self._gain(without, added)
        faded = np.ones_like(self.carryover)
        for _ in range(self.tail):
            faded = faded * self.carryover
            counts = faded >= FADED
            if not counts.any():
                break
            without = self.carryover * without + self.later
            added = self.carryover * added
            out[-1] += np.where(counts, self._gain(without, added), 0.0)
        out *= np.moveaxis(self.demand, 2, 0)[:, None]
        return out.transpose(1, 3, 2, 0)

    def _gain(self, without: Floats, added: Floats) -> Floats:
        """(A, G, K) what a period brings beyond what earlier money still does."""
        return self._at(without + added) - self._at(without)

    def _at(self, s: Floats) -> Floats:
        return response(self.form, s, self.top, self.half, self.slope)


def _drawn(curve: ResponseCurve, member: Indices) -> Floats:
    """(K, 4) the curve's parameters in every world."""
    own = (Member(curve.top, curve.half, curve.slope, curve.carryover),)
    members = np.array(curve.members or own)
    return np.asarray(members[member % len(members)])


def _known(channel: Channel, member: int) -> Channel:
    """A channel of whose curves one member is the truth."""

    def told(curve: ResponseCurve) -> ResponseCurve:
        return curve.drawn(member % len(curve.members)) if curve.members else curve

    return replace(
        channel,
        curve=None if channel.curve is None else told(channel.curve),
        results={
            metric: replace(result, curve=told(result.curve))
            for metric, result in channel.results.items()
        },
    )
