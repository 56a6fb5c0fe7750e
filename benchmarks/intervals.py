"""How often the interval of a forecast holds what truly comes without the channels.

Worlds of every kind with weekly data, their last year hidden: curves are fitted to what is left,
and the baseline forecast for the three calendar quarters that lie in the hidden year. There the
truth is known: the world's baseline and its noise. Every world comes with channels of 10, 30 and
60 % of revenue, from totals and with attributed revenue beside them. An interval by the errors of
past forecasts alone stands beside the one with the curves' own doubt.

Run ``python benchmarks/intervals.py`` for the published table: seeds from 10,000 on, some six
minutes on one core. ``--first 100 --each 1`` takes tuning seeds, one world of every kind.
"""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.curve import Curves
from models.fit import fit
from models.forecast import forecast
from models.history import History
from models.period import Period
from models.saturation import Floats
from models.simulate import KINDS, Results, World, world

SHARES = (0.1, 0.3, 0.6)
VIEWS: tuple[Results, ...] = ("totals", "both")
HIDDEN, LEAST, QUARTERS = 52, 104, 3


@dataclass(frozen=True)
class Told:
    """Intervals (2, Q) by past forecasts alone and with the curves' doubt, mean and truth (Q,)."""

    plain: Floats
    doubtful: Floats
    mean: Floats
    truth: Floats


def worlds(kind: str, first: int, results: Results) -> Iterator[World]:
    """Worlds of a kind that are long enough, from a seed on."""
    for seed in count(first):
        drawn = world(kind, seed, results)
        if len(drawn.history.starts) >= HIDDEN + LEAST:
            yield drawn


def with_share(drawn: World, share: float) -> tuple[History, Floats]:
    """The history if channels brought this share of revenue, and what comes without them (P,)."""
    effect = _effect(drawn)
    noise = np.nan_to_num(np.asarray(drawn.history.outcome) - drawn.baseline - effect)
    times = float(effect.mean() / drawn.baseline.mean()) * (1 - share) / share
    grown = float((effect + times * drawn.baseline).mean() / (effect + drawn.baseline).mean())
    comes = times * drawn.baseline + grown * noise
    outcome = np.where(np.isfinite(drawn.history.outcome), effect + comes, np.nan)
    return replace(drawn.history, outcome=outcome), comes


def told(history: History, comes: Floats) -> Told | None:
    """What is forecast a year before the history's end; None where nothing is."""
    seen = history.until(len(history.starts) - HIDDEN)
    first = _next_quarter(seen)
    names = tuple(str(Period.QUARTER.after(first, q)) for q in range(QUARTERS))
    curves = fit(seen, 1)
    sure = Curves(tuple(replace(curve, members=()) for curve in curves.curves))
    plain, doubtful = (forecast(seen, of, first, names) for of in (sure, curves))
    if not doubtful:
        return None
    return Told(
        np.array([plain.low, plain.high]),
        np.array([doubtful.low, doubtful.high]),
        np.array(doubtful.mean),
        _by_quarter(history, comes, first),
    )


def main() -> None:
    """Print a row per view and share of the channels, over all kinds; then per kind."""
    parser = ArgumentParser(description="How often a forecast's interval holds the truth.")
    parser.add_argument("--first", type=int, default=10_000, help="the first seed")
    parser.add_argument("--each", type=int, default=4, help="worlds of every kind")
    chosen = parser.parse_args()
    kinds = [kind for kind in KINDS if KINDS[kind].period is Period.WEEK]
    rows: dict[tuple[str, str], list[Told]] = defaultdict(list)
    without = 0
    with threadpool_limits(1):
        for view in VIEWS:
            for kind in kinds:
                for drawn in islice(worlds(kind, chosen.first, view), chosen.each):
                    for share in SHARES:
                        found = told(*with_share(drawn, share))
                        if found is None:
                            without += 1
                            continue
                        rows[view, f"{share:.0%}"].append(found)
                        rows[view, kind].append(found)
    table = Table("view", "channels", "worlds", "off by", "held: past errors", "with the curves")
    for of in (*(f"{share:.0%}" for share in SHARES), *kinds):
        for view in VIEWS:
            table.add_row(view, of, str(len(rows[view, of])), *_row(rows[view, of]))
    Console(width=120).print(table)
    print(f"without a forecast: {without}")


def _row(found: list[Told]) -> tuple[str, str, str]:
    mean, truth = (np.array([getattr(of, name) for of in found]) for name in ("mean", "truth"))
    out = [f"{100 * np.mean(np.abs(mean / truth - 1)):.1f} %"]
    for name in ("plain", "doubtful"):
        low, high = np.array([getattr(of, name) for of in found]).swapaxes(0, 1)
        held = np.mean((low <= truth) & (truth <= high))
        half = np.mean((high - low) / mean / 2)
        out.append(f"{100 * held:.0f} % (±{100 * half:.0f} %)")
    return out[0], out[1], out[2]


def _effect(drawn: World) -> Floats:
    """(P,) what the channels truly brought."""
    brought, state = np.zeros(len(drawn.baseline)), drawn.before.copy()
    carryover = np.array([truth.carryover for truth in drawn.truths])
    for p, money in enumerate(drawn.history.spend):
        state = money + carryover * state
        brought[p] = sum(
            float(truth.at(s)) for truth, s in zip(drawn.truths, state.tolist(), strict=True)
        )
    return brought


def _next_quarter(seen: History) -> date:
    end = seen.period.after(seen.starts[-1], 1)
    begun = date(end.year, 3 * ((end.month - 1) // 3) + 1, 1)
    return begun if begun == end else Period.QUARTER.after(begun, 1)


def _by_quarter(history: History, values: Floats, first: date) -> Floats:
    """(Q,) values of weeks, summed day by day over the quarters from a day on."""
    edges = [Period.QUARTER.after(first, q).toordinal() - 0.5 for q in range(QUARTERS + 1)]
    days = history.starts[0].toordinal() + np.arange(7 * len(values))
    return np.histogram(days, edges, weights=np.repeat(values / 7, 7))[0]


if __name__ == "__main__":
    main()
