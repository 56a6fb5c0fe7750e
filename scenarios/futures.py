r"""Futures: many possible courses of the markets, drawn at random around one scenario.

A factor of quarter q and channel c is log-normal with mean 1 and the stated spread:

    factor = exp(sigma * z[q, c] - sigma**2 / 2)
    z[q, c] = sqrt(correlation) * market[q] + sqrt(1 - correlation) * own[q, c]

``market`` and ``own`` are standard normal and keep a share ``persistence`` of themselves from one
quarter to the next (an AR(1) of variance 1). Demand, media price, conversion and basket value are
drawn apart from each other; demand, conversion and basket value all multiply what the same media
bring, media price divides what money buys. So does the rate of a currency that channels buy in,
which is one for all of them. Events come on top: each begins at most once in the horizon, in any
quarter alike, lasts its quarters, and multiplies factors while it does.

Every source of chance has its own stream of random numbers, an event's and a currency's by its
name, so that a further one, or an event that cannot happen, changes no other draw; all plans are
judged in the same futures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log1p, sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.channel import Channel


@dataclass(frozen=True)
class Spread:
    """How far quarters may fall from what is expected: standard deviations as shares.

    ``correlation`` is that between channels, ``persistence`` that of a quarter with the next, both
    within [0, 1].
    """

    demand: float = 0.10
    media_price: float = 0.05
    conversion: float = 0.05
    basket: float = 0.05
    exchange: float = 0.05
    correlation: float = 0.5
    persistence: float = 0.5

    def __post_init__(self) -> None:
        of = (self.demand, self.media_price, self.conversion, self.basket, self.exchange)
        if min(of) < 0:
            raise ValueError("a spread must be 0 or more")
        if not (0 <= self.correlation <= 1 and 0 <= self.persistence <= 1):
            raise ValueError("correlation and persistence must be within 0 and 1")


@dataclass(frozen=True)
class Event:
    """What happens seldom: it begins within the horizon with this ``probability``.

    For ``quarters`` quarters it multiplies demand and media price, of all channels or, where
    ``channel_demand`` and ``channel_media_price`` name one, by that channel's own factor.
    """

    name: str
    probability: float
    quarters: int = 1
    demand: float = 1.0
    media_price: float = 1.0
    channel_demand: Mapping[str, float] = field(default_factory=dict)
    channel_media_price: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1 or self.quarters < 1:
            raise ValueError(f"{self.name!r}: needs a probability within 0 and 1, and a quarter")


@dataclass(frozen=True)
class Futures:
    """N futures of C channels and Q quarters, as factors on one scenario.

    ``demand``      (N, C, Q) on response, conversion and basket value included.
    ``media_price`` (N, C, Q) on what a unit of media costs.
    ``member``      (N,) which of the curves' members is true; 0 throughout where there are none.
    ``events``      (N, E) whether each event happens.
    """

    demand: Floats
    media_price: Floats
    member: NDArray[np.int64]
    events: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.member)


def draw(
    channels: Sequence[Channel],
    quarters: int,
    spread: Spread,
    events: Sequence[Event],
    members: int,
    count: int,
    seed: int,
) -> Futures:
    """Draw ``count`` futures; the same arguments give the same futures."""
    names, shape = [channel.name for channel in channels], (count, len(channels), quarters)
    factors = {
        name: _factors(np.random.default_rng([seed, number]), shape, getattr(spread, name), spread)
        for number, name in enumerate(("demand", "media_price", "conversion", "basket"))
    }
    demand = factors["demand"] * factors["conversion"] * factors["basket"]
    price = factors["media_price"]
    for currency in {channel.buys_in for channel in channels} - {None}:
        random = np.random.default_rng([seed, 2000, crc32(str(currency).encode())])
        rate = _factors(
            random, (count, 1, quarters), spread.exchange, replace(spread, correlation=1.0)
        )
        abroad = np.array([channel.buys_in == currency for channel in channels])
        price = np.where(abroad[:, None], price * rate, price)
    which = np.random.default_rng([seed, 100]).integers(0, max(members, 1), count)
    happens = np.zeros((count, len(events)), dtype=bool)
    for number, event in enumerate(events):
        random = np.random.default_rng([seed, 1000, crc32(event.name.encode())])
        happens[:, number] = random.random(count) < event.probability
        begins = random.integers(0, quarters, count)
        on = (np.arange(quarters) >= begins[:, None]) & (
            np.arange(quarters) < begins[:, None] + event.quarters
        )
        on &= happens[:, [number]]
        own = np.array([event.channel_demand.get(name, event.demand) for name in names])
        demand = np.where(on[:, None, :], demand * own[:, None], demand)
        own = np.array([event.channel_media_price.get(n, event.media_price) for n in names])
        price = np.where(on[:, None, :], price * own[:, None], price)
    return Futures(demand, price, which, happens)


def _factors(
    random: np.random.Generator, shape: tuple[int, int, int], spread: float, how: Spread
) -> Floats:
    """(N, C, Q) log-normal factors of mean 1 and standard deviation ``spread``."""
    count, channels, quarters = shape
    market = _course(random.standard_normal((count, 1, quarters)), how.persistence)
    own = _course(random.standard_normal((count, channels, quarters)), how.persistence)
    z = sqrt(how.correlation) * market + sqrt(1 - how.correlation) * own
    variance = log1p(spread**2)
    return np.exp(sqrt(variance) * z - variance / 2)


def _course(steps: Floats, persistence: float) -> Floats:
    """Standard normal courses (..., Q) of which a share lasts from one quarter to the next."""
    out = steps.copy()
    for q in range(1, steps.shape[-1]):
        out[..., q] = persistence * out[..., q - 1] + sqrt(1 - persistence**2) * steps[..., q]
    return out
