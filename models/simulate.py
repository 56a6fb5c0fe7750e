r"""Worlds whose truth is known, to judge a model by the decisions that it leads to.

`world` draws one: a history as a planner would have it, and the true curves behind it. Every kind
of world differs from the plain one in one thing (`KINDS`). The same kind, seed and number of tests
give the same world, whichever of its results the history shows.

Seeds below 1,000 are for tuning; published figures come from seeds of 10,000 and more.

What the plain world is drawn from, U(a, b) being uniform and N(m, s) normal with deviation s:

=====================  ==========================================================================
channels               4 to 30, its logarithm uniform
weeks                  U(104, 208), after half a year that the history does not show
usual spend a week     ln ~ N(ln 50,000, 0.7)
spend of a week        usual * exp(N(0, 0.3) of every four weeks + N(0, 0.35) of every week)
response               Hill curve top * s^n / (s^n + half^n) of adstocked spend s
carry-over a week      U(0, 0.7)
slope n                ln ~ N(0.2, 0.4)
reach                  ln ~ N(0, 0.5); half = reach * usual / (1 - carry-over)
return                 ln ~ N(ln 3, 0.5); response to the usual spend, kept up, over that spend
share of the channels  U(0.2, 0.4) of the mean outcome; the rest is the baseline
baseline               level * (1 + N(0.1, 0.15) over the whole time in a straight line
                       + N(0, 0.1) for sine and cosine of a wave a year, N(0, 0.05) of two a year
                       + N(-0.05, 0.02) per unit of the control "price", which is N(0, 1))
outcome                channels + baseline + N(0, s), s = U(0.01, 0.04) of the mean outcome
attributed revenue     response * exp(N(-s^2/2, s)), s = U(0.05, 0.15)
lift tests             six weeks in which a channel's spend was raised by 80 % of the usual, or cut
                       by 80 %; the lift is all that the change brought, after its last day as
                       well, + N(0, stderr), stderr = U(0.1, 0.2) of the lift
=====================  ==========================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.carryover import steady_state
from models.curve import ResponseCurve
from models.history import History
from models.period import Period
from models.saturation import Floats, Form
from models.trials import lift_tests, state, tried

Results = Literal["totals", "attributed", "both"]

FIRST_DAY = date(2022, 7, 4)
LN_RETURN = (float(np.log(3.0)), 0.5)
LN_REACH = (0.0, 0.5)
# What a weak channel brings, of what it would otherwise.
WEAK = 0.1
# Mean and deviation of the baseline's parts, in shares of its level, in the order of its columns.
PARTS = {
    "level": (1.0, 0.0),
    "trend": (0.1, 0.15),
    "sine": (0.0, 0.1),
    "cosine": (0.0, 0.1),
    "second sine": (0.0, 0.05),
    "second cosine": (0.0, 0.05),
    "price": (-0.05, 0.02),
}
_USUAL = 50_000.0
_WILD = 8.0


@dataclass(frozen=True)
class Kind:
    """What is peculiar to a kind of world; the defaults are the plain one.

    ``slope``       mean and deviation of ln slope.
    ``carryover``   the ends between which carry-over from period to period is drawn.
    ``seasonal``    deviation of that part of ln spend which follows the baseline's season.
    ``together``    share of the variance of ln spend that all channels have in common.
    ``paused``      probability that a channel spends nothing for four weeks.
    ``weak``        probability that a channel brings a tenth of what it would.
    ``broken``      step of the baseline, up or down, in the middle half of the time.
    ``promotions``  weeks a year, the same each year and recorded nowhere, in which the baseline is
                    higher by U(0.2, 0.5) of its level and half of the channels spend double.
    ``missing``     share of the periods that the files do not have, half of them in one stretch.
    ``outliers``    probability that the noise of a period is eight times as large.
    ``bias``        deviation of ln (attributed / true response) between channels.

    ``channels`` and ``periods`` are the fewest and the most that are drawn.
    """

    slope: tuple[float, float] = (0.2, 0.4)
    carryover: tuple[float, float] = (0.0, 0.7)
    seasonal: float = 0.0
    together: float = 0.0
    paused: float = 0.0
    weak: float = 0.0
    broken: float = 0.0
    promotions: int = 0
    missing: float = 0.0
    outliers: float = 0.0
    bias: float = 0.0
    channels: tuple[int, int] = (4, 30)
    periods: tuple[int, int] = (104, 208)
    period: Period = Period.WEEK


KINDS: Mapping[str, Kind] = {
    "plain": Kind(),
    "steep": Kind(slope=(1.1, 0.3)),
    "lasting": Kind(carryover=(0.75, 0.92)),
    "seasonal": Kind(seasonal=0.5),
    "together": Kind(together=0.8),
    "bursts": Kind(paused=0.5),
    "weak": Kind(weak=0.5),
    "broken": Kind(broken=0.2),
    "promotions": Kind(promotions=4),
    "gaps": Kind(missing=0.15),
    "outliers": Kind(outliers=0.04),
    "biased": Kind(bias=0.4),
    "few": Kind(carryover=(0.0, 0.1), channels=(4, 8), periods=(8, 8), period=Period.QUARTER),
}


@dataclass(frozen=True)
class World:
    """A history of P periods and the truth behind it.

    ``truths`` are the channels' true curves, in the order of the history, ``baseline`` (P,) is what
    the outcome would be without channels and noise. No fit can know the rest: ``columns`` (P, K),
    which the baseline is a sum of (`PARTS`, then step and promotions where there are any),
    ``noise`` (P,), the deviation of the outcome's noise in money, and ``before`` (C,), the adstock
    on the eve of the history.
    """

    kind: str
    seed: int
    history: History
    truths: tuple[ResponseCurve, ...]
    baseline: Floats
    columns: Floats
    noise: Floats
    before: Floats


def world(kind: str, seed: int, results: Results = "totals", tests: int = 0) -> World:
    """The world of a kind and seed, with lift tests on so many channels (all if it has fewer).

    Raises KeyError for a kind that is not in `KINDS`.
    """
    of = KINDS[kind]
    streams = np.random.default_rng([list(KINDS).index(kind), seed]).spawn(6)
    sizes, buying, nature, backdrop, claiming, testing = streams
    channels = int(np.exp(sizes.uniform(np.log(of.channels[0]), np.log(of.channels[1] + 1))))
    periods = int(sizes.integers(of.periods[0], of.periods[1] + 1))
    hidden = 2 * of.period.per_quarter
    observed = _observed(of, periods, sizes)

    columns, shares, promoted = _backdrop(of, hidden + periods, backdrop)
    usual = _USUAL * 13 / of.period.per_quarter * np.exp(nature.normal(0, 0.7, channels))
    season = columns[:, 2:6] @ shares[2:6]
    spend = usual * _courses(of, season, promoted, channels, buying)
    spend, changes = tried(spend, usual, hidden, of.period, tests, testing)
    curves = _curves(of, usual, nature)
    adstocks = np.stack([state(k, spend[:, c]) for c, k in enumerate(curves)], axis=1)
    response = np.stack([k.at(adstocks[:, c]) for c, k in enumerate(curves)], axis=1)

    effect = response.sum(axis=1)
    media = backdrop.uniform(0.2, 0.4)
    baseline = columns @ shares * float(effect.mean()) * (1 - media) / media
    wild = np.where(backdrop.random(hidden + periods) < of.outliers, _WILD, 1.0)
    noise = wild * backdrop.uniform(0.01, 0.04) * float((effect + baseline).mean())
    outcome = effect + baseline + noise * backdrop.normal(0, 1, hidden + periods)
    revenue = response * _claims(of, wild, channels, claiming)

    starts = _starts(of.period, hidden + periods)
    missing = ~observed
    history = History(
        period=of.period,
        starts=starts[hidden:],
        channels=tuple(curve.channel for curve in curves),
        spend=_bridged(spend[hidden:], missing),
        observed=np.repeat(observed[:, None], channels, axis=1),
        attributed={"revenue": np.where(missing[:, None], np.nan, revenue[hidden:])},
        outcome=np.where(missing, np.nan, outcome[hidden:]),
        controls={"price": columns[hidden:, list(PARTS).index("price")]},
        tests=lift_tests(curves, spend, changes, starts, testing),
    )
    truths = tuple(
        replace(curve, last_period=starts[-1], last_adstock=float(adstocks[-1, c]))
        for c, curve in enumerate(curves)
    )
    return World(
        kind,
        seed,
        _shown(history, results),
        truths,
        baseline[hidden:],
        columns[hidden:],
        noise[hidden:],
        adstocks[hidden - 1],
    )


def _shown(history: History, results: Results) -> History:
    if results == "totals":
        return replace(history, attributed={})
    if results == "attributed":
        return replace(history, outcome=None, controls={})
    return history


def _backdrop(of: Kind, periods: int, random: Generator) -> tuple[Floats, Floats, Floats]:
    """Columns of the baseline (T, K), their shares of its level (K,), and promoted periods (T,)."""
    t = np.arange(periods)
    turn = 2 * np.pi * t / of.period.per_year
    waves = [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    columns = [np.ones(periods), t / periods - 0.5, *waves, random.normal(0, 1, periods)]
    shares = [random.normal(mean, deviation) for mean, deviation in PARTS.values()]
    if of.broken:
        columns.append((t > periods * random.uniform(0.25, 0.75)).astype(float))
        shares.append(of.broken * random.choice([-1, 1]))
    promoted = np.zeros(periods)
    year = t % 52
    for week in random.choice(52, of.promotions, replace=False):
        columns.append((year == week).astype(float))
        shares.append(random.uniform(0.2, 0.5))
        promoted += columns[-1]
    return np.stack(columns, axis=1), np.array(shares), promoted


def _courses(
    of: Kind, season: Floats, promoted: Floats, channels: int, random: Generator
) -> Floats:
    """(T, C) spend as a multiple of the usual, before any test."""
    periods = len(season)
    weeks = 4 if of.period is Period.WEEK else 1
    stretches = -(-periods // weeks)

    def wander(columns: int) -> Floats:
        slow = np.repeat(random.normal(0, 0.3, (stretches, columns)), weeks, axis=0)[:periods]
        return np.asarray(slow + random.normal(0, 0.35, (periods, columns)))

    logs = np.sqrt(1 - of.together) * wander(channels) + np.sqrt(of.together) * wander(1)
    if of.seasonal:
        logs += of.seasonal * (season / season.std())[:, None]
    active = np.repeat(random.random((stretches, channels)) >= of.paused, weeks, axis=0)[:periods]
    follows = random.random(channels) < 0.5
    return np.asarray(np.exp(logs) * active * (1 + promoted[:, None] * follows))


def _curves(of: Kind, usual: Floats, random: Generator) -> tuple[ResponseCurve, ...]:
    channels = len(usual)
    carryover = random.uniform(*of.carryover, channels)
    slope = np.exp(random.normal(*of.slope, channels))
    reach = np.exp(random.normal(*LN_REACH, channels))
    returns = np.exp(random.normal(*LN_RETURN, channels))
    returns *= np.where(random.random(channels) < of.weak, WEAK, 1.0)
    top = returns * usual * (1 + reach**slope)
    half = reach * steady_state(usual, carryover)
    return tuple(
        ResponseCurve(
            channel=f"channel {c + 1}",
            form=Form.HILL,
            top=float(top[c]),
            half=float(half[c]),
            slope=float(slope[c]),
            carryover=float(carryover[c]),
            period=of.period,
        )
        for c in range(channels)
    )


def _claims(of: Kind, wild: Floats, channels: int, random: Generator) -> Floats:
    """(T, C) attributed over true response."""
    bias = np.exp(random.normal(0, of.bias, channels))
    spread = random.uniform(0.05, 0.15) * wild[:, None]
    noise = np.exp(spread * random.normal(0, 1, (len(wild), channels)) - spread**2 / 2)
    return np.asarray(bias * noise)


def _observed(of: Kind, periods: int, random: Generator) -> NDArray[np.bool_]:
    """(P,) which periods the files have: never without the first and the last."""
    gone = round(of.missing * periods)
    stretch = gone // 2
    first = int(random.integers(1, periods - 1 - stretch))
    observed = np.ones(periods, dtype=bool)
    observed[first : first + stretch] = False
    left = np.flatnonzero(observed)[1:-1]
    observed[random.choice(left, gone - stretch, replace=False)] = False
    return observed


def _bridged(spend: Floats, missing: NDArray[np.bool_]) -> Floats:
    """Spend (P, C) as it is known: interpolated where it is missing."""
    t = np.arange(len(spend))
    known = ~missing
    return np.stack([np.interp(t, t[known], column[known]) for column in spend.T], axis=1)


def _starts(period: Period, periods: int) -> tuple[date, ...]:
    starts = [FIRST_DAY if period is Period.WEEK else FIRST_DAY.replace(day=1)]
    while len(starts) < periods:
        starts.append(period.after(starts[-1], 1))
    return tuple(starts)
