"""Outside indices: the columns of numbers that a scenario's signal may be read from."""

from __future__ import annotations

from collections.abc import Mapping

from reallot.errors import Finding, quoted
from reallot.project.cells import DIMENSIONS
from reallot.project.headings import Columns, Place, understand
from reallot.project.history import METRICS
from reallot.project.nearest import did_you_mean
from reallot.project.numbers import column_of_numbers
from reallot.project.policy import Policy
from reallot.project.scenario_file import ScenarioFile
from reallot.project.tables import Table
from reallot.project.toml_file import TomlFile

# The tables that may hold an index, and what else their columns mean.
WITH_INDICES: Mapping[str, tuple[str, ...]] = {
    "actuals": ("date", "channel", "spend", *METRICS, *DIMENSIONS),
    "outcome": ("date", "revenue"),
}


def check_signals(
    scenarios: Mapping[str, ScenarioFile],
    files: Mapping[str, TomlFile],
    tables: Mapping[str, Table],
    policy: Policy,
    findings: list[Finding],
    warnings: list[str],
) -> None:
    """Every index that a signal waits for is a column of numbers, where there is a file yet.

    ``tables`` are those of `WITH_INDICES` that the project has.
    """
    wanted = {
        name: scenario.signal.index
        for name, scenario in scenarios.items()
        if scenario.signal is not None and scenario.signal.index is not None
    }
    if not wanted:
        return
    if not tables:
        for name, index in wanted.items():
            warnings.append(
                f"{name}: its signal waits for {index}, and there is no actuals.csv or outcome.csv "
                "yet to read it from."
            )
        return
    known = [index for stem, table in tables.items() for index in _indices(stem, table, policy)]
    there = " or ".join(table.file for table in tables.values())
    for name, index in wanted.items():
        if index not in known:
            found = f"no column of numbers in {there} is called {quoted(index)}"
            others = f", or write one of {', '.join(map(quoted, known))}" if known else ""
            expected = f"Add it there{others}.{did_you_mean(index, known)}"
            findings.append(files[name].finding(("signal", "index"), found, expected))


def _indices(stem: str, table: Table, policy: Policy) -> list[str]:
    """The headings of columns of numbers that mean nothing else."""
    declared = policy.history
    if stem == "actuals" and declared.layout == "wide":
        own = ("", declared.date or "date", declared.outcome, declared.unit_value)
        others = [i for i, heading in enumerate(table.headings) if heading not in own]
    else:
        currency = policy.plan.currency
        others = understand(table, (), WITH_INDICES[stem], policy.columns, currency, [])[1]
    named = {*declared.spend.values(), *declared.indicators}
    headings = (table.headings[i] for i in others)
    return [heading for heading in headings if heading not in named and _counts(table, heading)]


def _counts(table: Table, heading: str) -> bool:
    """Whether a column holds numbers and nothing else."""
    wrong: list[Finding] = []
    place = Place(table.headings.index(heading))
    numbers = column_of_numbers(Columns(table, {heading: place}), heading, wrong)
    return not wrong and any(number is not None for number in numbers)
