"""Doubt: how sure a plan's gain is, where its curves are known with uncertainty.

The plan itself, its objective and its proof are those of the curves, which are the mean of what the
history allows. Doubt asks the members of the curves instead: in each world that they describe, what
does the plan bring, and what would the budget that it is measured against? As the mean curve is the
nearest of its form, the mean of the worlds and the plan's own gain differ slightly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.curve import ResponseCurve
from models.saturation import Floats
from optimizer.comparable import spent_lines
from optimizer.form import LinearForm
from optimizer.members import member_responses, worlds_of
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.standing import standing

# Kind of result, channel and curve.
Results = Sequence[tuple[int, int, ResponseCurve]]
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
    results = list(problem.expected)
    curves = [(c, curve) for _, c, curve in results]
    worlds = worlds_of(curves)
    if worlds == 0:
        return None
    media = np.array([program.response.media(there.spend) for there in (plan, against)])
    brought = member_responses(problem, curves, media)
    plans, others = (
        _decisions(program, there, results, responses)
        for there, responses in zip((plan, against), brought, strict=True)
    )
    worth = program.expectation
    gain = _at(worth, plans) - _at(worth, others)
    # Where nothing moves, nothing is gained; sums of responses are exact to their last digits only.
    gain[np.abs(gain) <= 1e-12 * np.abs(_at(worth, others))] = 0.0
    return Doubt(
        gain=Interval.of(gain),
        probability_of_gain=float(np.mean(gain > 0)),
        members=worlds,
        targets_met=_targets_met(program, plan, plans),
        channels=_channels(program, plan, results, brought[0].sum(axis=2)),
    )


def _decisions(
    program: Program, allocation: Allocation, results: Results, brought: Floats
) -> Floats:
    """(K, width) the allocation's decision in every world, for what N curves bring (K, N, Q)."""
    layout = program.layout
    decisions = np.tile(program.decision_of(allocation), (len(brought), 1))
    for number, (result, c, _) in enumerate(results):
        first = layout.money + result * layout.spends + layout.cell(c, 0)
        decisions[:, first : first + layout.quarters] = brought[:, number]
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
    program: Program, plan: Allocation, results: Results, brought: Floats
) -> tuple[ChannelDoubt, ...]:
    """Every channel whose curve has members, for what N curves bring (K, N) over the horizon."""
    problem = program.problem
    money, spent = plan.spend.sum(axis=1), spent_lines(problem)
    cost = money * spent if problem.objective == "profit" else 0 * money
    found = []
    for c, channel in enumerate(problem.channels):
        own = {result: n for n, (result, of, _) in enumerate(results) if of == c}
        if channel.curve is None or not channel.curve.members or 0 not in own:
            continue
        response = brought[:, own[0]]
        worth = [problem.values[result, c] * brought[:, n] for result, n in own.items()]
        counted = response if problem.objective == "spend" else np.sum(worth, axis=0)
        roi = Interval.of(response / money[c]) if money[c] > 0 else None
        found.append(ChannelDoubt(channel.name, Interval.of(counted - cost[c]), roi))
    return tuple(found)
