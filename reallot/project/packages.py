"""Decision packages: what lines that are planned from zero ask money for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from optimizer.rules import Package
from reallot.errors import Finding, quoted
from reallot.project.cells import Cells, by_its_cells
from reallot.project.dates import column_of_quarters, quarters_from
from reallot.project.headings import Columns, understand
from reallot.project.money import check_whole
from reallot.project.nearest import did_you_mean
from reallot.project.numbers import column_of_numbers
from reallot.project.policy import Policy
from reallot.project.tables import Table, name_in

REQUIRED = ("package", "class", "channel", "quarter", "cost", "return")
OPTIONAL = ("conversion", "priority", "must_fund", "requires", "excludes")
_TRUTH = {
    **dict.fromkeys(("yes", "true", "1", "是"), True),
    **dict.fromkeys(("no", "false", "0", "否", ""), False),
}
_NONE = Decimal(0)
_BETWEEN, _WITHIN = re.compile(r"[;；|]"), re.compile(r"[,，、]")


@dataclass(frozen=True)
class PackageTable:
    """The packages of a file, and the columns they stand in."""

    packages: tuple[Package, ...]
    columns: Columns

    def finding(self, name: str, field: str, found: str, expected: str) -> Finding:
        """A problem with one package's entry."""
        row = self.columns.rows[_names(self.columns).index(name)]
        position = self.columns.places[field].position
        return self.columns.table.finding(row, position, found, expected)


def read_packages(
    table: Table, policy: Policy, planned: Cells | None, findings: list[Finding]
) -> PackageTable | None:
    """The packages of packages.csv; None, with findings, where they cannot be read.

    ``planned`` are the cells of the budget, None where it cannot be read.
    """
    before = len(findings)
    currency = policy.plan.currency
    columns, others = understand(table, REQUIRED, OPTIONAL, policy.columns, currency, findings)
    if columns is None:
        return None
    findings.extend(_mistyped(columns, others))
    reader = _Reader(columns, policy, findings)
    packages = reader.packages(planned)
    if len(findings) > before:
        return None
    read = PackageTable(packages, columns)
    findings.extend(_never_funded(read))
    return read if len(findings) == before else None


