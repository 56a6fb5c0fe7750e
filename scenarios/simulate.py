"""Simulation: what plans bring in many futures, the same futures for all of them.

A plan is carried out as it stands: its media is bought, and what results cost follows the results.
A playbook has several plans, one per scenario: in each future the one whose scenario comes nearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from scenarios.futures import Futures

Kind = Literal["current", "plan", "hedge"]

# The share of futures that counts as the worst.
WORST = 0.05
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
# Amounts that plans make of one future are held at once: so many, to stay near the processor.
_AT_ONCE = 250_000
# What brings less by this share only differs in its last digits.
_NOISE = 1e-12
_LEAST_FACTOR = 1e-9


@dataclass(frozen=True)
class Contender:
    """A plan to be judged: one allocation, or a playbook with one for each of several scenarios.

    Each allocation's own problem says which scenario it was made for.
    """

    name: str
    kind: Kind
    allocations: tuple[Allocation, ...]


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


@dataclass(frozen=True)
class Factor:
    """Mean factors on a channel, over all futures and over those that are worst for the plan.

    ``channel`` is None for all channels together, weighted by the plan's money.
    """

    channel: str | None
    demand: float
    demand_worst: float
    media_price: float
    media_price_worst: float


@dataclass(frozen=True)
class EventShare:
    """An event: in what share of all futures, and of the worst, it happened.

    ``effect`` is what the plan brings on average where it happens, less what it brings elsewhere;
    ``best`` the contender within the budget that brings most there. None where it never happens.
    """

    event: str
    share: float
    share_worst: float
    effect: float | None
    best: str | None


@dataclass(frozen=True)
class Simulation:
    """Contenders in the same futures around one scenario; the first is the current budget.

    ``chosen`` is the plan whose worst futures are looked into: ``factors`` and ``events`` say what
    they have in common, ``there`` (by name) what every contender brings in them on average.
    """

    scenario: str
    currency: str
    measure: Literal["response", "profit"]
    futures: int
    contenders: tuple[Judged, ...]
    chosen: str
    factors: tuple[Factor, ...]
    events: tuple[EventShare, ...]
    there: Mapping[str, float]

    @property
    def best_there(self) -> str:
        """The contender within the budget that brings most in the chosen plan's worst futures."""
        able = [one.name for one in self.contenders if one.within_budget]
        return max(able, key=lambda name: self.there[name])

    def __getitem__(self, name: str) -> Judged:
        return next(one for one in self.contenders if one.name == name)


def simulate(
    problem: AllocationProblem,
    contenders: Sequence[Contender],
    chosen: str,
    futures: Futures,
    events: Sequence[str],
) -> Simulation:
    """Judge contenders, the current budget first, in futures drawn around a problem's scenario."""
    futures = ahead(problem, futures)
    worlds = worlds_of(problem, futures)
    program = Program(problem)
    worth = _measured(program)
    ways = [way for one in contenders for way in _ways(one, worlds)]
    values, missed = _judged(program, worth, [allocation for allocation, _ in ways], worlds)
    judged: list[Judged] = []
    first = 0
    for one in contenders:
        of = range(first, first + len(one.allocations))
        first += len(one.allocations)
        applies = np.array([ways[way][1] for way in of])
        of_each = [missed[way] for way in of]
        judged.append(_together(problem, one, applies, values[of], of_each, judged))
    own = next(n for n, one in enumerate(contenders) if one.name == chosen)
    worst = worst_of(judged[own].values)
    spend = contenders[own].allocations[0].spend
    return Simulation(
        scenario=problem.scenario,
        currency=problem.currency,
        measure="profit" if problem.objective == "profit" else "response",
        futures=len(futures),
        contenders=tuple(judged),
        chosen=chosen,
        factors=_factors(problem.names, spend, futures, worst),
        events=tuple(
            _event(name, happened, judged, judged[own].values, worst)
            for name, happened in zip(events, futures.events.T, strict=True)
        ),
        there={one.name: float(one.values[worst].mean()) for one in judged},
    )


def worlds_of(problem: AllocationProblem, futures: Futures) -> Worlds:
    """Futures as worlds of the problem of the scenario that they are drawn around."""
    futures = ahead(problem, futures)
    demand, price = problem.demand * futures.demand, problem.media_price * futures.media_price
    return Worlds(futures.member, demand, price)


def ahead(problem: AllocationProblem, futures: Futures) -> Futures:
    """The futures in which quarters that are closed are as they were."""
    closed = len(problem.closed_quarters)
    if closed == 0:
        return futures
    demand, price = futures.demand.copy(), futures.media_price.copy()
    demand[:, :, :closed] = price[:, :, :closed] = 1.0
    return replace(futures, demand=demand, media_price=price)


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

    The current budget is what it is; what a playbook releases from its pool is counted once.
    """
    kept = 0.0 if kind == "hedge" else float(plan.pool.sum())
    room = float(problem.budget.sum()) * (1 + 1e-9) + problem.minor_unit
    return kind == "current" or float(plan.spend.sum()) + kept <= room


def _factors(
    names: Sequence[str], spend: Floats, futures: Futures, worst: Indices
) -> tuple[Factor, ...]:
    """Mean factors, all channels' weighted by spend (C, Q), then each channel's."""
    whole = _factor(None, spend, futures.demand, futures.media_price, worst)
    own = (
        _factor(name, spend[[c]], futures.demand[:, [c]], futures.media_price[:, [c]], worst)
        for c, name in enumerate(names)
    )
    return (whole, *own)


def _factor(
    name: str | None, spend: Floats, demand: Floats, price: Floats, worst: Indices
) -> Factor:
    weights = spend if spend.any() else np.ones_like(spend)
    means = [
        float(np.average(table.mean(axis=0), weights=weights))
        for table in (demand, demand[worst], price, price[worst])
    ]
    return Factor(name, *means)


def _event(
    name: str, happened: NDArray[np.bool_], judged: Sequence[Judged], own: Floats, worst: Indices
) -> EventShare:
    """An event that ``happened`` in these futures (K,); ``own`` is what the chosen plan brings."""
    shares = float(happened.mean()), float(happened[worst].mean())
    if not happened.any():
        return EventShare(name, *shares, None, None)
    able = [one for one in judged if one.within_budget]
    best = max(able, key=lambda one: float(one.values[happened].mean()))
    elsewhere = own[~happened] if not happened.all() else own
    effect = float(own[happened].mean() - elsewhere.mean())
    return EventShare(name, *shares, effect, best.name)
