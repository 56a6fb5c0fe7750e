"""Simulation: plans in many futures around one scenario, and what the worst have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.curve_table import Indices
from optimizer.problem import AllocationProblem
from optimizer.worlds import Worlds
from scenarios.futures import Futures
from scenarios.judging import Contender, Judged, judge, scale_of, worst_of


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

    ``scale`` is what the approved budget is multiplied by in every quarter to have its money.
    ``chosen`` is the plan whose worst futures are looked into: ``factors`` and ``events`` say what
    they have in common, ``there`` (by name) what every contender brings in them on average.
    """

    scenario: str
    currency: str
    measure: Literal["response", "profit"]
    futures: int
    scale: tuple[float, ...]
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
    judged = judge(problem, contenders, worlds_of(problem, futures))
    own = next(n for n, one in enumerate(contenders) if one.name == chosen)
    worst = worst_of(judged[own].values)
    spend = contenders[own].allocations[0].spend
    return Simulation(
        scenario=problem.scenario,
        currency=problem.currency,
        measure="profit" if problem.objective == "profit" else "response",
        futures=len(futures),
        scale=tuple(scale_of(problem).tolist()),
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
