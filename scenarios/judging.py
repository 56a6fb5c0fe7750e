"""Judging plans: what each brings in many worlds, the same worlds for all of them.

A plan is carried out as it stands: its media is bought, and what results cost follows the results.
The approved budget is cut or raised to the money of the scenario that the worlds are of: it is not
moved, but has neither more money than the plans for it nor less.
A playbook has several plans, one per scenario: in each world the one whose scenario comes nearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.form import LinearForm
from optimizer.objective import expectation
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.valuation import valued
from optimizer.worlds import Worlds

Kind = Literal["current", "plan", "hedge"]

# The share of worlds that counts as the worst.
WORST = 0.05
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
# Amounts that plans make of one world are held at once: so many, to stay near the processor.
_AT_ONCE = 250_000
# What brings less by this share only differs in its last digits.
_NOISE = 1e-12
_LEAST_FACTOR = 1e-9
# Budgets are in whole minor units: what differs by less from what is approved is the same money.
_SAME = 1e-6


@dataclass(frozen=True)
class Contender:
    """A plan to be judged: one allocation, or a playbook with one for each of several scenarios.

    Each allocation's own problem says which scenario it was made for.
    """

    name: str
    kind: Kind
    allocations: tuple[Allocation, ...]


def scale_of(problem: AllocationProblem) -> Floats:
    """(Q,) the money of every quarter as a multiple of what is approved; 1 in closed ones."""
    approved = problem.current.sum(axis=0) + problem.current_pool
    scale = np.divide(problem.budget, approved, out=np.ones_like(approved), where=approved > 0)
    scale[: len(problem.closed_quarters)] = 1.0
    return np.where(np.abs(scale - 1) > _SAME, scale, 1.0)


def approved(problem: AllocationProblem) -> Allocation:
    """The approved budget at the money of a problem's scenario: all its lines in proportion.

    Closed quarters are as they are.
    """
    return Allocation.of(problem, problem.base, scale_of(problem) * problem.current_pool)


@dataclass(frozen=True)
class Distribution:
    """A quantity over all futures; ``quantiles`` in the order of `QUANTILES`.

    ``worst`` is the mean over the `WORST` share of futures in which it is least.
    """

    mean: float
    deviation: float
    quantiles: tuple[float, ...]
    worst: float

    @classmethod
    def of(cls, values: Floats) -> Distribution:
        """The distribution of values (K,) by future."""
        quantiles = tuple(np.quantile(values, QUANTILES).tolist())
        lowest = float(values[worst_of(values)].mean())
        return cls(float(values.mean()), float(values.std()), quantiles, lowest)


@dataclass(frozen=True)
class Judged:
    """One contender in all futures.

    ``spend`` is its planned money on channels over the horizon (on average, for a playbook),
    ``within_budget`` whether the scenario has as much money as it takes (other plans are no answer
    to its futures), ``values`` (K,) what it brings in every future, ``missed`` the probability of
    missing each target, ``below_current`` that of bringing less than the current budget.
    """

    name: str
    kind: Kind
    spend: float
    within_budget: bool
    values: Floats
    distribution: Distribution
    missed: Mapping[str, float]
    below_current: float


def judge(
    problem: AllocationProblem, contenders: Sequence[Contender], worlds: Worlds
) -> list[Judged]:
    """Contenders, the current budget first, in worlds around a problem's scenario."""
    program = Program(problem)
    ways = [way for one in contenders for way in _ways(one, worlds)]
    allocations = [allocation for allocation, _ in ways]
    values, missed = _judged(program, _measured(program), allocations, worlds)
    judged: list[Judged] = []
    first = 0
    for one in contenders:
        of = range(first, first + len(one.allocations))
        first += len(one.allocations)
        applies = np.array([ways[way][1] for way in of])
        of_each = [missed[way] for way in of]
        judged.append(_together(problem, one, applies, values[of], of_each, judged))
    return judged


