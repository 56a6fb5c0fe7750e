"""The approved budget: what every channel may spend in every quarter, and the pool."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reallot.errors import Finding, quoted
from reallot.project.cells import (
    DIMENSIONS,
    Cell,
    Cells,
    check_cells,
    divisions_of,
    rows_as_cells,
)
from reallot.project.dates import column_of_quarters, quarters_from
from reallot.project.headings import Columns, understand
from reallot.project.money import check_whole
from reallot.project.nearest import did_you_mean
from reallot.project.numbers import column_of_numbers
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in

RESERVE = "reserve"
UNSPENT = "unspent"
_POOL = frozenset({RESERVE, "储备金", "儲備金", "动态储备金", "動態儲備金"})

# The row of the file, and the amount, by quarter and name.
Amounts = Mapping[tuple[str, str], tuple[int, Decimal]]


@dataclass(frozen=True)
class Budget:
    """Approved money: ``amounts`` and ``pool`` by the quarters of the horizon, in order.

    ``cells`` are what the names of ``amounts`` stand for; a channel of the plan is a cell.
    """

    quarters: tuple[str, ...]
    cells: Cells
    amounts: Mapping[str, tuple[Decimal, ...]]
    pool: tuple[Decimal, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Names in the file's order."""
        return tuple(self.amounts)

    @property
    def totals(self) -> tuple[Decimal, ...]:
        """Money per quarter, pool included."""
        columns = zip(*self.amounts.values(), self.pool, strict=True)
        return tuple(sum(column, Decimal(0)) for column in columns)


def read_budget(
    table: Table,
    policy: Policy,
    cells: Cells,
    findings: list[Finding],
    warnings: list[str],
    *,
    to_horizon: bool = True,
) -> Budget | None:
    """The budget over the policy's horizon; None, with findings, where it cannot be read.

    ``cells`` are the cells of the table. Without ``to_horizon`` only the cells are looked at.
    """
    before = len(findings)
    amounts = read_amounts(table, policy, policy.columns, findings)
    if amounts is None or len(findings) > before or not to_horizon:
        return None
    return _over_horizon(table.file, amounts, policy, cells, findings, warnings)


def read_amounts(
    table: Table,
    policy: Policy,
    mapped: Mapping[str, Collection[str]],
    findings: list[Finding],
    *,
    planned: bool = False,
) -> Amounts | None:
    """Every amount of a table; ``mapped`` is as [columns] is. None without the columns needed.

    In a ``planned`` table what stays unspent may stand as well, and amounts have as many decimals
    as the plan's rounding leaves them.
    """
    currency = policy.plan.currency
    fields = ("quarter", "channel", "amount")
    columns, _ = understand(table, fields, DIMENSIONS, mapped, currency, findings)
    if columns is None:
        return None
    cells = _cells(columns)
    check_cells(columns, cells, divisions_of(cells), findings)
    amounts = column_of_numbers(
        columns, "amount", findings, least=Decimal(0), blank="Write 0 where nothing is planned."
    )
    read: dict[tuple[str, str], tuple[int, Decimal]] = {}
    quarters = column_of_quarters(columns, findings)
    for row, when, cell, amount in zip(columns.rows, quarters, cells, amounts, strict=True):
        _check_row(columns, row, cell, amount, policy, findings, planned)
        if when is None or amount is None or not cell.channel:
            continue
        if (when, cell.name) in read:
            found = f"{when} {cell.name} stands in row {read[when, cell.name][0]} already"
            position = columns.places["channel"].position
            findings.append(table.finding(row, position, found, "Keep one row."))
        read[when, cell.name] = (row, amount)
    return read


def planned_cells(table: Table, policy: Policy) -> Cells | None:
    """The cells that the budget names, whatever else is wrong with it; None without a column."""
    currency = policy.plan.currency
    columns, _ = understand(table, ("channel",), DIMENSIONS, policy.columns, currency, [])
    if columns is None:
        return None
    cells = _cells(columns)
    return {cell.name: cell for cell in cells if cell.channel and cell.channel != RESERVE}


def _cells(columns: Columns) -> list[Cell]:
    return rows_as_cells(columns, [_channel(text) for text in columns.text("channel")])


def _channel(text: str) -> str:
    return RESERVE if text.casefold() in _POOL else name_in(text)


def _check_row(
    columns: Columns,
    row: int,
    cell: Cell,
    amount: Decimal | None,
    policy: Policy,
    findings: list[Finding],
    planned: bool,
) -> None:
    table, places, channel = columns.table, columns.places, cell.channel
    if not channel:
        expected = "Write the channel's name."
        position = places["channel"].position
        findings.append(table.finding(row, position, "the cell is empty", expected))
    elif channel == UNSPENT and not planned:
        expected = "Give the channel another name: this one belongs to the plan."
        position = places["channel"].position
        findings.append(table.finding(row, position, f"found {quoted(channel)}", expected))
    elif channel == RESERVE and cell.dimensions:
        expected = "Leave product, region and audience empty: the reserve is one pool."
        position = places[min(cell.dimensions)].position
        findings.append(table.finding(row, position, f"found {quoted(cell.name)}", expected))
    if amount is None or (planned and policy.plan.rounding == 0):
        return
    check_whole(columns, "amount", row, amount, policy.plan, findings)


def _over_horizon(
    file: str,
    approved: Amounts,
    policy: Policy,
    cells: Cells,
    findings: list[Finding],
    warnings: list[str],
) -> Budget | None:
    before = len(findings)
    horizon = quarters_from(policy.plan.first_quarter, policy.plan.quarters)
    there = {when for when, _ in approved}
    for when in horizon:
        if when not in there:
            found = f"there are no rows for {when}"
            expected = (
                "Write them, or correct first_quarter and quarters in reallot.toml."
                f"{did_you_mean(when, there - set(horizon))}"
            )
            findings.append(Finding(file, None, "quarter", found, expected))
    if len(findings) > before:
        return None
    later = sorted(there - set(horizon))
    if later:
        warnings.append(f"{file}: {', '.join(later)} are outside the plan's quarters and not read.")
    channels = tuple(dict.fromkeys(channel for _, channel in approved))
    amounts = {}
    for channel in channels:
        missing = [when for when in horizon if (when, channel) not in approved]
        if missing and len(missing) < len(horizon):
            found = f"{channel} has no row for {', '.join(missing)}, though it has others"
            expected = "Write a row with 0 where nothing is planned."
            findings.append(Finding(file, None, "channel", found, expected))
        elif not missing:
            amounts[channel] = tuple(approved[when, channel][1] for when in horizon)
    pool = amounts.pop(RESERVE, (Decimal(0),) * len(horizon))
    budget = Budget(horizon, {name: cells[name] for name in amounts}, amounts, pool)
    if len(findings) == before and not amounts:
        findings.append(
            Finding(file, None, "channel", "there is no channel", "Write a row per channel.")
        )
    elif len(findings) == before and not sum(budget.totals):
        expected = "Write the approved amounts: with nothing to spend there is nothing to plan."
        findings.append(Finding(file, None, "amount", "the total budget is 0", expected))
    return budget if len(findings) == before else None
