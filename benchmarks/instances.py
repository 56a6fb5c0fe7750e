"""Allocation problems to measure on: drawn from a seed, so that every run meets the same ones."""

from datetime import date

import numpy as np

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Floats, Form
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from optimizer.rules import Band, Budget, Elasticity, Part, Reserve, Rule, Share

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


def instance(
    channels: int, period: Period, *, carryover: bool, elasticity: float = 0.30, seed: int = 0
) -> AllocationProblem:
    """A year's budget over so many channels with Hill curves, a third of them S-shaped.

    Budgets are lognormal; half of the top is reached at 0.3 to 3 times the current spend; slopes
    run from 0.7 to 3.5, carry-over from 0 to 0.8. A tenth of the money stays in the pool, and a
    quarter of the channels, the brand, keeps its share within one point.
    """
    rng = np.random.default_rng([channels, period.per_quarter, seed])
    quarters = len(QUARTERS)
    yearly = rng.lognormal(mean=13.0, sigma=1.0, size=channels)
    seasons = rng.dirichlet(np.full(quarters, 60.0), size=channels)
    current = np.round(yearly[:, None] * seasons, 2)
    pool = np.round(current.sum(axis=0) / 9, 2)
    budget = current.sum(axis=0) + pool
    carryovers = rng.uniform(0.0, 0.8, channels) if carryover else np.zeros(channels)
    slopes = np.where(
        rng.random(channels) < 1 / 3,
        rng.uniform(1.5, 3.5, channels),
        rng.uniform(0.7, 1.2, channels),
    )
    brand = channels // 4
    share = float(current[:brand].sum() / budget.sum())
    rules: tuple[Rule, ...] = (
        Budget(),
        Elasticity(default=Band(elasticity, elasticity)),
        Reserve(share=(0.10, 0.15)),
        Share("brand", Part(tags=frozenset({"brand"})), (share - 0.01, share + 0.01)),
    )
    curves = _curves(rng, current, period, carryovers, slopes)
    return _problem(curves, current, pool, rules, brand)


def bare(
    channels: int, quarters: int, period: Period, *, carryover: bool, band: Band, seed: int = 0
) -> AllocationProblem:
    """Budgets and elasticity alone, which every other tool can express as well; no pool.

    Budgets and curves as in `instance`, but with slopes anywhere from 0.7 to 6.
    """
    rng = np.random.default_rng([channels, quarters, period.per_quarter, seed])
    yearly = rng.lognormal(mean=13.0, sigma=1.0, size=channels)
    current = np.round(yearly[:, None] * rng.dirichlet(np.full(quarters, 60.0), channels), 2)
    carryovers = rng.uniform(0.0, 0.8, channels) if carryover else np.zeros(channels)
    slopes = rng.uniform(0.7, 6.0, channels)
    curves = _curves(rng, current, period, carryovers, slopes)
    rules = (Budget(), Elasticity(default=band), Reserve())
    return _problem(curves, current, np.zeros(quarters), rules)


def _curves(
    rng: np.random.Generator, current: Floats, period: Period, carryovers: Floats, slopes: Floats
) -> list[ResponseCurve]:
    """Hill curves whose half and top stand in proportion to the current spend."""
    channels = len(current)
    steady = current.mean(axis=1) / period.per_quarter / (1 - carryovers)
    halves = steady * np.exp(rng.uniform(np.log(0.3), np.log(3.0), channels))
    tops = steady * (1 - carryovers) * rng.lognormal(1.0, 0.5, channels) * 2
    return [
        ResponseCurve(
            channel=f"channel {c + 1}",
            form=Form.HILL,
            top=float(tops[c]),
            half=float(halves[c]),
            slope=float(slopes[c]),
            carryover=float(carryovers[c]),
            period=period,
        )
        for c in range(channels)
    ]


def _problem(
    curves: list[ResponseCurve],
    current: Floats,
    pool: Floats,
    rules: tuple[Rule, ...],
    brand: int = 0,
) -> AllocationProblem:
    """The current money planned again; the first ``brand`` channels are the brand."""
    return AllocationProblem(
        scenario="benchmark",
        currency="CNY",
        first_day=date(2027, 1, 1),
        quarters=QUARTERS[: current.shape[1]],
        channels=tuple(
            Channel(
                name=curve.channel,
                curve=curve,
                tags=frozenset({"brand"}) if c < brand else frozenset(),
            )
            for c, curve in enumerate(curves)
        ),
        current=current,
        current_pool=pool,
        budget=current.sum(axis=0) + pool,
        demand=np.ones(current.shape),
        media_price=np.ones(current.shape),
        pacing=(None,) * len(curves),
        rules=rules,
    )


# What a certificate must reach: name -> (problem, seconds).
CERTIFICATES = {
    "20 x 4, weekly, carry-over": (lambda: instance(20, Period.WEEK, carryover=True), 1.0),
    "200 x 4, quarterly": (lambda: instance(200, Period.QUARTER, carryover=False), 1.0),
    "200 x 4, weekly, carry-over": (lambda: instance(200, Period.WEEK, carryover=True), 30.0),
}
