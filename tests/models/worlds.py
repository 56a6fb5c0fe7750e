"""Small worlds with a known truth: weekly spends, true curves, and the results they lead to.

The arithmetic is written out here on its own, period by period, so that it can serve as an oracle.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models import History, Period

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """Hill curve with carry-over; ``half`` in adstocked money."""

    top: float
    half: float
    slope: float
    carryover: float

    def response(self, spend: Floats) -> Floats:
        """Weekly response to a course of spend before which the mean of its first quarter ran."""
        adstocked = float(spend[:13].mean()) / (1 - self.carryover)
        out = []
        for money in spend:
            adstocked = money + self.carryover * adstocked
            powered = adstocked**self.slope
            out.append(self.top * powered / (powered + self.half**self.slope))
        return np.array(out)

    def kept_up(self, spend: float) -> float:
        """Weekly response once ``spend`` a week has been kept up for long."""
        powered = (spend / (1 - self.carryover)) ** self.slope
        return self.top * powered / (powered + self.half**self.slope)


@dataclass(frozen=True)
class World:
    """A history and the truths behind its channels."""

    history: History
    truths: tuple[Truth, ...]


def spends(random: np.random.Generator, weeks: int, means: list[float]) -> Floats:
    """(weeks, C) spends that wander around their means, each channel for itself."""
    slow = np.repeat(random.normal(0, 0.3, (weeks // 4 + 1, len(means))), 4, axis=0)[:weeks]
    return np.asarray(means) * np.exp(slow + random.normal(0, 0.4, (weeks, len(means))))


def truths(random: np.random.Generator, means: list[float], roi: float = 3.0) -> tuple[Truth, ...]:
    """A truth per channel whose mean spend brings about ``roi`` times itself."""
    out = []
    for mean in means:
        carryover = random.uniform(0.0, 0.7)
        slope = float(np.exp(random.normal(0.2, 0.4)))
        reach = float(np.exp(random.normal(0.0, 0.5)))
        top = mean * roi * float(np.exp(random.normal(0, 0.4))) * (1 + reach**slope)
        out.append(Truth(top, reach * mean / (1 - carryover), slope, carryover))
    return tuple(out)


def history(
    spend: Floats,
    revenue: Floats | None = None,
    outcome: Floats | None = None,
    controls: dict[str, Floats] | None = None,
    period: Period = Period.WEEK,
) -> History:
    """A history of channels A, B, C … from January 2023 on."""
    days = {Period.WEEK: 7, Period.MONTH: 31, Period.QUARTER: 92}[period]
    starts = tuple(date(2023, 1, 2) + timedelta(days=days * p) for p in range(len(spend)))
    if period is not Period.WEEK:
        starts = tuple(day.replace(day=1) for day in starts)
    return History(
        period=period,
        starts=starts,
        channels=tuple(chr(ord("A") + c) for c in range(spend.shape[1])),
        spend=spend,
        observed=np.ones(spend.shape, dtype=bool),
        attributed={} if revenue is None else {"revenue": revenue},
        outcome=outcome,
        controls=controls or {},
    )


def attributed_world(seed: int, channels: int = 3, weeks: int = 156, noise: float = 0.1) -> World:
    """Results per channel, with noise in per cent."""
    random = np.random.default_rng(seed)
    means = (50_000 * np.exp(random.normal(0, 0.6, channels))).tolist()
    spend, behind = spends(random, weeks, means), truths(random, means)
    revenue = np.stack([t.response(spend[:, c]) for c, t in enumerate(behind)], axis=1)
    revenue *= np.exp(random.normal(-(noise**2) / 2, noise, revenue.shape))
    return World(history(spend, revenue), behind)


def totals_world(
    seed: int, channels: int = 3, weeks: int = 156, noise: float = 0.03, media: float = 0.3
) -> World:
    """A total of which ``media`` is the channels' part, with trend, season, price and noise."""
    random = np.random.default_rng(seed)
    means = (50_000 * np.exp(random.normal(0, 0.6, channels))).tolist()
    spend, behind = spends(random, weeks, means), truths(random, means)
    effect = sum(t.response(spend[:, c]) for c, t in enumerate(behind))
    base = float(effect.mean()) * (1 - media) / media
    t = np.arange(weeks)
    price = random.normal(0, 1, weeks)
    season = 0.15 * np.sin(2 * np.pi * t / 52.18) + 0.08 * np.cos(4 * np.pi * t / 52.18)
    course = base * (1 + 0.1 * t / weeks + season - 0.05 * price)
    outcome = effect + course + noise * (base / (1 - media)) * random.normal(0, 1, weeks)
    return World(history(spend, outcome=outcome, controls={"price": price}), behind)


def but(world: World, **changes: object) -> History:
    """The world's history with some of its fields replaced."""
    return replace(world.history, **changes)
