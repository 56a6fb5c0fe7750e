"""Doubt: how sure a plan's gain is, where its curves are known with uncertainty.

The plan itself, its objective and its proof are those of the curves, which are the mean of what the
history allows. Doubt asks the members of the curves instead: in each world that they describe, what
does the plan bring, and what would the budget that it is measured against? As the mean curve is the
nearest of its form, the mean of the worlds and the plan's own gain differ slightly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.comparable import spent_lines
from optimizer.form import LinearForm
from optimizer.members import PlacedCurves, member_responses, worlds_of
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.standing import standing

# The probability with which an interval holds what it is of.
LEVEL = 0.8


@dataclass(frozen=True)
class Interval:
    """A quantity over all worlds: its mean, and the range that a share ``level`` of them is in.

    As many worlds lie below ``low`` as above ``high``.
    """

    mean: float
    low: float
    high: float
    level: float = LEVEL

    @classmethod
    def of(cls, worlds: Floats) -> Interval:
        """The interval of a quantity (K,) by world."""
        low, high = np.quantile(worlds, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return cls(float(worlds.mean()), float(low), float(high))


@dataclass(frozen=True)
class ChannelDoubt:
    """What a channel's amounts bring over the horizon.

    ``response`` is their part of the objective, as in `PlanRow`; ``roi`` what the curve alone
    brings per unit of money, None where the plan gives none.
    """

    channel: str
    response: Interval
    roi: Interval | None


@dataclass(frozen=True)
class Doubt:
    """How sure a plan is, over so many ``members``: worlds that the history allows.

    ``gain`` is as `Plan.gain`, ``probability_of_gain`` the share of worlds in which it is above 0.
    ``targets_met`` is the share of worlds in which every target holds, None where there is none.
    ``channels`` are those whose curves have members.
    """

    gain: Interval
    probability_of_gain: float
    members: int
    targets_met: float | None
    channels: tuple[ChannelDoubt, ...]


def doubt_of(program: Program, plan: Allocation, against: Allocation) -> Doubt | None:
    """How sure a plan's gain on another allocation is; None where its curves have no members.

    What amounts buy is taken by the curves themselves (media, and what results cost), what it
    brings by every member.
    """
    problem = program.problem
    channels = enumerate(problem.channels)
    curves = [(c, channel.curve) for c, channel in channels if channel.curve is not None]
    worlds = worlds_of(curves)
    if worlds == 0:
        return None
    media = np.array([program.response.media(there.spend) for there in (plan, against)])
    brought = member_responses(problem, curves, media)
    plans, others = (
        _decisions(program, there, curves, responses)
        for there, responses in zip((plan, against), brought, strict=True)
    )
    worth = _sought(program)
    gain = _at(worth, plans) - _at(worth, others)
    # Where nothing moves, nothing is gained; sums of responses are exact to their last digits only.
    gain[np.abs(gain) <= 1e-12 * np.abs(_at(worth, others))] = 0.0
    return Doubt(
        gain=Interval.of(gain),
        probability_of_gain=float(np.mean(gain > 0)),
        members=worlds,
        targets_met=_targets_met(program, plan, plans),
        channels=_channels(program, plan, curves, brought[0].sum(axis=2)),
    )


def _sought(program: Program) -> LinearForm:
    """What the plan is chosen for in any one world, to be as much as possible."""
    problem = program.problem
    if problem.objective == "spend":
        return program.spent.times(-1.0)
    brought = program.brought(np.array([channel.value for channel in problem.channels]))
    return brought if problem.objective == "response" else brought.minus(1.0, program.spent)


def _decisions(
    program: Program, allocation: Allocation, curves: PlacedCurves, responses: Floats
) -> Floats:
    """(K, width) the allocation's decision in every world, for responses (K, N, Q) of N curves."""
    layout = program.layout
    decisions = np.tile(program.decision_of(allocation), (len(responses), 1))
    for number, (c, _) in enumerate(curves):
        first = layout.response(c, 0)
        decisions[:, first : first + layout.quarters] = responses[:, number]
    for k, extra in enumerate(program.extras):
        if extra.follows is not None and extra.loses:
            for decision in decisions:
                decision[layout.extras + k] = extra.follows(decision)
    return decisions


def _at(form: LinearForm, decisions: Floats) -> Floats:
    """(K,) a form's value in every world."""
    return np.asarray(decisions[:, form.cells] @ form.coefficients + form.constant)


def _targets_met(program: Program, plan: Allocation, decisions: Floats) -> float | None:
    targets = [index for index, row in enumerate(program.rows) if row.rule == "target"]
    if not targets:
        return None
    leeway = standing(program, program.decision_of(plan)).leeway
    met = [
        all(program.rows[index].excess(decision) <= leeway[index] for index in targets)
        for decision in decisions
    ]
    return float(np.mean(met))


def _channels(
    program: Program, plan: Allocation, curves: PlacedCurves, brought: Floats
) -> tuple[ChannelDoubt, ...]:
    """Every channel whose curve has members, for responses (K, N) of N curves over the horizon."""
    problem = program.problem
    money, spent = plan.spend.sum(axis=1), spent_lines(problem)
    cost = money * spent if problem.objective == "profit" else 0 * money
    found = []
    for (c, curve), of in zip(curves, brought.T, strict=True):
        if not curve.members:
            continue
        channel = problem.channels[c]
        value = 1.0 if problem.objective == "spend" else channel.value
        roi = Interval.of(of / money[c]) if money[c] > 0 else None
        found.append(ChannelDoubt(channel.name, Interval.of(value * of - cost[c]), roi))
    return tuple(found)
