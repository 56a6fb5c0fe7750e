"""packages.csv: the decision packages in their order, with the line below which none is funded."""

from __future__ import annotations

from decimal import Decimal

from optimizer.plan import Plan
from reallot.report.plan_csv import Cell, csv_bytes
from reallot.report.ranking import ranking


def packages_csv(plan: Plan) -> bytes:
    """One row per package, by class, priority and return per cost; UTF-8, plain numbers.

    For plans that have packages.
    """
    rows = [rank.entries() for rank in ranking(plan)]
    return csv_bytes(rows[0], [map(_cell, row.values()) for row in rows])


def _cell(value: str | float | Decimal | None) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return Decimal(repr(value)).normalize()
    return value
