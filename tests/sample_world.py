"""The world behind the sample project: a consumer company whose truth is known.

Run ``python tests/sample_world.py`` to write reallot/sample/history.csv and budget.csv anew.

Each channel's weekly revenue is a Hill curve of its adstocked spend times noise. Random numbers
come from ``random.Random.random`` alone, whose stream Python promises to keep: the same bytes
come out on every machine and with every release.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import NormalDist

SAMPLE = Path(__file__).parents[1] / "reallot" / "sample"
FIRST_WEEK = date(2024, 1, 1)
WEEKS = 156
# Spend of each year against the budget that is planned for 2027.
LEVEL = {2024: 0.80, 2025: 0.88, 2026: 0.96}
QUARTERS = {"2027Q1": (1, 3), "2027Q2": (4, 6), "2027Q3": (7, 9), "2027Q4": (10, 12)}
POOL = 4_800_000

# (month, day) from, to (exclusive) and the extra share of an ordinary week's money.
FESTIVALS = (
    ((2, 1), (2, 18), -0.35),  # Spring Festival: parcels rest
    ((3, 4), (3, 10), 0.40),  # 3.8
    ((6, 5), (6, 20), 0.90),  # 6.18
    ((9, 5), (9, 11), 0.30),  # 9.9
    ((10, 26), (11, 13), 1.30),  # 11.11
    ((12, 8), (12, 14), 0.40),  # 12.12
)


@dataclass(frozen=True)
class Truth:
    """What a channel really does.

    ``budget`` is money in 2027; ``roi`` the revenue per unit of money in an ordinary week;
    ``half`` the spend at which half of the top is reached, as a multiple of an ordinary week's;
    ``festival`` how far its spend follows the festivals; ``variation`` and ``noise`` the standard
    deviations of log spend and log revenue; ``block`` the weeks for which a booking lasts.
    """

    name: str
    budget: int
    roi: float
    half: float
    slope: float
    carryover: float
    festival: float
    variation: float = 0.30
    noise: float = 0.10
    block: int = 1

    @property
    def week(self) -> float:
        """Money of an ordinary week."""
        return self.budget / 52

    def response(self, adstocked: float) -> float:
        """Revenue of one week at adstocked spend (money, not normalised)."""
        top = self.roi * self.week * (1 + self.half**self.slope)
        half = self.half * self.week / (1 - self.carryover)
        powered = adstocked**self.slope
        return top * powered / (powered + half**self.slope)

    def steady_response(self, weekly_spend: float) -> float:
        """Revenue per week when so much is spent in every week."""
        return self.response(weekly_spend / (1 - self.carryover))


CHANNELS = (
    Truth("Search", 7_200_000, 5.9, half=0.35, slope=1.0, carryover=0.10, festival=0.6),
    Truth("Marketplace Ads", 6_200_000, 5.6, half=0.60, slope=1.2, carryover=0.10, festival=0.9),
    Truth("Private Domain", 2_600_000, 7.5, half=2.20, slope=0.9, carryover=0.40, festival=0.4),
    Truth("CRM", 1_200_000, 8.5, half=0.30, slope=0.8, carryover=0.30, festival=0.3),
    Truth("Live Commerce", 6_800_000, 3.3, half=1.10, slope=2.2, carryover=0.15, festival=1.0),
    Truth("Feed Ads", 4_200_000, 2.1, half=0.50, slope=1.0, carryover=0.10, festival=0.7),
    Truth("Short Video", 5_000_000, 2.5, half=1.05, slope=2.6, carryover=0.25, festival=0.6),
    Truth(
        "KOL", 3_200_000, 1.8, half=0.90, slope=1.8, carryover=0.30, festival=0.5, variation=0.45
    ),
    Truth(
        "TV", 2_800_000, 1.6, half=1.20, slope=1.3, carryover=0.60, festival=0.1,
        variation=0.60, noise=0.12, block=4,
    ),
    Truth(
        "Outdoor", 1_800_000, 1.7, half=1.50, slope=1.0, carryover=0.50, festival=0.1,
        variation=0.45, noise=0.12, block=4,
    ),
    Truth("Print", 900_000, 0.65, half=0.50, slope=1.0, carryover=0.20, festival=0.0, block=2),
)  # fmt: skip

# Its revenue comes and goes on its own: whoever claims to see its effect invents it.
EVENTS = Truth(
    "Events", 1_300_000, 1.9, half=1.0, slope=1.0, carryover=0.0, festival=0.2,
    variation=0.50, noise=0.90,
)  # fmt: skip
EVERY = (*CHANNELS, EVENTS)


def history() -> str:
    """history.csv: one row per week and channel, whole yuan."""
    starts = [FIRST_WEEK + timedelta(weeks=w) for w in range(WEEKS)]
    columns = [_simulate(truth, starts) for truth in EVERY]
    rows = [
        (start.isoformat(), truth.name, spend[w], revenue[w])
        for w, start in enumerate(starts)
        for truth, (spend, revenue) in zip(EVERY, columns, strict=True)
    ]
    return _csv(("date", "channel", "spend", "revenue"), rows)


def budget() -> str:
    """budget.csv: the approved budget of 2027 by quarter and channel, pool included."""
    table = {truth.name: _by_quarter(truth.budget, truth.festival) for truth in EVERY}
    table["reserve"] = _by_quarter(POOL, 0.6)
    rows = [
        (quarter, name, amounts[q])
        for q, quarter in enumerate(QUARTERS)
        for name, amounts in table.items()
    ]
    return _csv(("quarter", "channel", "amount"), rows)


def _simulate(truth: Truth, starts: list[date]) -> tuple[list[int], list[int]]:
    random = Random(f"sample {truth.name}")
    spend, revenue = [], []
    adstocked = truth.week * LEVEL[2024] / (1 - truth.carryover)
    booking = 1.0
    for w, start in enumerate(starts):
        if w % truth.block == 0:
            booking = _lognormal(random, truth.variation)
        money = truth.week * LEVEL[start.year] * booking * _season(start, 7, truth.festival)
        spend.append(round(money, -2))
        adstocked = spend[-1] + truth.carryover * adstocked
        mean = truth.roi * truth.week if truth is EVENTS else truth.response(adstocked)
        revenue.append(round(mean * _lognormal(random, truth.noise), -1))
    return [int(s) for s in spend], [int(r) for r in revenue]


def _season(start: date, days: int, strength: float) -> float:
    """Mean factor on spend over so many days."""
    extra = 0.0
    for first, end, share in FESTIVALS:
        for offset in range(days):
            day = start + timedelta(days=offset)
            extra += share * (first <= (day.month, day.day) < end)
    return 1 + strength * extra / days


def _by_quarter(amount: int, festival: float) -> list[int]:
    """The year's amount by quarter in tens of thousands, following the festivals."""
    weights = []
    for first, last in QUARTERS.values():
        start = date(2027, first, 1)
        end = date(2027 + last // 12, last % 12 + 1, 1)
        days = (end - start).days
        weights.append(days * _season(start, days, festival))
    parts = [int(round(amount * weight / sum(weights), -4)) for weight in weights[:-1]]
    return [*parts, amount - sum(parts)]


def _lognormal(random: Random, sigma: float) -> float:
    """A factor with mean 1."""
    # random() may return 0, where the inverse has no value; the shift is far below rounding.
    uniform = min(max(random.random(), 1e-12), 1 - 1e-12)
    return math.exp(sigma * NormalDist().inv_cdf(uniform) - sigma**2 / 2)


def _csv(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    for name, content in (("history.csv", history()), ("budget.csv", budget())):
        (SAMPLE / name).write_text(content, encoding="utf-8", newline="")
