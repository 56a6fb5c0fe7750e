"""What a model's curves are worth: the plan that they lead to, valued under the true ones.

The decision is next quarter's: the history's last year, a quarter of it, is the current budget, and
every channel may move by 30 %. Later quarters would repeat it, since budget and curves stay as they
are; what carry-over brings after the quarter is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import least_squares

from models.carryover import adstock
from models.curve import ResponseCurve
from models.history import History
from models.period import Period
from models.saturation import Floats, Form
from models.simulate import World
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.response import Response, response_of
from optimizer.rules import Band, Budget, Elasticity, Held, Reserve

MOVE = 0.30
# Multiples of the current amounts at which responses are read that are not given as curves.
MULTIPLES = np.linspace(1 - MOVE, 1 + MOVE, 13)
# What is possible is often little more than a per cent: the engine must not blur it.
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Case:
    """A world, and its next quarter to be planned."""

    world: World

    @cached_property
    def current(self) -> Floats:
        """(C,) the approved amounts: a quarter of what the last year's rows show."""
        history = self.world.history
        quarter = history.period.per_quarter
        return np.round(quarter * history.spend[-4 * quarter :].mean(axis=0), 2)

    @cached_property
    def truth(self) -> Response:
        """What the next quarter's spends truly bring."""
        return response_of(self.problem(self.world.truths))

    @cached_property
    def possible(self) -> float:
        """What the best plan truly brings beyond staying put, as a share of that."""
        return self.gain(self.world.truths)

    def gain(self, curves: tuple[ResponseCurve, ...]) -> float:
        """What the plan under these curves truly brings beyond staying put, as a share of that."""
        if not any(curve.known and curve.top > 0 for curve in curves):
            return 0.0
        plan = reallocate(self.problem(curves))
        stay = self.truth.value(self.current[:, None])
        return self.truth.value(plan.allocation.spend) / stay - 1

    def problem(self, curves: tuple[ResponseCurve, ...]) -> AllocationProblem:
        """The quarter under these curves; channels of which nothing is known stay where they are.

        ``curves`` may hold the same number for every channel, one channel's after the other's.
        """
        current = np.repeat(self.current, len(curves) // len(self.current))[:, None]
        held = frozenset(curve.channel for curve in curves if not curve.known)
        history = self.world.history
        return AllocationProblem(
            scenario="benchmark",
            currency="CNY",
            first_day=history.period.after(history.starts[-1], 1),
            quarters=("next",),
            channels=tuple(Channel(curve.channel, curve) for curve in curves),
            current=current,
            current_pool=np.zeros(1),
            budget=current.sum(axis=0),
            demand=np.ones(current.shape),
            media_price=np.ones(current.shape),
            pacing=(None,) * len(curves),
            rules=(
                Budget(),
                Elasticity(default=Band(MOVE, MOVE)),
                Held(held),
                Reserve(),
            ),
            tolerance=_TOLERANCE,
        )

    def reads(self, curves: tuple[ResponseCurve, ...]) -> tuple[Floats, Floats]:
        """Response to the current amounts and their marginal response, (C,) or (C, M) of each."""
        problem = self.problem(curves)
        response = response_of(problem)
        brought = _by_curve(response, problem.current)
        shape = (len(self.current), -1)
        marginal = response.marginal(problem.current)[:, 0]
        return brought.reshape(shape).squeeze(), marginal.reshape(shape).squeeze()

    def averaged(self, curves: tuple[ResponseCurve, ...]) -> tuple[ResponseCurve, ...]:
        """One curve per channel for the mean of several possible ones, given one after the other.

        Within the moves that are allowed it follows the mean to a thousandth or so.
        """
        problem = self.problem(curves)
        response = response_of(problem)
        brought = [_by_curve(response, problem.current * k) for k in MULTIPLES]
        means = np.array(brought).reshape(len(MULTIPLES), len(self.current), -1).mean(axis=2)
        names = self.world.history.channels
        return tuple(through(*each) for each in zip(names, means.T, self.current, strict=True))


def possible_curves(
    history: History, curves: tuple[ResponseCurve, ...]
) -> tuple[ResponseCurve, ...]:
    """Every member of every curve as a curve of its own, one channel's after the other's."""
    found = []
    for c, curve in enumerate(curves):
        for number, member in enumerate(curve.members):
            states = adstock(history.spend[:, c], member.carryover, history.period.per_quarter)
            found.append(
                replace(
                    curve,
                    channel=f"{curve.channel}, {number}",
                    members=(),
                    last_adstock=float(states[-1]),
                    **member._asdict(),
                )
            )
    return tuple(found)


def through(channel: str, brought: Floats, current: float) -> ResponseCurve:
    """A curve of a quarter's spend whose rises are those of ``brought`` (13,) at `MULTIPLES`."""
    scale = float(np.abs(brought).max()) or 1.0
    logs = np.log(MULTIPLES)

    def misfit(z: Floats) -> Floats:
        level, top, half, slope = z
        share = 1 / (1 + np.exp(-np.exp(slope) * (logs - half)))
        return np.asarray(level + np.exp(top) * share - brought / scale)

    done = least_squares(misfit, np.array([0.0, np.log(2.0), 0.0, 0.0]))
    _, top, half, slope = done.x.tolist()
    return ResponseCurve(
        channel=channel,
        form=Form.HILL,
        top=float(np.exp(top)) * scale,
        half=float(np.exp(half)) * current,
        slope=float(np.exp(slope)),
        carryover=0.0,
        period=Period.QUARTER,
    )


def _by_curve(response: Response, spend: Floats) -> Floats:
    values = response.block_values(*response.coordinates(spend))
    return np.bincount(response.channel, weights=values, minlength=len(spend))
