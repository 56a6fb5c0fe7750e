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
from optimizer.objective import expectation
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.valuation import Valued, valued
from optimizer.worlds import Worlds

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

    The media is bought as planned by the curves themselves; what it brings, and what that costs, is
    taken by every member.
    """
    worlds = Worlds.of_members(program.problem)
    if len(worlds) == 0:
        return None
    ours, other = valued(program, (plan, against), worlds)
    worth = expectation(program)
    gain = ours.at(worth) - other.at(worth)
    # Where nothing moves, nothing is gained; sums of responses are exact to their last digits only.
    gain[np.abs(gain) <= 1e-12 * np.abs(other.at(worth))] = 0.0
    missed = list(ours.missed.values())
    return Doubt(
        gain=Interval.of(gain),
        probability_of_gain=float(np.mean(gain > 0)),
        members=len(worlds),
        targets_met=float(np.mean(~np.any(missed, axis=0))) if missed else None,
        channels=_channels(ours, plan),
    )


def _channels(ours: Valued, plan: Allocation) -> tuple[ChannelDoubt, ...]:
    """Every channel whose curve has members."""
    problem = plan.problem
    results, brought = list(problem.expected), ours.brought.sum(axis=2)
    spent, layout = spent_lines(problem), problem.layout
    money = ours.decisions[:, : layout.spends].reshape(len(brought), -1, layout.quarters)
    planned, paid = plan.spend.sum(axis=1), money.sum(axis=2)
    found = []
    for c, channel in enumerate(problem.channels):
        own = {result: n for n, (result, of, _) in enumerate(results) if of == c}
        if channel.curve is None or not channel.curve.members or 0 not in own:
            continue
        response = brought[:, own[0]]
        worth = [problem.values[result, c] * brought[:, n] for result, n in own.items()]
        counted = response if problem.objective == "spend" else np.sum(worth, axis=0)
        cost = paid[:, c] * spent[c] if problem.objective == "profit" else 0.0
        roi = Interval.of(response / planned[c]) if planned[c] > 0 else None
        found.append(ChannelDoubt(channel.name, Interval.of(counted - cost), roi))
    return tuple(found)
