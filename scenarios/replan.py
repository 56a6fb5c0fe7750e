"""Planning many problems at once, on this machine or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from models.saturation import Floats
from optimizer.errors import NoPlanInTime, RulesCollide
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate

# Why a problem has no plan: its rules collide, or the time ran out.
NoPlan = Literal["collided", "late"]


@dataclass(frozen=True)
class Answer:
    """The plan of one problem: (C, Q) amounts, (Q,) pool, its objective and its gap."""

    spend: Floats
    pool: Floats
    objective: float
    gap: float


def replan(
    problems: Iterable[AllocationProblem],
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> list[Answer | NoPlan]:
    """The answer of every problem, in order; ``done`` is called after each.

    ``jobs`` processes work at once; None leaves that to `joblib.parallel_config`, which may hand
    the work to a cluster. The answers do not depend on it.
    """
    answers: list[Answer | NoPlan] = []
    tasks = (delayed(answer)(problem) for problem in problems)
    for found in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        answers.append(found)
        done()
    return answers


def answer(problem: AllocationProblem) -> Answer | NoPlan:
    """The plan of one problem, or why there is none."""
    try:
        with threadpool_limits(1):
            plan = reallocate(problem)
    except RulesCollide:
        return "collided"
    except NoPlanInTime:
        return "late"
    return Answer(plan.allocation.spend, plan.allocation.pool, plan.objective, plan.gap)
