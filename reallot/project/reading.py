"""Reading a project's folder: every file, every problem, one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from models.curve import ResponseCurve
from models.history import History
from models.period import Period
from optimizer.rules import Package
from reallot.errors import Finding, InputError, quoted
from reallot.project.actuals import Actuals, read_actuals
from reallot.project.bends import Bends, over
from reallot.project.budget import Budget, planned_cells, read_budget
from reallot.project.calibration import read_tests
from reallot.project.cells import Cells, of_channels
from reallot.project.checks import (
    check_columns,
    check_packages,
    check_policy,
    check_probabilities,
    check_scenario,
)
from reallot.project.curves import read_curves
from reallot.project.history import read_history
from reallot.project.indices import WITH_INDICES, check_signals
from reallot.project.packages import PackageTable, read_packages
from reallot.project.policy import Policy
from reallot.project.project import BASE, POLICY, SCENARIOS, Project
from reallot.project.reserved import TOML, check_name
from reallot.project.scenario_file import ScenarioFile
from reallot.project.tables import SUFFIXES, Table, find, read
from reallot.project.toml_file import TomlFile, read_toml
from reallot.project.unused import of_channels_apart, of_unused_tests
from reallot.project.value_checks import check_values

TABLES = ("history", "outcome", "budget", "curves", "packages", "calibration", "actuals")
# What a policy that lacks these is read with, to find what else is wrong; never planned with.
_STAND_INS = {"plan": {"currency": "CNY", "first_quarter": "2000Q1", "quarters": 1}}


class _Said(NamedTuple):
    """What the tables say; None where they are missing or cannot be read."""

    planned: Cells | None
    budget: Budget | None
    history: History | None
    given: tuple[ResponseCurve, ...] | None
    packages: PackageTable | None
    actuals: Actuals | None
    has_history: bool
    has_packages: bool

    @property
    def cells(self) -> Cells:
        """The cells of the budget, as far as it can be read."""
        return {} if self.planned is None else self.planned

    @property
    def from_zero(self) -> tuple[Package, ...]:
        """The decision packages."""
        return () if self.packages is None else self.packages.packages

    def periods(self) -> dict[str, Period]:
        """The curves' period of every channel that has, or will have, a curve."""
        fitted = (
            {}
            if self.history is None
            else dict.fromkeys(self.history.channels, self.history.period)
        )
        return fitted | {curve.channel: curve.period for curve in self.given or ()}


def read_project(folder: Path, from_quarter: str | None = None) -> Project:
    """Read and check a project folder; InputError with every problem of every file.

    Quarters before ``from_quarter`` are closed.
    """
    return _Reader(folder).project(from_quarter)


