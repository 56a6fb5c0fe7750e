"""Score: how good an allocation is that somebody else made, beside the plan of the same problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.account import plan_rows
from optimizer.decision import decision_of
from optimizer.plan import Plan, PlanRow
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import violations
from optimizer.rules.rule import Violation
from optimizer.standing import standing


@dataclass(frozen=True)
class ScoreRow:
    """One channel (or the reserve, or what stays unspent) in one quarter; in money.

    ``difference`` is amount - recommended. ``expected_response`` and ``marginal_return`` are those
    of the amount, as in `PlanRow`.
    """

    quarter: str
    channel: str
    amount: float
    recommended: float
    difference: float
    expected_response: float
    marginal_return: float | None


@dataclass(frozen=True)
class Deviation:
    """Where an allocation departs from the plan in one channel, over the horizon; in money.

    ``moved`` adds up its quarters' differences whatever their sign. ``cost`` is what the plan's
    amounts bring more in this channel, less what the money for them is worth at the margin of the
    budget: at the plan's budget, costs add up to what the allocation falls short of the plan.
    """

    channel: str
    amount: float
    recommended: float
    moved: float
    cost: float

    @property
    def difference(self) -> float:
        """Money more or less than recommended."""
        return self.amount - self.recommended


@dataclass(frozen=True)
class Score:
    """An allocation, what it brings, which rules it breaks, and where it departs from the plan.

    ``objective`` is defined as the plan's. ``deviations`` are the channels with other amounts than
    the plan's, those with the most money moved first.
    """

    plan: Plan
    allocation: Allocation
    objective: float
    violations: tuple[Violation, ...]
    rows: tuple[ScoreRow, ...]
    deviations: tuple[Deviation, ...]

    @property
    def shortfall(self) -> float:
        """By how much the plan's objective is better; negative where the allocation's is."""
        return self.plan.problem.sign * (self.plan.objective - self.objective)

    @property
    def most_shortfall(self) -> float:
        """By how much any plan within the rules could be better."""
        return self.plan.problem.sign * (self.plan.bound - self.objective)


def score(allocation: Allocation, plan: Plan) -> Score:
    """An allocation of the plan's problem beside that plan."""
    problem = plan.problem
    program = Program(problem)
    at = standing(program, decision_of(program, allocation))
    objective = program.objective.at(at.decision)
    unpriced = np.zeros(len(program.rows))
    own = plan_rows(program, allocation, at, unpriced)
    recommended = {(row.quarter, row.channel): row for row in plan.rows}
    pairs = [(row, recommended[row.quarter, row.channel]) for row in own]
    return Score(
        plan,
        allocation,
        plan.problem.sign * objective,
        violations(allocation),
        tuple(_beside(row, best) for row, best in pairs),
        _deviations(plan, pairs),
    )


def _beside(row: PlanRow, best: PlanRow) -> ScoreRow:
    return ScoreRow(
        row.quarter,
        row.channel,
        row.recommended,
        best.recommended,
        row.recommended - best.recommended,
        row.expected_response,
        row.marginal_return,
    )


def _deviations(plan: Plan, pairs: list[tuple[PlanRow, PlanRow]]) -> tuple[Deviation, ...]:
    problem = plan.problem
    worth = _worth_of_money(plan)
    by_channel: dict[str, list[tuple[PlanRow, PlanRow]]] = {}
    for row, best in pairs:
        by_channel.setdefault(row.channel, []).append((row, best))
    found = [
        Deviation(
            channel,
            sum(row.recommended for row, _ in rows),
            sum(best.recommended for _, best in rows),
            sum(abs(row.recommended - best.recommended) for row, best in rows),
            sum(
                _part(problem, best)
                - _part(problem, row)
                + worth[row.quarter] * (row.recommended - best.recommended)
                for row, best in rows
            ),
        )
        for channel, rows in by_channel.items()
    ]
    least = 0.5 * problem.minor_unit + 1e-12 * float(problem.budget.sum())
    moved = [deviation for deviation in found if deviation.moved > least]
    return tuple(sorted(moved, key=lambda deviation: -deviation.moved))


def _part(problem: AllocationProblem, row: PlanRow) -> float:
    """A row's part of what is maximised: what it brings, or the money it takes, negative."""
    if problem.objective != "spend":
        return row.expected_response
    return -row.recommended if row.channel in problem.names else 0.0


def _worth_of_money(plan: Plan) -> dict[str, float]:
    """Per quarter: what one more unit of its budget would bring."""
    worth = dict.fromkeys(plan.problem.quarters, 0.0)
    for entry in plan.rules:
        if entry.rule == "budget" and entry.key == "total":
            price = entry.price if entry.side == "max" else -entry.price
            for quarter in worth if entry.quarter is None else [entry.quarter]:
                worth[quarter] += price
    return worth
