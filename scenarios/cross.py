"""The cross table: every plan in every future, and what it costs not to have had that future's.

A plan enters a future through this quarter's amounts, its first ones that are not closed; the rest
is planned again there, under that future's rules and budgets. The current budget enters as it is
approved. All plans have the future's money: what this quarter took more or less of it, later ones
get less or more, each the same share of its budget. Where the rest cannot keep the rules beside the
amounts that entered, every limit gives way by as little as it must.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from models.saturation import Floats
from optimizer.closed import Closed
from optimizer.comparable import spent_lines
from optimizer.errors import NoPlanInTime, RulesCollide
from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules.rule import Violation, responses
from scenarios.scenario import tied_out

# The plan that changes nothing this quarter.
CURRENT = "current"
# What says how things are, and limits nothing: it cannot give way.
_FACTS = frozenset({"budget", "capacity", "cost_of_result", "fixed_cost", "packages"})
_LAST_LEVEL = 9


@dataclass(frozen=True)
class Crossing:
    """One plan in one future, over the horizon.

    ``profit`` is what the response is worth beyond the money spent on channels, ``roi`` the
    response as a multiple of that money, None where nothing is spent. ``regret`` is what the
    future's own plan brings more (or needs less) by the objective. ``broken_rules`` are the
    future's rules that the amounts break. The four figures are None where there is no plan for the
    rest, which ``broken_rules`` then says.
    """

    plan: str
    future: str
    response: float | None
    profit: float | None
    roi: float | None
    broken_rules: tuple[Violation, ...]
    regret: float | None


def cross(
    plans: Sequence[Plan], margins: Mapping[str, Floats], jobs: int | None = None
) -> tuple[Crossing, ...]:
    """The current budget and every plan in every plan's future, plan by plan.

    ``margins`` (C,) are by scenario what a unit of each channel's response is worth in money; where
    profit is the objective, the objective itself is the profit. ``jobs`` processes work at once;
    None leaves that to `joblib.parallel_config`. The table does not depend on it.
    """
    others = list(_others(plans))
    problems = (_entered(future.problem, entering) for _, entering, future in others)
    found = Parallel(n_jobs=jobs)(delayed(_rest)(problem) for problem in problems)
    rests = {
        (name, future.problem.scenario): rest
        for (name, _, future), rest in zip(others, found, strict=True)
    }
    table = []
    for name in (CURRENT, *(plan.problem.scenario for plan in plans)):
        for own in plans:
            scenario = own.problem.scenario
            at: _Rest | str = _Rest(own.allocation, own.objective)
            if name != scenario:
                at = rests[name, scenario]
            table.append(_crossing(name, own, at, margins[scenario]))
    return tuple(table)


@dataclass(frozen=True)
class _Rest:
    """What becomes of a plan in a future."""

    allocation: Allocation
    objective: float


def _others(plans: Sequence[Plan]) -> Iterator[tuple[str, Allocation, Plan]]:
    """Name and amounts of every plan, with the futures that it was not made for."""
    for future in plans:
        problem = future.problem
        # What it leaves unspent depends on the future's money: `_entered` works it out.
        pool = problem.current_pool
        approved = Allocation(problem, problem.current, pool, 0 * pool)
        yield CURRENT, approved.as_closed(), future
    for plan in plans:
        for future in plans:
            if future is not plan:
                yield plan.problem.scenario, plan.allocation, future


def _entered(problem: AllocationProblem, entering: Allocation) -> AllocationProblem:
    """A future in which this quarter is closed at the amounts of a plan, and every limit bends."""
    closed = _closed(problem, entering)
    now = len(closed) - 1
    placed, later = float(closed.placed[now]), problem.budget[now + 1 :]
    rest = max(float(problem.budget[now:].sum()) - placed, 0.0)
    share = rest / float(later.sum()) if later.any() else 0.0
    # Each later quarter gets the same share of its budget; the whole stays what it is.
    left = np.maximum(tied_out(later * share, problem.minor_unit), 0.0) if len(later) else later
    bends = {(rule.name, ""): _LAST_LEVEL for rule in problem.rules if rule.name not in _FACTS}
    return replace(
        problem,
        budget=np.concatenate([problem.budget[:now], [placed], left]),
        base_budget=problem.budget,
        closed=closed,
        bends={**bends, **problem.bends},
    )


def _closed(problem: AllocationProblem, entering: Allocation) -> Closed:
    """The amounts of a plan up to this quarter; what is not spent of it is the future's money."""
    count = len(problem.closed_quarters)
    closed = Closed.of(entering, count + 1)
    unspent = closed.unspent.copy()
    if problem.objective != "response":
        spent = closed.spend[:, count].sum() + closed.pool[count]
        unspent[count] = max(problem.budget[count] - spent, 0.0)
    return replace(closed, unspent=unspent)


def _rest(problem: AllocationProblem) -> _Rest | str:
    """The best plan around what is closed; or in words, on one line, why there is none."""
    try:
        with threadpool_limits(1):
            plan = reallocate(problem)
    except RulesCollide as collision:
        conflict = collision.conflict
        return f"{conflict.found}. {conflict.advice}".removesuffix(".")
    except NoPlanInTime as failure:
        return str(failure)
    return _Rest(plan.allocation, plan.objective)


def _crossing(name: str, own: Plan, at: _Rest | str, margin: Floats) -> Crossing:
    problem = own.problem
    if isinstance(at, str):
        none = Violation("no plan", problem.scenario, None, np.nan, at)
        return Crossing(name, problem.scenario, None, None, None, (none,), None)
    here = replace(at.allocation, problem=problem)
    brought = responses(here).sum(axis=1)
    spent = float(here.spend[spent_lines(problem)].sum())
    return Crossing(
        plan=name,
        future=problem.scenario,
        response=float(brought.sum()),
        profit=at.objective if problem.objective == "profit" else float(margin @ brought) - spent,
        roi=float(brought.sum()) / spent if spent > 0 else None,
        broken_rules=violations(here),
        regret=problem.sign * (own.objective - at.objective),
    )