class _Reader:
    """Reads one folder and keeps every problem until the end."""

    def __init__(self, folder: Path) -> None:
        if not (folder / POLICY).is_file():
            where = "is not a folder" if not folder.is_dir() else f"has no {POLICY}"
            expected = f"Name a project's folder, or make one: reallot init {folder}"
            raise InputError([Finding(POLICY, None, None, f"{folder} {where}", expected)])
        self.folder = folder
        self.findings: list[Finding] = []
        self.warnings: list[str] = []
        self.digests: dict[str, str] = {}

    def project(self, from_quarter: str | None) -> Project:
        """Everything in the folder, or everything that is wrong with it."""
        file = self._toml(self.folder / POLICY)
        policy = None if file is None else file.checked(Policy, self.findings, _STAND_INS)
        files = self._scenario_files()
        tables = {stem: self._table(stem) for stem in TABLES}
        scenarios: dict[str, ScenarioFile] = {}
        said = None
        if file is not None and policy is not None:
            said = self._tables_say(tables, policy)
            file = file.over(said.cells)
            policy = file.checked(Policy, [], _STAND_INS)
        if file is not None and policy is not None and said is not None:
            self._check(policy, file, said, [table for table in tables.values() if table])
        for name, toml in files.items():
            scenario = toml.checked(ScenarioFile, self.findings)
            if scenario is not None:
                scenarios[name] = scenario
                if file is not None and policy is not None and said is not None:
                    files[name] = toml.over(said.cells)
                    scenarios[name] = self._scenario(policy, file, scenario, files[name], said)
        if len(files) == len(self._scenario_paths()):
            self.findings.extend(check_probabilities(scenarios, files))
        if policy is not None:
            self._check_signals(scenarios, files, tables, policy)
        if said is not None and said.budget is not None and from_quarter is not None:
            self.findings.extend(_outside(from_quarter, said.budget))
        if self.findings or file is None or policy is None or said is None or said.budget is None:
            raise InputError(sorted(self.findings, key=_place))
        from_zero = {package.channel for package in said.from_zero}
        self.warnings.extend(of_channels_apart(policy, said.budget, said.periods(), from_zero))
        self.warnings.extend(of_unused_tests(said.history, said.given or ()))
        by_scenario = {name: over(file.bends, toml.settled) for name, toml in files.items()}
        return Project(
            folder=self.folder,
            policy=policy,
            budget=said.budget,
            history=said.history,
            given=said.given or (),
            packages=said.from_zero,
            scenarios=scenarios or {BASE: ScenarioFile()},
            bends={BASE: file.bends} | by_scenario,
            digests=self.digests,
            files={toml.name: toml for toml in (file, *files.values())},
            warnings=tuple(self.warnings),
            actuals=said.actuals,
            from_quarter=from_quarter,
        )

    def _toml(self, path: Path) -> TomlFile | None:
        name = path.relative_to(self.folder).as_posix()
        try:
            file = read_toml(path, name)
        except InputError as error:
            self.findings.extend(error.findings)
            return None
        self.digests[name] = file.digest
        return file

    def _scenario_files(self) -> dict[str, TomlFile]:
        files = {}
        for path in self._scenario_paths():
            name = path.relative_to(self.folder).as_posix()
            self.findings.extend(check_name(path, name))
            files[path.stem] = self._toml(path)
        return {name: file for name, file in files.items() if file is not None}

    def _scenario_paths(self) -> list[Path]:
        """The scenarios' files; those whose names are refused as well, to say so."""
        there = (self.folder / SCENARIOS).glob("*")
        return sorted(path for path in there if path.name.casefold().endswith(TOML))

    def _check_signals(
        self,
        scenarios: Mapping[str, ScenarioFile],
        files: Mapping[str, TomlFile],
        tables: Mapping[str, Table | None],
        policy: Policy,
    ) -> None:
        there = {stem: tables[stem] for stem in WITH_INDICES if self._is_there(stem)}
        read = {stem: table for stem, table in there.items() if table is not None}
        if len(read) == len(there):
            check_signals(scenarios, files, read, policy, self.findings, self.warnings)

    def _table(self, stem: str) -> Table | None:
        try:
            path = find(self.folder, stem)
            table = None if path is None else read(path)
        except InputError as error:
            self.findings.extend(error.findings)
            return None
        if table is not None:
            self.digests[table.file] = table.digest
        return table

    def _is_there(self, stem: str) -> bool:
        return any((self.folder / f"{stem}{suffix}").is_file() for suffix in SUFFIXES)

    def _is_sound(self, key: str) -> bool:
        """Whether nothing was found about a key of the policy, or inside it."""
        inside = (f"{key}.", f"{key}[")
        columns = [f.column for f in self.findings if f.file == POLICY and f.column is not None]
        return not any(column == key or column.startswith(inside) for column in columns)

    def _tables_say(self, tables: Mapping[str, Table | None], policy: Policy) -> _Said:
        """What the tables say, as far as the policy says how to read them."""
        found = "the file is missing"
        if not self._is_there("budget"):
            expected = "Write the approved budget there: quarter, channel, amount."
            self.findings.append(Finding("budget.csv", None, None, found, expected))
        if not any(map(self._is_there, ("history", "curves", "packages"))):
            expected = (
                "Write the history there (date, channel, spend, revenue), or bring curves.csv."
            )
            self.findings.append(Finding("history.csv", None, None, found, expected))
        table, outcome = tables["history"], tables["outcome"]
        if not self._is_there("history"):
            for without, what in ((outcome, "totals"), (tables["calibration"], "lift tests")):
                if without is not None:
                    found = f"there are {what}, but no history to explain them by"
                    expected = "Give history.csv with the spend, or take this file away."
                    self.findings.append(Finding(without.file, None, None, found, expected))
        there = self._is_there("history"), self._is_there("packages")
        if not self._is_sound("columns"):
            return _Said(None, None, None, None, None, None, *there)
        history = budget = given = planned = packages = actuals = None
        if tables["budget"] is not None:
            planned = planned_cells(tables["budget"], policy)
            budget = self._budget(tables["budget"], policy, planned or {})
        if table is not None and self._is_sound("history"):
            history = read_history(table, outcome, policy, planned, self.findings, self.warnings)
        if tables["calibration"] is not None:
            lifts = read_tests(tables["calibration"], policy, history, planned or {}, self.findings)
            history = None if history is None else replace(history, tests=lifts)
        if tables["curves"] is not None:
            given = read_curves(tables["curves"], policy, planned, self.findings)
        if tables["packages"] is not None:
            packages = read_packages(tables["packages"], policy, planned, self.findings)
        if tables["actuals"] is not None and self._is_sound("history"):
            actuals = read_actuals(tables["actuals"], policy, planned or {}, self.findings)
        return _Said(planned, budget, history, given, packages, actuals, *there)

    def _budget(self, table: Table, policy: Policy, planned: Cells) -> Budget | None:
        horizon_known = all(map(self._is_sound, ("plan.first_quarter", "plan.quarters")))
        return read_budget(
            table, policy, planned, self.findings, self.warnings, to_horizon=horizon_known
        )

    def _check(self, policy: Policy, file: TomlFile, said: _Said, tables: list[Table]) -> None:
        self.findings.extend(check_columns(policy, file, tables))
        self.findings.extend(_problems(policy, file, file.bends, said))

    def _scenario(
        self,
        policy: Policy,
        policy_file: TomlFile,
        scenario: ScenarioFile,
        file: TomlFile,
        said: _Said,
    ) -> ScenarioFile:
        """The scenario with what it says of channels said of their cells, and checked."""
        problems = list(check_scenario(scenario, file, policy))
        written_out = file.checked(ScenarioFile, [])
        if not problems and written_out is not None:
            # What is wrong without the scenario has been said.
            known = {(f.found, f.expected) for f in self.findings}
            bends = over(policy_file.bends, file.settled)
            problems = [
                problem
                for problem in _problems(written_out.over(policy), file, bends, said)
                if (problem.found, problem.expected) not in known
            ]
        self.findings.extend(problems)
        return scenario if written_out is None else written_out


