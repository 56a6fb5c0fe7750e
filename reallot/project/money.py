"""Money of the plan: amounts in whole numbers of what it rounds to."""

from __future__ import annotations

from decimal import Decimal

from reallot.errors import Finding
from reallot.project.currency import minor_unit
from reallot.project.headings import Columns
from reallot.project.policy import Plan


def check_whole(
    columns: Columns, field: str, row: int, amount: Decimal, plan: Plan, findings: list[Finding]
) -> None:
    """Add a finding where an amount of a table is no whole number of the plan's smallest one."""
    smallest = minor_unit(plan.currency)
    if plan.rounding:
        smallest = max(smallest, Decimal(str(plan.rounding)))
    if amount % smallest:
        nearest = (amount / smallest).quantize(Decimal(1)) * smallest
        found = f"{amount.normalize():f} is not a whole number of {smallest:f} {plan.currency}"
        position = columns.places[field].position
        findings.append(columns.table.finding(row, position, found, f"Write {nearest:f}."))
