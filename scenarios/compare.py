"""Comparison: the current budget and the plans of several scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.plan import Plan, Status
from optimizer.problem import Objective
from scenarios.cross import Crossing
from scenarios.scenario import Scenario

Level = Literal["total", "quarter", "unit", "channel", "channel and quarter"]

# The channels that belong to no unit, where others do.
NO_UNIT = "no unit"


@dataclass(frozen=True)
class Outcome:
    """What one scenario's plan comes to; money and response over the horizon.

    ``gain`` is the plan's own: what it brings on top, or the money that it saves; ``gain_low`` to
    ``gain_high`` is its interval, ``probability_of_gain`` how sure it is above 0 and
    ``targets_met`` how sure the targets are met, all four None where the curves are certain.
    ``probability`` is the scenario's, where not given an even part; ``signal`` says what shows that
    it has arrived. Both are None where the scenario is not known.
    """

    scenario: str
    status: Status
    budget: float
    spend: float
    pool: float
    objective: float
    bound: float
    gap: float
    current_objective: float
    comparable_objective: float
    unspent: float
    gain: float
    gain_share: float | None
    gain_low: float | None
    gain_high: float | None
    probability_of_gain: float | None
    targets_met: float | None
    probability: float | None = None
    signal: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of the comparison: money as approved, and per scenario money and response.

    ``quarter`` is None for the whole horizon; ``amounts`` and ``responses`` are in the order of the
    outcomes.
    """

    level: Level
    quarter: str | None
    name: str
    current: float
    amounts: tuple[float, ...]
    responses: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """Several plans of one budget, line by line; the channels' lines add up to the total.

    ``now`` is the quarter to decide: the first that is not closed. ``cross`` is every plan in every
    future; ``not_planned`` says by name why scenarios have no plan to stand here.
    """

    currency: str
    objective: Objective
    quarters: tuple[str, ...]
    now: str
    current: float
    current_pool: float
    outcomes: tuple[Outcome, ...]
    lines: tuple[Line, ...]
    cross: tuple[Crossing, ...]
    not_planned: Mapping[str, str]

    def at(self, level: Level) -> tuple[Line, ...]:
        """The lines of one level, in the budget's order."""
        return tuple(line for line in self.lines if line.level == level)


def compare(
    plans: Sequence[Plan],
    scenarios: Sequence[Scenario] = (),
    cross: Sequence[Crossing] = (),
    not_planned: Mapping[str, str] = MappingProxyType({}),
) -> Comparison:
    """Put plans of the same budget side by side, in the order given.

    ``scenarios`` are those of the plans and of what is ``not_planned``.
    Raises ValueError where there is none, or where they are of different budgets.
    """
    if not plans:
        raise ValueError("there is no plan to compare")
    problem = plans[0].problem
    if any(
        plan.problem.names != problem.names or plan.problem.quarters != problem.quarters
        for plan in plans
    ):
        raise ValueError("plans can be compared where they have the same channels and quarters")
    return Comparison(
        currency=problem.currency,
        objective=problem.objective,
        quarters=problem.quarters,
        now=problem.quarters[len(problem.closed_quarters)],
        current=float(problem.current.sum() + problem.current_pool.sum()),
        current_pool=float(problem.current_pool.sum()),
        outcomes=tuple(_outcome(plan, scenarios) for plan in plans),
        lines=_lines(plans),
        cross=tuple(cross),
        not_planned=not_planned,
    )


def _outcome(plan: Plan, scenarios: Sequence[Scenario]) -> Outcome:
    against, doubt = plan.measured_against, plan.doubt
    of = {scenario.name: scenario for scenario in scenarios}.get(plan.problem.scenario)
    probability = None if of is None else of.probability
    if of is not None and probability is None:
        probability = 1 / len(scenarios)
    return Outcome(
        scenario=plan.problem.scenario,
        status=plan.status,
        budget=float(plan.problem.budget.sum()),
        spend=float(plan.allocation.spend.sum()),
        pool=float(plan.allocation.pool.sum()),
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        current_objective=plan.current_objective,
        comparable_objective=plan.comparable_objective,
        unspent=float(plan.allocation.unspent.sum()),
        gain=plan.gain,
        gain_share=plan.gain / abs(against) if against else None,
        gain_low=None if doubt is None else doubt.gain.low,
        gain_high=None if doubt is None else doubt.gain.high,
        probability_of_gain=None if doubt is None else doubt.probability_of_gain,
        targets_met=None if doubt is None else doubt.targets_met,
        probability=probability,
        signal=None if of is None else of.signal,
    )


def _lines(plans: Sequence[Plan]) -> tuple[Line, ...]:
    """All levels, from the total down. Tables are (lines, Q) as in `Plan.lines`."""
    problem = plans[0].problem
    current = plans[0].approved
    amounts = [plan.recommended for plan in plans]
    responses = [_responses(plan) for plan in plans]

    def line(level: Level, quarter: str | None, name: str, rows: list[int]) -> Line:
        span = slice(None) if quarter is None else [problem.quarters.index(quarter)]

        def total(table: Floats) -> float:
            return float(table[rows][:, span].sum())

        return Line(
            level,
            quarter,
            name,
            total(current),
            tuple(map(total, amounts)),
            tuple(map(total, responses)),
        )

    names = plans[0].lines
    everything = list(range(len(names)))
    lines = [line("total", None, "total", everything)]
    lines += [line("quarter", quarter, "total", everything) for quarter in problem.quarters]
    lines += [line("unit", None, unit, rows) for unit, rows in _units(plans[0]).items()]
    lines += [line("channel", None, name, [row]) for row, name in enumerate(names)]
    lines += [
        line("channel and quarter", quarter, name, [row])
        for quarter in problem.quarters
        for row, name in enumerate(names)
    ]
    return tuple(lines)


def _units(plan: Plan) -> dict[str, list[int]]:
    """The rows of every unit and of what is kept; empty where no channel has a unit."""
    channels = plan.problem.channels
    if all(channel.unit is None for channel in channels):
        return {}
    units: dict[str, list[int]] = {}
    for row, channel in enumerate(channels):
        units.setdefault(NO_UNIT if channel.unit is None else channel.unit, []).append(row)
    kept = enumerate(plan.lines[len(channels) :], start=len(channels))
    return units | {name: [row] for row, name in kept}


def _responses(plan: Plan) -> Floats:
    """(lines, Q) response by the quarter that spent the money; what is not spent brings none."""
    brought = {(row.channel, row.quarter): row.expected_response for row in plan.rows}
    quarters = plan.problem.quarters
    return np.array([[brought.get((name, q), 0.0) for q in quarters] for name in plan.lines])
