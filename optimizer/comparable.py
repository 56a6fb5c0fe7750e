"""The comparable budget: what a plan's money would do if it stayed split as approved."""

from __future__ import annotations

import numpy as np

from models.saturation import Floats
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.fund import funds


def comparable(allocation: Allocation) -> Allocation:
    """The approved budget cut pro rata to the money that a plan spends on channels."""
    problem = allocation.problem
    spend = comparable_spend(problem, allocation.spend)
    rest = problem.budget - spend.sum(axis=0)
    return Allocation(problem, spend, rest, 0 * problem.budget).as_closed()


def comparable_spend(problem: AllocationProblem, spend: Floats) -> Floats:
    """(C, Q) the approved amounts, cut pro rata to the money that a plan (C, Q) spends.

    Funds are not spent: like the pool they hold what the plan keeps there, so that what they cost
    is part of what the pools cost, and not of what moving money between channels brings.
    """
    spent, left = spent_lines(problem), slice(len(problem.closed_quarters), None)
    base = problem.base[spent, left]
    whole = float(base.sum())
    even = np.array(spend)
    even[spent, left] = base * (float(spend[spent, left].sum()) / whole) if whole else base
    return even


def spent_lines(problem: AllocationProblem) -> np.ndarray:
    """(C,) which lines of the budget are spent, and not kept as a fund."""
    kept = funds(problem)
    return np.array([name not in kept for name in problem.names])
