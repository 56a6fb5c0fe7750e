"""Reoptimisation: every future planned anew by a planner who knows it.

What plans would then be is the spread of the allocation; what a plan brings less than the best of
each future is its regret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.saturation import Floats
from optimizer.plan import RESERVE
from optimizer.problem import AllocationProblem
from optimizer.worlds import Worlds
from scenarios.replan import Answer, NoPlan, replan
from scenarios.simulate import Simulation

# How close a future's plan must be proven.
GAP = 1e-3
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Spread:
    """A channel's (or the reserve's) money over the horizon; ``quantiles`` as `QUANTILES`."""

    channel: str
    current: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Regret:
    """What a plan brings less than the best plan of each future: mean, 95th percentile, most."""

    plan: str
    mean: float
    high: float
    most: float


@dataclass(frozen=True)
class Reoptimised:
    """All futures planned anew.

    ``planned`` of them have a plan, all proven to ``gap``; in ``collided`` the rules cannot hold
    (a target out of reach, say), for ``late`` time ran out. ``regrets`` are empty where money is
    what is least.
    """

    planned: int
    collided: int
    late: int
    gap: float
    spreads: tuple[Spread, ...]
    regrets: tuple[Regret, ...]


def reoptimise(
    problem: AllocationProblem,
    worlds: Worlds,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> list[Answer | NoPlan]:
    """The plan of every world, as `replan`."""
    problem = replace(problem, tolerance=GAP)
    return replan((worlds.one(problem, k) for k in range(len(worlds))), jobs, done)


def reoptimised(
    problem: AllocationProblem, simulation: Simulation, answers: Sequence[Answer | NoPlan]
) -> Reoptimised:
    """What the futures' own plans say together about the plans of a simulation."""
    kept = [(k, found) for k, found in enumerate(answers) if isinstance(found, Answer)]
    if problem.objective == "spend" or not kept:
        regrets: tuple[Regret, ...] = ()
    else:
        where = [k for k, _ in kept]
        best = np.array([found.objective for _, found in kept])
        regrets = tuple(
            _regret(one.name, best - one.values[where]) for one in simulation.contenders
        )
    amounts: Mapping[str, list[float]] = {
        name: [float(found.spend[c].sum()) for _, found in kept]
        for c, name in enumerate(problem.names)
    } | {RESERVE: [float(found.pool.sum()) for _, found in kept]}
    current = [*problem.current.sum(axis=1).tolist(), float(problem.current_pool.sum())]
    return Reoptimised(
        planned=len(kept),
        collided=answers.count("collided"),
        late=answers.count("late"),
        gap=max((found.gap for _, found in kept), default=0.0),
        spreads=tuple(
            Spread(name, now, tuple(np.quantile(of, QUANTILES).tolist()))
            for (name, of), now in zip(amounts.items(), current, strict=True)
            if of
        ),
        regrets=regrets,
    )


def _regret(plan: str, lost: Floats) -> Regret:
    return Regret(plan, float(lost.mean()), float(np.quantile(lost, 0.95)), float(lost.max()))
