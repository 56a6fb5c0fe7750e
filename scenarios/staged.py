"""Staged: a future in two stages, what is decided now and what is planned once it has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.saturation import Floats
from optimizer.closed import Closed
from optimizer.errors import NoPlanInTime, RulesCollide, UnkeptRule
from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.stages import Stages
from scenarios.scenario import tied_out

# The part of the tolerance that every future's own plan may use after the joint proof.
_APART = 0.5


@dataclass(frozen=True)
class Future:
    """A scenario's problem, how probable it is, and what a unit of the pool's balance counts that
    is left there at the horizon's end.
    """

    problem: AllocationProblem
    probability: float
    keep_value: float = 0.0


def in_stages(common: AllocationProblem, future: Future, release: bool) -> AllocationProblem:
    """A future in which what is decided now has the budget and the rules of the policy itself.

    ``release`` lets the pool's balance go to channels later.
    """
    problem, now = future.problem, len(common.closed_quarters)
    return replace(
        problem,
        budget=np.concatenate([common.budget[: now + 1], problem.budget[now + 1 :]]),
        stages=Stages(common.rules, now, release, future.keep_value),
    )


def carried_out(
    staged: Sequence[AllocationProblem], now: Allocation, done: Callable[[], None]
) -> tuple[Plan, ...]:
    """Every future's plan once what an allocation does now is carried out.

    Raises what `reallocate` does; ``done`` is called for every plan.
    """
    closed = Closed.of(now, len(now.problem.closed_quarters) + 1)
    plans = []
    for future in staged:
        ahead = replace(future, closed=closed, tolerance=_APART * future.tolerance)
        plans.append(reallocate(ahead))
        done()
    return tuple(plans)


def for_the_average(
    common: AllocationProblem,
    futures: Sequence[Future],
    staged: Sequence[AllocationProblem],
    release: bool,
    done: Callable[[], None],
) -> tuple[Plan, ...] | None:
    """Every future's plan after what the averaged future's does now; None if one has none.

    The averaged future has the policy's own rules.
    """
    chances = np.array([future.probability for future in futures])

    def mean(name: str) -> Floats:
        tables = np.array([getattr(future, name) for future in staged])
        return np.asarray(np.tensordot(chances, tables, axes=1))

    kept = sum(future.probability * future.keep_value for future in futures)
    average = replace(
        in_stages(common, Future(common, 1.0, kept), release),
        scenario="average of all scenarios",
        budget=tied_out(mean("budget"), common.minor_unit),
        demand=mean("demand"),
        media_price=mean("media_price"),
    )
    try:
        planned = reallocate(average)
        done()
        return carried_out(staged, planned.allocation, done)
    except (RulesCollide, NoPlanInTime, UnkeptRule):
        return None
