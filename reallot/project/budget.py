"""The approved budget: what every channel may spend in every quarter, and the pool."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reallot.errors import Finding, quoted
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

# The row of the file, and the amount, by quarter and channel.
Cells = Mapping[tuple[str, str], tuple[int, Decimal]]


@dataclass(frozen=True)
class Budget:
    """Approved money: ``amounts`` and ``pool`` by the quarters of the horizon, in order."""

    quarters: tuple[str, ...]
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
    findings: list[Finding],
    warnings: list[str],
    *,
    to_horizon: bool = True,
) -> Budget | None:
    """The budget over the policy's horizon; None, with findings, where it cannot be read.

    Without ``to_horizon`` only the cells are looked at.
    """
    before = len(findings)
    cells = read_cells(table, policy, policy.columns, findings)
    if cells is None or len(findings) > before or not to_horizon:
        return None
    return _over_horizon(table.file, cells, policy, findings, warnings)


def read_cells(
    table: Table,
    policy: Policy,
    mapped: Mapping[str, Collection[str]],
    findings: list[Finding],
    *,
    planned: bool = False,
) -> Cells | None:
    """Every amount of a table; ``mapped`` is as [columns] is. None without the columns needed.

    In a ``planned`` table what stays unspent may stand as well, and amounts have as many decimals
    as the plan's rounding leaves them.
    """
    currency = policy.plan.currency
    columns, _ = understand(table, ("quarter", "channel", "amount"), (), mapped, currency, findings)
    if columns is None:
        return None
    amounts = column_of_numbers(
        columns, "amount", findings, least=Decimal(0), blank="Write 0 where nothing is planned."
    )
    cells: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for row, when, text, amount in zip(
        columns.rows,
        column_of_quarters(columns, findings),
        columns.text("channel"),
        amounts,
        strict=True,
    ):
        channel = _channel(text)
        _check_cell(columns, row, channel, amount, policy, findings, planned)
        if when is None or amount is None or not channel:
            continue
        if (when, channel) in cells:
            found = f"{when} {channel} stands in row {cells[when, channel][0]} already"
            position = columns.places["channel"].position
            findings.append(table.finding(row, position, found, "Keep one row."))
        cells[when, channel] = (row, amount)
    return cells


def planned_channels(table: Table, policy: Policy) -> tuple[str, ...] | None:
    """The channels that the budget names, whatever else is wrong with it; None without a column."""
    columns, _ = understand(table, ("channel",), (), policy.columns, policy.plan.currency, [])
    if columns is None:
        return None
    names = (_channel(text) for text in columns.text("channel"))
    return tuple(dict.fromkeys(name for name in names if name and name != RESERVE))


def _channel(text: str) -> str:
    return RESERVE if text.casefold() in _POOL else name_in(text)


def _check_cell(
    columns: Columns,
    row: int,
    channel: str,
    amount: Decimal | None,
    policy: Policy,
    findings: list[Finding],
    planned: bool,
) -> None:
    table, places = columns.table, columns.places
    if not channel:
        expected = "Write the channel's name."
        position = places["channel"].position
        findings.append(table.finding(row, position, "the cell is empty", expected))
    elif channel == UNSPENT and not planned:
        expected = "Give the channel another name: this one belongs to the plan."
        position = places["channel"].position
        findings.append(table.finding(row, position, f"found {quoted(channel)}", expected))
    if amount is None or (planned and policy.plan.rounding == 0):
        return
    check_whole(columns, "amount", row, amount, policy.plan, findings)


def _over_horizon(
    file: str,
    cells: Cells,
    policy: Policy,
    findings: list[Finding],
    warnings: list[str],
) -> Budget | None:
    before = len(findings)
    horizon = quarters_from(policy.plan.first_quarter, policy.plan.quarters)
    there = {when for when, _ in cells}
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
    channels = tuple(dict.fromkeys(channel for _, channel in cells))
    amounts = {}
    for channel in channels:
        missing = [when for when in horizon if (when, channel) not in cells]
        if missing and len(missing) < len(horizon):
            found = f"{channel} has no row for {', '.join(missing)}, though it has others"
            expected = "Write a row with 0 where nothing is planned."
            findings.append(Finding(file, None, "channel", found, expected))
        elif not missing:
            amounts[channel] = tuple(cells[when, channel][1] for when in horizon)
    pool = amounts.pop(RESERVE, (Decimal(0),) * len(horizon))
    budget = Budget(horizon, amounts, pool)
    if len(findings) == before and not amounts:
        findings.append(
            Finding(file, None, "channel", "there is no channel", "Write a row per channel.")
        )
    elif len(findings) == before and not sum(budget.totals):
        expected = "Write the approved amounts: with nothing to spend there is nothing to plan."
        findings.append(Finding(file, None, "amount", "the total budget is 0", expected))
    return budget if len(findings) == before else None
