"""How often a curve from totals is not flagged although the data tell nothing of its channel.

Worlds with weekly data and 6 to 10 channels, as they are and added up to the last 24 or 36 months
or 12 quarters. The data tell nothing of a channel where the 80 % interval of its return is nearly
that of any channel like the others. How far the estimates of such channels follow the truth is the
correlation of their logarithms, each world's mean taken out of both.

Run ``python benchmarks/flags.py`` for the published table: seeds from 10,000 on, three minutes on
one core. ``--first 100 --each 3`` takes tuning seeds, three worlds of every kind.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))

from models import evidence
from models.history import History
from models.mix import Mix, fit_mix
from models.period import Period
from models.saturation import Floats
from models.shape import rhythm_of
from models.simulate import World, world
from models.totals import Totals
from models.trials import course

KINDS = ("plain", "together", "bursts", "weak")
LEAST_WEEKS, CHANNELS = 170, range(6, 11)
RHYTHMS = {
    "weeks": None,
    "36 months": (Period.MONTH, 36),
    "24 months": (Period.MONTH, 24),
    "12 quarters": (Period.QUARTER, 12),
}


@dataclass(frozen=True)
class Told:
    """Of C channels: whether odds and likeness flag them, and their returns, in logarithms."""

    odds: NDArray[np.bool_]
    untold: NDArray[np.bool_]
    estimate: Floats
    truth: Floats


def worlds(kind: str, first: int) -> Iterator[World]:
    """Worlds of a kind that are long enough and of the right size, from a seed on."""
    for seed in count(first):
        drawn = world(kind, seed)
        if len(drawn.truths) in CHANNELS and len(drawn.history.starts) >= LEAST_WEEKS:
            yield drawn


def added_up(history: History, period: Period, most: int) -> History:
    """The last whole months or quarters of a history of weeks, each week divided by its days."""
    begin, end = history.starts[0], history.period.after(history.starts[-1], 1)
    months = 12 // round(period.per_year)
    first = date(begin.year, months * ((begin.month - 1) // months) + 1, 1)
    starts = [period.after(first, p) for p in range(1, len(history.starts))]
    starts = [start for start in starts if period.after(start, 1) <= end][-most:]
    edges = [start.toordinal() - 0.5 for start in (*starts, period.after(starts[-1], 1))]
    days = begin.toordinal() + np.arange(7 * len(history.starts))

    def added(values: Floats) -> Floats:
        return np.histogram(days, edges, weights=np.repeat(values / 7, 7))[0]

    return replace(
        history,
        period=period,
        starts=tuple(starts),
        spend=np.stack([added(of) for of in history.spend.T], axis=1),
        observed=np.ones((len(starts), len(history.channels)), dtype=bool),
        outcome=added(np.asarray(history.outcome)),
        controls={name: added(of) for name, of in history.controls.items()},
    )


def told(drawn: World, rhythm: tuple[Period, int] | None) -> Told:
    """What a fit says of every channel of a world, and what is true."""
    history = drawn.history if rhythm is None else added_up(drawn.history, *rhythm)
    totals = Totals(
        spend=history.spend,
        controls=np.stack(list(history.controls.values()), axis=1),
        outcome=np.asarray(history.outcome),
        weight=np.ones(len(history.starts)),
        rhythm=rhythm_of(history.period),
        per_year=history.period.per_year,
    )
    mix = fit_mix(totals)
    spend = drawn.history.spend
    truth = [course(of, spend[:, c]).sum() / spend[:, c].sum() for c, of in enumerate(drawn.truths)]
    return Told(
        odds=(mix.against > evidence.MOST_ODDS) | (mix.apart < evidence.LEAST_APART),
        untold=mix.borrowed > evidence.MOST_BORROWED,
        estimate=_centred(_returns(mix, totals)),
        truth=_centred(np.array(truth)),
    )


def main() -> None:
    """Print a row per rhythm."""
    parser = ArgumentParser(description="How often what is not known is not flagged.")
    parser.add_argument("--first", type=int, default=10_000, help="the first seed")
    parser.add_argument("--each", type=int, default=10, help="worlds of every kind")
    chosen = parser.parse_args()
    drawn = [each for kind in KINDS for each in islice(worlds(kind, chosen.first), chosen.each)]
    head = ("totals", "channels", "flagged otherwise", "told nothing", "told nothing, not flagged")
    table = Table(*head, "their estimates", "those of all")
    with threadpool_limits(1):
        for name, rhythm in RHYTHMS.items():
            table.add_row(name, *_row([told(each, rhythm) for each in drawn]))
    Console(width=120).print(table)


def _row(found: list[Told]) -> tuple[str, ...]:
    odds, untold, estimate, truth = (
        np.concatenate([getattr(of, name) for of in found])
        for name in ("odds", "untold", "estimate", "truth")
    )
    missed = untold & ~odds
    shares = [f"{100 * of.mean():.0f} %" for of in (odds, untold, missed)]
    follow = [
        f"{np.corrcoef(estimate[of], truth[of])[0, 1]:.2f}" if of.sum() > 9 else ""
        for of in (missed, np.ones(len(odds), dtype=bool))
    ]
    return (str(len(odds)), *shares, *follow)


def _returns(mix: Mix, totals: Totals) -> Floats:
    """(C,) what every channel brought per unit of its money."""
    pairs = zip(mix.curves, totals.spend.T, strict=True)
    return np.array([of.course(spend, totals.rhythm).sum() / spend.sum() for of, spend in pairs])


def _centred(values: Floats) -> Floats:
    logs = np.log(values)
    return np.asarray(logs - logs.mean())


if __name__ == "__main__":
    main()
