"""Allocation problems to measure on: drawn from a seed, so that every run meets the same ones."""

from datetime import date

import numpy as np

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Form
from optimizer.problem import AllocationProblem, Channel
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
    steady = current.mean(axis=1) / period.per_quarter / (1 - carryovers)
    halves = steady * np.exp(rng.uniform(np.log(0.3), np.log(3.0), channels))
    tops = steady * (1 - carryovers) * rng.lognormal(1.0, 0.5, channels) * 2
    brand = channels // 4
    share = float(current[:brand].sum() / budget.sum())
    rules: tuple[Rule, ...] = (
        Budget(),
        Elasticity(default=Band(elasticity, elasticity)),
        Reserve(share=(0.10, 0.15)),
        Share("brand", Part(tags=frozenset({"brand"})), (share - 0.01, share + 0.01)),
    )
    return AllocationProblem(
        scenario="benchmark",
        currency="CNY",
        first_day=date(2027, 1, 1),
        quarters=QUARTERS,
        channels=tuple(
            Channel(
                name=f"channel {c + 1}",
                curve=ResponseCurve(
                    channel=f"channel {c + 1}",
                    form=Form.HILL,
                    top=float(tops[c]),
                    half=float(halves[c]),
                    slope=float(slopes[c]),
                    carryover=float(carryovers[c]),
                    period=period,
                ),
                tags=frozenset({"brand"}) if c < brand else frozenset(),
            )
            for c in range(channels)
        ),
        current=current,
        current_pool=pool,
        budget=budget,
        demand=np.ones((channels, quarters)),
        media_price=np.ones((channels, quarters)),
        pacing=(None,) * channels,
        rules=rules,
    )


# What a certificate must reach: name -> (problem, seconds).
CERTIFICATES = {
    "20 x 4, weekly, carry-over": (lambda: instance(20, Period.WEEK, carryover=True), 1.0),
    "200 x 4, quarterly": (lambda: instance(200, Period.QUARTER, carryover=False), 1.0),
    "200 x 4, weekly, carry-over": (lambda: instance(200, Period.WEEK, carryover=True), 30.0),
}
