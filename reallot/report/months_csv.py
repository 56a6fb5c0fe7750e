"""months.csv: monthly targets inside each quarter, to the cent of the quarter's amount."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from models.saturation import Floats
from optimizer.plan import Plan
from reallot.project.dates import first_day_of
from reallot.report.booking import amount_decimals, booked
from reallot.report.plan_csv import Cell, csv_bytes

_MONTHS = 3
_WEEK = 7
COLUMNS = ("scenario", "month", "channel", "current", "recommended", "change")


def months_csv(plan: Plan) -> bytes:
    """One row per month and channel, in the order of plan.csv; UTF-8, plain numbers.

    A channel's pacing divides its quarter (a week that lies in two months by its days); without
    one, and for the reserve, the quarter's months are alike.
    """
    problem, decimals = plan.problem, amount_decimals(plan)
    pacing = dict(zip(problem.names, problem.pacing, strict=True))
    rows: list[list[Cell]] = []
    for quarter in problem.quarters:
        own = [row for row in booked(plan) if row.quarter == quarter]
        shares = {row.channel: month_shares(quarter, pacing.get(row.channel)) for row in own}
        now = {row.channel: divided(row.current, shares[row.channel], decimals) for row in own}
        then = {row.channel: divided(row.recommended, shares[row.channel], decimals) for row in own}
        for m, month in enumerate(months_of(quarter)):
            for name in shares:
                before, after = now[name][m], then[name][m]
                rows.append([problem.scenario, month, name, before, after, after - before])
    return csv_bytes(COLUMNS, rows)


def months_of(quarter: str) -> tuple[str, ...]:
    """The months of 2027Q1 as 2027-01, 2027-02, 2027-03."""
    first = first_day_of(quarter)
    return tuple(f"{first.year}-{first.month + m:02d}" for m in range(_MONTHS))


def month_shares(quarter: str, pacing: Sequence[float] | None) -> Floats:
    """(3,) shares of a quarter's money per month for shares per week, month or quarter."""
    if pacing is None or len(pacing) == 1:
        return np.full(_MONTHS, 1 / _MONTHS)
    if len(pacing) == _MONTHS:
        return np.asarray(pacing, dtype=float)
    first = first_day_of(quarter)
    lengths = [calendar.monthrange(first.year, first.month + m)[1] for m in range(_MONTHS)]
    month = np.repeat(np.arange(_MONTHS), lengths)
    # A quarter has a day or two more than its 13 weeks: they belong to the last one.
    week = np.minimum(np.arange(len(month)) // _WEEK, len(pacing) - 1)
    each = np.asarray(pacing)[week] / np.bincount(week)[week]
    return np.asarray(np.bincount(month, weights=each, minlength=_MONTHS), dtype=float)


def divided(amount: Decimal, shares: Floats, decimals: int) -> list[Decimal]:
    """An amount in parts of whole units that add up to it, by the largest remainder."""
    unit = Decimal(1).scaleb(-decimals)
    exact = [amount / unit * Decimal(share) for share in shares.tolist()]
    whole = [value.to_integral_value(ROUND_FLOOR) for value in exact]
    missing = int(amount / unit - sum(whole))
    order = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in order[:missing]:
        whole[i] += 1
    return [value * unit for value in whole]
