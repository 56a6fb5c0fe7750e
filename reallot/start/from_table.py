"""A project made from one table of spend and results."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from models.history import History
from models.period import Period
from reallot.errors import Finding, InputError
from reallot.project.budget import planned_cells
from reallot.project.cells import DIMENSIONS, Cell, Cells
from reallot.project.dates import quarter_of, quarters_from
from reallot.project.headings import understand
from reallot.project.history import read_history
from reallot.project.policy import HistoryTable, Plan, Policy
from reallot.project.tables import SUFFIXES, Table, name_out, read, read_bytes
from reallot.start.files import shipped_scenarios, write_new
from reallot.start.guess import Guess, guess

QUARTERS = 4
# Budgets below this are shares or indices rather than money, and are not to be rounded to cents.
_SMALLEST_MONEY = 1_000.0


def write_from_table(path: Path, folder: Path) -> list[str]:
    """Make a project from a table, long or wide; what was guessed, for the planner to check.

    The budget is level: every quarter has a quarter of the last twelve months' spend. InputError
    where the table cannot be read or the folder has a project already.
    """
    if not path.is_file() or path.suffix not in SUFFIXES:
        found = "there is no such table"
        expected = f"Name a file that ends in {', '.join(SUFFIXES)}."
        raise InputError([Finding(str(path), None, None, found, expected)])
    table = read(path)
    guessed = None if _is_long(table) else guess(table)
    currency = "CNY" if any("\u4e00" <= c <= "\u9fff" for h in table.headings for c in h) else "USD"
    wide = _declared(guessed)
    plan = Plan(currency=currency, first_quarter="2000Q1", quarters=1)
    reading = Policy(plan=plan, history=wide)
    history = _history(table, reading)
    cells = planned_cells(table, reading) if guessed is None else None
    quarters = quarters_from(quarter_of(history.starts[-1]), QUARTERS + 1)[1:]
    amounts = _level_budget(history)
    policy = _policy(path.stem, currency, quarters[0], wide, sum(amounts.values()))
    contents = {
        "reallot.toml": policy.encode(),
        "budget.csv": _budget(quarters, amounts, {} if cells is None else cells).encode(),
        **shipped_scenarios(),
    }
    kept = folder / f"history{path.suffix}"
    if not (kept.exists() and kept.samefile(path)):
        contents[kept.name] = read_bytes(path)
    write_new(folder, contents)
    return [*_said(guessed, history), *_said_of_budget(quarters, amounts, currency, history)]


def _is_long(table: Table) -> bool:
    columns, _ = understand(table, ("date", "channel", "spend"), ("revenue",), {}, "CNY", [])
    return columns is not None


def _declared(guessed: Guess | None) -> HistoryTable:
    if guessed is None:
        return HistoryTable()
    return HistoryTable(
        layout="wide",
        date=guessed.date,
        spend=guessed.spend,
        outcome=guessed.outcome,
        unit_value=guessed.unit_value,
        controls=guessed.controls,
        indicators=guessed.indicators,
    )


def _history(table: Table, policy: Policy) -> History:
    findings: list[Finding] = []
    history = read_history(table, None, policy, None, findings, [])
    if history is None:
        raise InputError(findings)
    return history


def _level_budget(history: History) -> dict[str, float]:
    """A quarter of what each channel spent in the last twelve months; without the unspent."""
    year = {Period.WEEK: 52, Period.MONTH: 12, Period.QUARTER: 4}[history.period]
    last = history.spend[-year:]
    level = last.sum(axis=0) * (year / len(last)) / QUARTERS
    digits = 0 if level.sum() >= _SMALLEST_MONEY else 2
    amounts = zip(history.channels, np.round(level, digits).tolist(), strict=True)
    return {channel: amount for channel, amount in amounts if amount > 0}


def _budget(quarters: tuple[str, ...], amounts: Mapping[str, float], cells: Cells) -> str:
    divided = frozenset().union(*(cell.dimensions for cell in cells.values()))
    dimensions = [dimension for dimension in DIMENSIONS if dimension in divided]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["quarter", "channel", *dimensions, "amount"])
    for quarter in quarters:
        for name, amount in amounts.items():
            cell = cells.get(name, Cell(name))
            names = [cell.channel, *(getattr(cell, dimension) or "" for dimension in dimensions)]
            writer.writerow([quarter, *map(name_out, names), f"{amount:.2f}"])
    return text.getvalue()


def _policy(
    name: str, currency: str, first_quarter: str, wide: HistoryTable, quarter_total: float
) -> str:
    rounding = ""
    if quarter_total < _SMALLEST_MONEY:
        rounding = "rounding = 0           # amounts this small must not be rounded to cents\n"
    return f"""\
