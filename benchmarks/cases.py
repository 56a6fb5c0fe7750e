"""What the peers are measured on: regimes, sizes, and the instances drawn for them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from task import Task

from benchmarks.instances import bare
from models.period import Period
from models.saturation import Floats
from optimizer.problem import AllocationProblem
from optimizer.response import Response, response_of
from optimizer.rules import Band, FixedCost

# A channel with less than this share of its current spend is off.
OFF = 1e-3
# Seconds by the clock for a proof: enough where other work shares the machine.
PATIENCE = 600.0


@dataclass(frozen=True)
class Regime:
    """How far every amount may move, and whether being active has a price."""

    name: str
    band: Band
    fixed_costs: bool = False


@dataclass(frozen=True)
class Size:
    """Channels x quarters, the curves' period, and how many seeds are drawn."""

    channels: int
    quarters: int
    period: Period
    carryover: bool
    seeds: int

    def __str__(self) -> str:
        weekly = ", weekly, carry-over" if self.carryover else ""
        return f"{self.channels} x {self.quarters}{weekly}"


@dataclass(frozen=True)
class Case:
    """One instance: budgets and this band for every amount; fixed costs are the channels' own."""

    problem: AllocationProblem
    band: Band

    @cached_property
    def response(self) -> Response:
        """The true curves."""
        return response_of(self.problem)

    @cached_property
    def task(self) -> Task:
        """What the peers are given: everything but the fixed costs, which none can express."""
        problem, response = self.problem, self.response
        curves = [channel.curve for channel in problem.channels if channel.curve is not None]
        quarter, of = response.quarter[response.block], response.channel[response.block]
        own = response.beta[:, None] * np.eye(len(problem.quarters))[quarter]
        return Task(
            separable=all(curve.carryover == 0 for curve in curves),
            current=problem.current,
            lower=problem.current * (1 - self.band.down),
            upper=problem.current * (1 + self.band.up),
            budget=problem.budget,
            top=np.array([curve.top for curve in curves]),
            half=np.array([curve.half for curve in curves]),
            slope=np.array([curve.slope for curve in curves]),
            channel=of,
            alpha=response.alpha,
            forms=own + response.gamma[:, None] * response.carry[response.block],
            weight=response.weight,
        )

    def charged(self, answer: list[list[float]]) -> tuple[Floats, Floats]:
        """A peer's spends (C, Q), and the amounts that come of them where being active costs.

        Spends are cut pro rata to make room in the budget.
        """
        spend, fixed = np.array(answer), self.response.fixed
        if not fixed.any():
            return spend, spend
        active = spend > OFF * self.problem.current
        room = self.problem.budget - fixed @ active
        cut = np.minimum(1.0, room / np.sum(spend * active, axis=0))
        return spend, np.where(active, cut * spend + fixed[:, None], 0.0)


REGIMES = (
    Regime("+-15 %", Band(0.15, 0.15)),
    Regime("+-30 %", Band(0.30, 0.30)),
    Regime("+-50 %", Band(0.50, 0.50)),
    Regime("0 to 3 times", Band(1.0, 2.0)),
    Regime("on/off, fixed costs", Band(1.0, 2.0), fixed_costs=True),
)
SIZES = (
    Size(20, 1, Period.QUARTER, carryover=False, seeds=10),
    Size(60, 4, Period.QUARTER, carryover=False, seeds=3),
    Size(200, 1, Period.QUARTER, carryover=False, seeds=2),
    Size(20, 4, Period.WEEK, carryover=True, seeds=3),
)
SMALL = Size(5, 1, Period.QUARTER, carryover=False, seeds=1)


def draw(regime: Regime, size: Size, seed: int) -> Case:
    """The instance of one regime, size and seed; fixed costs are 5 to 40 % of what is spent."""
    drawn = bare(
        size.channels,
        size.quarters,
        size.period,
        carryover=size.carryover,
        band=regime.band,
        seed=seed,
    )
    problem = replace(drawn, time_limit=PATIENCE)
    if not regime.fixed_costs:
        return Case(problem, regime.band)
    shares = np.random.default_rng([seed, size.channels]).uniform(0.05, 0.40, size.channels)
    costs = np.round(shares * problem.current.mean(axis=1), 2).tolist()
    channels = tuple(
        replace(channel, fixed_cost=cost)
        for channel, cost in zip(problem.channels, costs, strict=True)
    )
    rules = (*problem.rules, FixedCost())
    return Case(replace(problem, channels=channels, rules=rules), regime.band)