class _Reader:
    """Reads the columns and keeps every problem with its row."""

    def __init__(self, columns: Columns, policy: Policy, findings: list[Finding]) -> None:
        self.columns = columns
        self.policy = policy
        self.findings = findings

    def packages(self, planned: Cells | None) -> tuple[Package, ...]:
        """One package per row, as far as it can be read."""
        names = self._new_names()
        classes = self._filled("class", "Write its class, such as performance.")
        channels = self._channels(planned)
        quarters = self._quarters()
        costs = self._costs()
        returns = self._numbers("return", "Write what it brings; 0 where it brings nothing.")
        conversions = self._conversions()
        priorities = self._numbers("priority", None, least=None)
        must_fund = self._must_fund()
        requires, excludes = (self._others(field, names) for field in ("requires", "excludes"))
        packages = []
        for i, name in enumerate(names):
            quarter, cost, brings = quarters[i], costs[i], returns[i]
            if quarter is not None and cost is not None and brings is not None:
                package = Package(
                    name,
                    classes[i],
                    channels[i],
                    quarter,
                    float(cost),
                    float(brings),
                    _float(conversions[i]),
                    _float(priorities[i]),
                    must_fund[i],
                    requires[i],
                    excludes[i],
                )
                packages.append(package)
        return tuple(packages)

    def _wrong(self, field: str, row: int, found: str, expected: str) -> None:
        position = self.columns.places[field].position
        self.findings.append(self.columns.table.finding(row, position, found, expected))

    def _cells(self, field: str) -> list[tuple[int, str]]:
        """Row and text of a column; empty where an optional one is missing."""
        rows = self.columns.rows
        if field not in self.columns:
            return [(row, "") for row in rows]
        return list(zip(rows, self.columns.text(field), strict=True))

    def _filled(self, field: str, expected: str) -> list[str]:
        for row, text in self._cells(field):
            if not text:
                self._wrong(field, row, "the cell is empty", expected)
        return [text for _, text in self._cells(field)]

    def _new_names(self) -> list[str]:
        self._filled("package", "Write the package's name.")
        names = _names(self.columns)
        first: dict[str, int] = {}
        for row, name in zip(self.columns.rows, names, strict=True):
            if name and name in first:
                found = f"{quoted(name)} stands in row {first[name]} already"
                self._wrong("package", row, found, "Give each package a name of its own.")
            first.setdefault(name, row)
        return names

    def _channels(self, planned: Cells | None) -> list[str]:
        names = [name_in(text) for text in self._filled("channel", "Write the channel's name.")]
        for row, name in zip(self.columns.rows, names, strict=True):
            if name and planned is not None and name not in planned:
                found = f"the channel {quoted(name)} is not in budget.csv"
                near = by_its_cells(planned, name) or did_you_mean(name, planned)
                self._wrong("channel", row, found, f"Correct the name.{near}")
        return names

    def _quarters(self) -> list[str | None]:
        quarters = column_of_quarters(self.columns, self.findings)
        plan = self.policy.plan
        horizon = quarters_from(plan.first_quarter, plan.quarters)
        for row, quarter in zip(self.columns.rows, quarters, strict=True):
            if quarter is not None and quarter not in horizon:
                found = f"{quarter} is not among the plan's quarters"
                self._wrong("quarter", row, found, f"Write one of {', '.join(horizon)}.")
        return quarters

    def _numbers(
        self, field: str, blank: str | None, least: Decimal | None = _NONE
    ) -> list[Decimal | None]:
        if field not in self.columns:
            return [None] * len(self.columns.rows)
        return column_of_numbers(self.columns, field, self.findings, least=least, blank=blank)

    def _costs(self) -> list[Decimal | None]:
        costs = self._numbers("cost", "Write what it costs.")
        for row, cost in zip(self.columns.rows, costs, strict=True):
            if cost is not None:
                check_whole(self.columns, "cost", row, cost, self.policy.plan, self.findings)
        return costs

    def _conversions(self) -> list[Decimal | None]:
        rates = self._numbers("conversion", None)
        for row, rate in zip(self.columns.rows, rates, strict=True):
            if rate is not None and rate > 1:
                expected = f"Write a share: {rate / 100:f} is {rate:f} %."
                self._wrong("conversion", row, f"found {rate:f}", expected)
        return rates

    def _must_fund(self) -> list[bool]:
        said = []
        for row, text in self._cells("must_fund"):
            word = text.casefold()
            if word not in _TRUTH:
                self._wrong("must_fund", row, f"found {quoted(text)}", "Write yes or no.")
            said.append(_TRUTH.get(word, False))
        return said

    def _others(self, field: str, names: Sequence[str]) -> list[tuple[str, ...]]:
        """The other packages that a cell names, checked."""
        read = []
        for (row, text), own in zip(self._cells(field), names, strict=True):
            others = _listed(text, names)
            for other in others:
                if other == own:
                    self._wrong(field, row, "it names itself", "Name other packages.")
                elif other not in names:
                    near = did_you_mean(other, names)
                    found = f"there is no package {quoted(other)}"
                    expected = f"Name packages of this file, apart by semicolons.{near}"
                    self._wrong(field, row, found, expected)
            read.append(others)
        return read


def _names(columns: Columns) -> list[str]:
    return [name_in(text) for text in columns.text("package")]


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _listed(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Names apart by semicolons or bars; by commas too, where these are in no name."""
    names: list[str] = []
    for part in (name_in(part) for part in _BETWEEN.split(text)):
        whole = part in known or not part
        names += [part] if whole else [name_in(piece) for piece in _WITHIN.split(part)]
    return tuple(dict.fromkeys(name for name in names if name))


def _mistyped(columns: Columns, others: list[int]) -> Iterator[Finding]:
    """Columns that are not read and look like one that would be."""
    missing = [field for field in OPTIONAL if field not in columns]
    for position in others:
        if near := did_you_mean(columns.table.headings[position].casefold(), missing):
            expected = f"Correct or delete it.{near}"
            yield columns.table.finding(1, position, "this column is not read", expected)


def _never_funded(read: PackageTable) -> Iterator[Finding]:
    """Packages that need others which exclude each other, or exclude them."""
    by_name = {package.name: package for package in read.packages}
    apart = {frozenset((p.name, other)) for p in read.packages for other in p.excludes}
    for package in read.packages:
        needed = _needed(package, by_name)
        clash = next((pair for pair in combinations(sorted(needed), 2) if {*pair} in apart), None)
        if clash is not None:
            found = f"{package.name} can never be funded: it needs {' and '.join(clash)}, "
            found += "which exclude each other"
            yield read.finding(package.name, "requires", found, "Drop one of these conditions.")


def _needed(package: Package, by_name: Mapping[str, Package]) -> set[str]:
    """A package and all that it requires, and they in turn."""
    needed, left = {package.name}, list(package.requires)
    while left:
        name = left.pop()
        if name not in needed:
            needed.add(name)
            left.extend(by_name[name].requires)
    return needed