def worst_of(values: Floats) -> Indices:
    """The `WORST` share of futures, and one at least, in which values (K,) are least."""
    count = max(1, round(WORST * len(values)))
    return np.argsort(values, kind="stable")[:count]


def _measured(program: Program) -> LinearForm:
    """What is measured: the objective, or where money is to be least, what it brings."""
    if program.problem.objective == "spend":
        return program.brought.in_all(np.ones(len(program.problem.channels)))
    return expectation(program)


def _ways(one: Contender, worlds: Worlds) -> list[tuple[Allocation, NDArray[np.bool_]]]:
    """Every allocation of a contender, with the worlds (K,) in which it is carried out."""
    count = len(worlds)
    if len(one.allocations) == 1:
        return [(one.allocations[0], np.ones(count, dtype=bool))]
    distances = [_distance(worlds, allocation.problem) for allocation in one.allocations]
    nearest = np.argmin(distances, axis=0)
    return [(allocation, nearest == n) for n, allocation in enumerate(one.allocations)]


def _distance(worlds: Worlds, scenario: AllocationProblem) -> Floats:
    """(K,) how far worlds are from a scenario, by demand and price where its money is."""
    weight = scenario.current / max(float(scenario.current.sum()), _LEAST_FACTOR)
    apart = np.zeros(len(worlds))
    for there, here in (
        (worlds.demand, scenario.demand),
        (worlds.media_price, scenario.media_price),
    ):
        off = np.log(np.maximum(there, _LEAST_FACTOR)) - np.log(np.maximum(here, _LEAST_FACTOR))
        apart += np.einsum("kcq,cq->k", off**2, weight)
    return apart


def _judged(
    program: Program, worth: LinearForm, allocations: Sequence[Allocation], worlds: Worlds
) -> tuple[Floats, list[dict[str, NDArray[np.bool_]]]]:
    """(A, K) what allocations bring in every world, and per allocation the targets missed (K,)."""
    problem = program.problem
    homes = [
        Allocation(problem, one.spend, one.pool, one.unspent, one.funded) for one in allocations
    ]
    step = max(1, _AT_ONCE // (len(homes) * len(problem.channels)))
    values = np.empty((len(homes), len(worlds)))
    missed: list[dict[str, list[NDArray[np.bool_]]]] = [{} for _ in homes]
    for start in range(0, len(worlds), step):
        of = slice(start, start + step)
        for a, one in enumerate(valued(program, homes, worlds.take(of))):
            values[a, of] = one.at(worth)
            for target, where in one.missed.items():
                missed[a].setdefault(target, []).append(where)
    return values, [
        {target: np.concatenate(where) for target, where in one.items()} for one in missed
    ]


def _together(
    problem: AllocationProblem,
    one: Contender,
    applies: NDArray[np.bool_],
    values: Floats,
    missed: Sequence[Mapping[str, NDArray[np.bool_]]],
    before: Sequence[Judged],
) -> Judged:
    """A contender from its allocations: where each ``applies`` (A, K), and what it brings there."""
    brings = np.sum(values * applies, axis=0)
    current = before[0].values if before else brings
    below = current - brings > _NOISE * np.abs(current)
    money = [float(allocation.spend.sum()) for allocation in one.allocations]
    return Judged(
        name=one.name,
        kind=one.kind,
        spend=float(applies.mean(axis=1) @ np.array(money)),
        within_budget=all(_fits(problem, one.kind, allocation) for allocation in one.allocations),
        values=brings,
        distribution=Distribution.of(brings),
        missed={
            target: float(np.mean(np.any([m[target] for m in missed] & applies, axis=0)))
            for target in missed[0]
        },
        below_current=float(below.mean()),
    )


def _fits(problem: AllocationProblem, kind: Kind, plan: Allocation) -> bool:
    """Whether a plan takes no more money than the scenario has.

    What a playbook releases from its pool is counted once.
    """
    kept = 0.0 if kind == "hedge" else float(plan.pool.sum())
    room = float(problem.holds.sum()) * (1 + 1e-9) + problem.minor_unit
    return float(plan.spend.sum()) + kept <= room
