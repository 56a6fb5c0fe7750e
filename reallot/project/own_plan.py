"""A planner's own plan: a file of amounts for every quarter and channel of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from reallot.errors import Finding, InputError
from reallot.project.budget import RESERVE, UNSPENT, Amounts, read_amounts
from reallot.project.nearest import did_you_mean
from reallot.project.project import Project
from reallot.project.tables import Table, read

# The column of a plan.csv that says what to do.
RECOMMENDED = "recommended"


@dataclass(frozen=True)
class OwnPlan:
    """Money by the quarters of the horizon, for the channels of the budget in its order.

    ``file`` is the file's name, ``digest`` its SHA-256. What stays unspent is not part of it: it
    follows from the scenario's budget.
    """

    file: str
    digest: str
    amounts: Mapping[str, tuple[Decimal, ...]]
    pool: tuple[Decimal, ...]
    warnings: tuple[str, ...]


def read_own_plan(path: Path, project: Project) -> OwnPlan:
    """The amounts of a table in the format of budget.csv, or of a plan.csv.

    InputError with every problem: each channel of the budget needs an amount in each quarter. Only
    the reserve may be left out where the approved budget has none either.
    """
    table = read(path)
    findings: list[Finding] = []
    own = read_amounts(table, project.policy, _columns(table, project), findings, planned=True)
    budget = project.budget
    horizon = budget.quarters
    if own is not None:
        findings.extend(_strangers(table, own, project))
        if not findings:
            findings.extend(_missing(table, own, project))
    if own is None or findings:
        raise InputError(findings)

    def over_horizon(name: str) -> tuple[Decimal, ...]:
        return tuple(own[when, name][1] if (when, name) in own else Decimal(0) for when in horizon)

    later = sorted({when for when, _ in own} - set(horizon))
    warnings = (
        (f"{table.file}: {', '.join(later)} are outside the plan's quarters and not read.",)
        if later
        else ()
    )
    amounts = {name: over_horizon(name) for name in budget.channels}
    return OwnPlan(table.file, table.digest, amounts, over_horizon(RESERVE), warnings)


def _columns(table: Table, project: Project) -> dict[str, tuple[str, ...]]:
    """[columns] of the policy; in a plan.csv the amounts are what it recommends."""
    columns = dict(project.policy.columns)
    if RECOMMENDED in table.headings and "amount" not in table.headings:
        columns["amount"] = (RECOMMENDED,)
    return columns


def _strangers(table: Table, own: Amounts, project: Project) -> list[Finding]:
    """Channels that the project does not plan."""
    known = project.budget.channels
    first: dict[str, int] = {}
    for (_, channel), (row, _) in own.items():
        first.setdefault(channel, row)
    return [
        Finding(
            table.file,
            row,
            "channel",
            f"{channel} is not in the project's budget",
            f"Correct the name or delete its rows.{did_you_mean(channel, known)}",
        )
        for channel, row in first.items()
        if channel not in known and channel not in (RESERVE, UNSPENT)
    ]


def _missing(table: Table, own: Amounts, project: Project) -> list[Finding]:
    """Amounts that are not there: whole quarters, whole channels, single rows."""
    budget = project.budget
    there = {when for when, _ in own}
    findings = [
        Finding(
            table.file,
            None,
            "quarter",
            f"there are no rows for {when}",
            f"Write an amount for each channel.{did_you_mean(when, there - set(budget.quarters))}",
        )
        for when in budget.quarters
        if when not in there
    ]
    pool = zip(budget.quarters, budget.pool, strict=True)
    needed = {RESERVE: [when for when, amount in pool if amount]}
    for name in (*budget.channels, RESERVE):
        missing = [
            when
            for when in needed.get(name, budget.quarters)
            if when in there and (when, name) not in own
        ]
        if missing:
            found = f"{name} has no row for {', '.join(missing)}"
            expected = "Write a row with 0 where nothing is spent."
            findings.append(Finding(table.file, None, "channel", found, expected))
    return findings