# The policy: what a plan may do. A rule that is not named here does not exist.
# Money is in the currency's main unit; shares are between 0 and 1, so 0.20 is 20 %.

[plan]
name = {_toml(name)}
currency = "{currency}"       # a guess: write yours (ISO 4217)
first_quarter = "{first_quarter}"
quarters = {QUARTERS}
{rounding}
# How far a channel's quarter may move from its amount in budget.csv.
[elasticity]
default = 0.20

# Money that is set aside, as a share of the whole budget:
# [reserve]
# share = [0.10, 0.15]

# What concerns one channel; `reallot init` in an empty folder shows every key.
# [[channel]]
# name = "…"
# floor = 1000             # per quarter
# cap = 5000
# committed = true         # may not move at all

# Grades by return as a multiple of cost. Look at the curves first: a grade that is stopped gets
# nothing, and a band that the history cannot fill leaves no plan.
# [tiers]
# S = {{ roi = [5.0, inf], share = [0.30, 0.40] }}
# A = {{ roi = [2.0, 5.0] }}
# B = {{ roi = [1.0, 2.0] }}
# out = {{ roi = [0.0, 1.0], months = 3 }}
{_layout(wide)}"""


def _layout(wide: HistoryTable) -> str:
    if wide.layout == "long":
        return ""
    spend = "".join(f"{_toml(name)} = {_toml(h)}\n" for name, h in wide.spend.items())
    lines = [
        "\n# How the history's table is laid out: one row per date, a column per channel.",
        "[history]",
        'layout = "wide"',
        f"date = {_toml(wide.date)}",
        f"outcome = {_toml(wide.outcome)}  # the total result",
    ]
    if wide.unit_value is not None:
        lines.append(f"unit_value = {_toml(wide.unit_value)}  # money per unit of it")
    if wide.controls:
        listed = "".join(f"  {_toml(heading)},\n" for heading in wide.controls)
        lines.append(f"controls = [  # what moves the result beside the channels\n{listed}]")
    tables = f"\n[history.spend]  # channel = heading\n{spend}"
    if wide.indicators:
        words = "".join(f"{_toml(h)} = {_toml(word)}\n" for h, word in wide.indicators.items())
        tables += f"\n[history.indicators]  # text = the word that means nothing happened\n{words}"
    return "\n".join(lines) + "\n" + tables


def _toml(text: str | None) -> str:
    """A TOML string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _said(guessed: Guess | None, history: History) -> list[str]:
    span = f"{len(history.starts)} {history.period}s from {history.starts[0]}"
    if guessed is None:
        many = f"{len(history.channels)} channels"
        if history.groups:
            many = f"{len(history.channels)} planning cells of {len(set(history.groups))} channels"
        return [f"Read as one row per date and channel: {span}, {many}."]
    result = guessed.outcome
    if guessed.unit_value is not None:
        result += f" × {guessed.unit_value}"
    lines = [
        f"Guessed ({span}); correct [history] in reallot.toml where this is wrong:",
        f"  date      {guessed.date}",
        f"  result    {result}",
        *(f"  spend     {heading} → {channel}" for channel, heading in guessed.spend.items()),
        *(f"  control   {heading}" for heading in guessed.controls),
        *(f"  event     {h} ({word!r}: none)" for h, word in guessed.indicators.items()),
    ]
    if guessed.left_out:
        lines.append(f"  left out  {', '.join(guessed.left_out)}")
    return lines


def _said_of_budget(
    quarters: tuple[str, ...], amounts: Mapping[str, float], currency: str, history: History
) -> list[str]:
    lines = [
        f"budget.csv: {quarters[0]} to {quarters[-1]}, {sum(amounts.values()):,.2f} {currency} a "
        "quarter: a quarter of the last twelve months' spend, so no season. Put the approved "
        "amounts in its place.",
        f"The currency is a guess: {currency}.",
    ]
    unspent = [channel for channel in history.channels if channel not in amounts]
    if unspent:
        lines.append(f"Not in the budget, as nothing was spent on it: {', '.join(unspent)}.")
    return lines