def _problems(policy: Policy, file: TomlFile, bends: Bends, said: _Said) -> Iterator[Finding]:
    """What the policy says that does not fit the tables; ``file`` is where it says so.

    What is wrong in one place for several cells of a channel is said once.
    """
    seen = set()
    for problem in _all_problems(policy, file, bends, said):
        same = problem.row, problem.column, of_channels(problem.found, said.cells), problem.expected
        if same not in seen:
            yield problem
        seen.add(same)


def _all_problems(policy: Policy, file: TomlFile, bends: Bends, said: _Said) -> Iterator[Finding]:
    yield from check_policy(policy, file, bends, said.planned, said.periods(), said.has_history)
    yield from check_values(policy, file, said.planned, said.has_history, said.history)
    if said.packages is not None or not said.has_packages:
        yield from check_packages(policy, file, said.from_zero)


def _outside(from_quarter: str, budget: Budget) -> Iterator[Finding]:
    if from_quarter not in budget.quarters:
        found = f"found {quoted(from_quarter)}, which is no quarter of the plan"
        expected = f"Name one of {', '.join(budget.quarters)}."
        yield Finding("command line", None, "--from-quarter", found, expected)


def _place(finding: Finding) -> tuple[str, int]:
    return finding.file, -1 if finding.row is None else finding.row
