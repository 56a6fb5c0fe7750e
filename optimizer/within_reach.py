"""Within reach: the most that a target may ask for, and the least budget that meets it.

Straight lines above the curves say that rules collide; how far a target can go under the curves
themselves takes plans, and so does the budget that would do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

from optimizer.certificate import certify
from optimizer.decision import decision_of
from optimizer.errors import InfeasibleError, NoPlanInTime
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.relaxation import Relaxation

# Multiples of the budget at which to look, in this order: caps may keep a larger one from fitting.
_LADDER = (1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0)
# How closely the budget is found, as a share of it.
_EXACT = 1e-3
# Where any plan will do, not only the best.
_ANY = 0.1
_CLOSE = 1e-4
_ROUNDS = 8
_DIGITS = 4


def most_to_ask(
    program: Program, index: int, deadline: float, *, alone: bool = False
) -> float | None:
    """The highest limit that a target's row can have, all other rules kept; rounded down.

    ``alone`` leaves the other targets out.

    For a target that is a multiple, plans for form - limit * base, with the limit that the last
    plan reached, end where none reaches more (W. Dinkelbach, Management Science 13, 1967). None
    where nothing was found before the ``deadline`` (time.monotonic).
    """
    row, target, problem = program.rows[index], program.owners[index], program.problem
    left_out = {rule.name for rule in problem.rules if alone and rule.name == target.name}
    rules = tuple(
        rule for rule in problem.rules if rule is not target and rule.name not in left_out
    )
    others = Program(replace(problem, rules=rules, bends={}, minor_unit=0.0))
    if others.limits.cross:
        return None
    relaxation, limit, reached = Relaxation(others), 0.0, -math.inf
    now = decision_of(others, Allocation.of(problem, problem.base, 0 * problem.budget))
    scale = max(abs(row.form.at(now)), abs(row.base.at(now)), 1e-9)
    try:
        for _ in range(_ROUNDS):
            relaxation.pursue(row.form.minus(limit, row.base))
            limit = row.used(certify(relaxation, None, _CLOSE, scale, deadline).decision)
            if limit <= reached + _CLOSE * abs(reached):
                break
            reached = limit
    except (InfeasibleError, NoPlanInTime):
        return None
    return _rounded(max(limit, reached), math.floor)


def smallest_budget(problem: AllocationProblem, deadline: float) -> float | None:
    """The least money, over the horizon, with which all rules can hold; to 0.1 %, rounded up.

    Every quarter gets its part in proportion, shares and elasticity follow, amounts stay. None
    where no budget up to three times as large was found before the ``deadline`` (time.monotonic).
    """
    high = next((factor for factor in _LADDER if _fits(problem, factor, deadline)), None)
    if high is None:
        return None
    low = max((factor for factor in (1.0, *_LADDER) if factor < high), default=1.0)
    while high - low > _EXACT * low and time.monotonic() < deadline:
        middle = (low + high) / 2
        low, high = (low, middle) if _fits(problem, middle, deadline) else (middle, high)
    return _rounded(float(problem.budget_times(high).sum()), math.ceil)


def _fits(problem: AllocationProblem, factor: float, deadline: float) -> bool:
    """Whether some plan with this multiple of the budget was found to keep all rules."""
    if time.monotonic() > deadline:
        return False
    program = Program(
        replace(problem, budget=problem.budget_times(factor), bends={}, minor_unit=0.0)
    )
    if program.limits.cross:
        return False
    try:
        certify(Relaxation(program), None, _ANY, 1e-9, deadline)
    except (InfeasibleError, NoPlanInTime):
        return False
    return True


def _rounded(value: float, way: Callable[[float], int]) -> float:
    """Four digits, in the direction that surely holds."""
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
    return way(value / step) * step
