"""Members: what amounts bring in every possible world of a fit.

Period by period, for all worlds and many curves at once: the same sum as `Response`, whose terms
hold one curve each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.curve import Member, ResponseCurve
from models.period import Period
from models.saturation import Floats, Form, response
from optimizer.problem import AllocationProblem
from optimizer.terms import FADED, adstock_before, media_now

# Curves, each with the channel whose money it speaks of.
PlacedCurves = Sequence[tuple[int, ResponseCurve]]


def worlds_of(curves: PlacedCurves) -> int:
    """How many worlds the members of curves describe; 0 where there are none."""
    return max((len(curve.members) for _, curve in curves), default=0)


def member_responses(problem: AllocationProblem, curves: PlacedCurves, media: Floats) -> Floats:
    """(A, K, N, Q) what N curves bring in each of K worlds for A tables (A, C, Q) of media money.

    Each curve comes with its channel. By the quarter that sees it, baseline excluded. A curve
    without members is the same in every world; where it has fewer than others, they are taken again
    from the first.
    """
    out = np.zeros((len(media), worlds_of(curves), len(curves), media.shape[2]))
    groups: dict[tuple[Period, Form], list[int]] = {}
    for number, (_, curve) in enumerate(curves):
        groups.setdefault((curve.period, curve.form), []).append(number)
    for of in groups.values():
        course = _Course(problem, [curves[number] for number in of], out.shape[1])
        out[:, :, of] = course.responses(media[:, course.channels])
    return out


class _Course:
    """G curves of one form and one period through the horizon, in K worlds; arrays (G, K)."""

    def __init__(self, problem: AllocationProblem, curves: PlacedCurves, worlds: int) -> None:
        of = self.channels = [c for c, _ in curves]
        self.form, period = curves[0][1].form, curves[0][1].period
        self.tail = period.longest_tail
        drawn = np.array([_drawn(curve, worlds) for _, curve in curves])
        self.top, self.half, self.slope, self.carryover = np.moveaxis(drawn, 2, 0)
        self.demand, self.price = problem.demand[of], problem.media_price[of]
        even = (1 / period.per_quarter,) * period.per_quarter
        self.pacing = np.array([problem.pacing[c] or even for c in of])
        self.before = np.array(
            [
                adstock_before(problem, c, curve, carryover)
                for (c, curve), carryover in zip(curves, self.carryover, strict=True)
            ]
        )
        now = np.array([media_now(problem, c, -1) for c in of])
        self.later = (now / period.per_quarter / self.price[:, -1])[:, None]

    def responses(self, media: Floats) -> Floats:
        """(A, K, G, Q) for media (A, G, Q)."""
        shape = (len(media), *self.top.shape)
        out = np.zeros((media.shape[2], *shape))
        without, added = self.before, np.zeros(shape)
        for q in range(len(out)):
            for share in self.pacing.T:
                bought = media[:, :, q] * share / self.price[:, q]
                without = self.carryover * without
                added = self.carryover * added + bought[:, :, None]
                out[q] += self.demand[:, q, None] * self._gain(without, added)
        faded = np.ones_like(self.carryover)
        for _ in range(self.tail):
            faded = faded * self.carryover
            counts = faded >= FADED
            if not counts.any():
                break
            without = self.carryover * without + self.later
            added = self.carryover * added
            out[-1] += np.where(counts, self.demand[:, -1, None] * self._gain(without, added), 0.0)
        return out.transpose(1, 3, 2, 0)

    def _gain(self, without: Floats, added: Floats) -> Floats:
        """(A, G, K) what a period brings beyond what earlier money still does."""
        return self._at(without + added) - self._at(without)

    def _at(self, s: Floats) -> Floats:
        return response(self.form, s, self.top, self.half, self.slope)


def _drawn(curve: ResponseCurve, worlds: int) -> Sequence[Member]:
    """The curve in every world."""
    members = curve.members or (Member(curve.top, curve.half, curve.slope, curve.carryover),)
    return [members[k % len(members)] for k in range(worlds)]
