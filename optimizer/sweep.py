"""Sweep: what the best plan would bring at other budgets, and until where more money pays.

Every point is the certified optimum of its own problem: the same curves and rules, the budgets of
all quarters scaled alike. What money brings does not depend on how much of it there is, so the
response is made once, and each point starts from its neighbour's plan. The program itself is made
anew: one with room for all budgets would over-estimate S-shaped curves over all of that room.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.bending import Yielded, give_way
from optimizer.certificate import FOR_CERTIFYING, certify
from optimizer.decision import allocation_of, decision_of
from optimizer.errors import InfeasibleError, NoPlanInTime, RulesCollide
from optimizer.plan import Plan, Status
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import violations
from optimizer.relaxation import Relaxation
from optimizer.response import response_of

# 50 % to 150 % of the plan's budget in steps of 10 %.
FACTORS = tuple(percent / 100 for percent in range(50, 151, 10))
# How often the interval in which money stops paying is halved.
_HALVINGS = 2

Why = Literal["the rules collide", "no plan within the time limit"]
Pays = Literal["until", "throughout", "nowhere"]


@dataclass(frozen=True)
class BudgetPoint:
    """The best plan at one budget (money over the horizon), with its proof.

    ``marginal`` is what one more unit of budget brings here: the slope of the curve through this
    point and its neighbours; None where it is the only one.
    """

    budget: float
    best: float
    bound: float
    status: Status
    marginal: float | None


@dataclass(frozen=True)
class BudgetCurve:
    """The best objective against the budget, by rising budget.

    ``margin`` is what a unit of the objective is worth in money. Money ``pays`` as long as one more
    unit of budget brings more than it costs: "until" the budget ``pays_until``, "throughout" the
    budgets of the curve, or "nowhere" among them. ``left_out`` are budgets without a plan, and why.
    """

    points: tuple[BudgetPoint, ...]
    pays: Pays
    pays_until: float | None
    margin: float
    left_out: tuple[tuple[float, Why], ...]


def sweep(plan: Plan, factors: Sequence[float] = FACTORS, margin: float = 1.0) -> BudgetCurve:
    """The budget curve around a plan, at these factors of its budget; the plan is its own point.

    A quarter's budget is the plan's times the factor, in whole minor units. The problem's time
    limit holds for the whole sweep. Raises ValueError where the plan is the one that needs least
    money: its budget is no choice.
    """
    if plan.problem.objective == "spend":
        raise ValueError("least money has no best objective by budget")
    search = _Sweep(plan, margin)
    # Outward from the plan, so that every point has a neighbour to start from.
    search.visit(sorted(set(factors), key=lambda factor: abs(factor - 1.0)))
    points = search.curve
    marginal = _slopes(points)
    left_out = tuple(sorted(search.left_out.items()))
    pays, until = search.pays_until()
    return BudgetCurve(
        tuple(
            BudgetPoint(point.budget, point.best, point.bound, point.status, slope)
            for point, slope in zip(points, marginal, strict=True)
        ),
        pays,
        until,
        margin,
        left_out,
    )


@dataclass(frozen=True)
class _Solved:
    """The best decision found at one budget, ``quarters`` (Q,)."""

    quarters: Floats
    spend: Floats
    pool: Floats
    best: float
    bound: float
    status: Status

    @property
    def budget(self) -> float:
        return float(self.quarters.sum())


class _Sweep:
    """Points found so far, by budget."""

    def __init__(self, plan: Plan, margin: float) -> None:
        self.problem = plan.problem
        self.response = response_of(plan.problem)
        self.margin = margin
        # Profit is what is left when money is paid for.
        self.cost = 0.0 if plan.problem.objective == "profit" else 1.0
        self.deadline = time.monotonic() + plan.problem.time_limit
        allocation = plan.allocation
        own = _Solved(
            plan.problem.budget,
            allocation.spend,
            allocation.pool,
            plan.objective,
            plan.bound,
            plan.status,
        )
        self.solved: dict[float, _Solved] = {own.budget: own}
        self.left_out: dict[float, Why] = {}

    @property
    def curve(self) -> list[_Solved]:
        """The points by rising budget."""
        return [self.solved[budget] for budget in sorted(self.solved)]

    def visit(self, factors: Sequence[float]) -> None:
        """Solve at every new budget; each gets an even part of the time that is left."""
        for number, factor in enumerate(factors):
            quarters = self._quarters(factor)
            budget = float(quarters.sum())
            if self._is_known(budget):
                continue
            now = time.monotonic()
            deadline = now + (self.deadline - now) / (len(factors) - number)
            try:
                self.solved[budget] = self._solve(quarters, deadline)
            except (InfeasibleError, RulesCollide):
                self.left_out[budget] = "the rules collide"
            except NoPlanInTime:
                self.left_out[budget] = "no plan within the time limit"

    def _quarters(self, factor: float) -> Floats:
        """(Q,) the plan's budget times a factor, in whole minor units."""
        problem = self.problem
        if problem.minor_unit == 0:
            return problem.budget_times(factor)
        return np.rint(problem.budget_times(factor) / problem.minor_unit) * problem.minor_unit

    def _is_known(self, budget: float) -> bool:
        """Whether there is a point at this budget, but for what floating point loses."""
        nearest = min(abs(known - budget) for known in self.solved)
        return nearest <= max(0.5 * self.problem.minor_unit, 1e-9 * budget)

    def _solve(self, quarters: Floats, deadline: float) -> _Solved:
        problem = replace(self.problem, budget=quarters)
        budget = float(quarters.sum())
        yielded = self._yielded(problem, deadline)
        program = yielded.relaxation.program
        near = self.solved[min(self.solved, key=lambda other: abs(other - budget))]
        start = _start(program, near)
        if start is None and yielded.allocation is not None:
            start = decision_of(program, yielded.allocation)
        scale = max(abs(near.best) * min(1.0, budget / near.budget), 1e-9)
        gap = FOR_CERTIFYING * problem.tolerance
        proof = certify(yielded.relaxation, start, gap, scale, deadline)
        allocation = allocation_of(program, proof.decision)
        status: Status = "optimal" if proof.closed and yielded.closed else "time_limit"
        return _Solved(
            quarters, allocation.spend, allocation.pool, proof.value, proof.bound, status
        )

    def _yielded(self, problem: AllocationProblem, deadline: float) -> Yielded:
        if problem.bends:
            return give_way(problem, deadline)
        program = Program(problem, response=self.response)
        if program.limits.cross:
            raise InfeasibleError
        return Yielded(Relaxation(program), None, closed=True)

    def pays_until(self) -> tuple[Pays, float | None]:
        """Until which budget one more unit brings more than it costs.

        That is the budget at which the objective's worth less the budget is greatest.
        """
        for _ in range(_HALVINGS):
            at, budgets = self._peak(), sorted(self.solved)
            if not 0 < at < len(budgets) - 1:
                break
            own = float(self.problem.budget.sum())
            below, here, above = (budget / own for budget in budgets[at - 1 : at + 2])
            self.visit([(below + here) / 2, (here + above) / 2])
        at, curve = self._peak(), self.curve
        if at == len(curve) - 1:
            return "throughout", None
        if at == 0:
            return "nowhere", None
        return "until", self._crossing(*curve[at - 1 : at + 2])

    def _peak(self) -> int:
        """The position of the first point that may be the best, as far as the proofs can tell."""
        curve = self.curve
        best = max(self._net(point.best, point) for point in curve)
        return next(i for i, point in enumerate(curve) if self._net(point.bound, point) >= best)

    def _net(self, objective: float, point: _Solved) -> float:
        return self.margin * objective - self.cost * point.budget

    def _crossing(self, below: _Solved, here: _Solved, above: _Solved) -> float:
        """The budget between three points at which one more unit brings what it costs.

        The slopes of both chords stand for their middles; between them it is a straight line.
        """
        middles, gains = [], []
        for low, high in ((below, here), (here, above)):
            middles.append((low.budget + high.budget) / 2)
            gain = self._net(high.best, high) - self._net(low.best, low)
            gains.append(gain / (high.budget - low.budget))
        return float(np.interp(0.0, gains[::-1], middles[::-1]))


def _start(program: Program, near: _Solved) -> Floats | None:
    """A neighbour's plan in proportion to the quarters' budgets, where the rules allow it."""
    problem = program.problem
    ratio = np.divide(
        problem.budget, near.quarters, out=np.zeros_like(near.quarters), where=near.quarters > 0
    )
    scaled = Allocation.of(problem, near.spend * ratio, near.pool * ratio)
    return None if violations(scaled) else decision_of(program, scaled)


def _slopes(curve: Sequence[_Solved]) -> list[float | None]:
    """Slopes of a curve at its points, to the second order; (None,) for a single one."""
    if len(curve) == 1:
        return [None]
    budgets, best = [point.budget for point in curve], [point.best for point in curve]
    order: Literal[1, 2] = 1 if len(curve) == 2 else 2
    return [float(slope) for slope in np.gradient(best, budgets, edge_order=order)]
