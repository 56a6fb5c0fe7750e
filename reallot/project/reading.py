"""Reading a project's folder: every file, every problem, one value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from models.curve import ResponseCurve
from models.history import History
from models.period import Period
from reallot.errors import Finding, InputError
from reallot.project.budget import Budget, read_budget
from reallot.project.checks import (
    check_columns,
    check_policy,
    check_probabilities,
    check_scenario,
)
from reallot.project.currency import DECIMALS
from reallot.project.curves import read_curves
from reallot.project.history import read_history
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Policy
from reallot.project.project import BASE, POLICY, SCENARIOS, Project
from reallot.project.scenario_file import ScenarioFile
from reallot.project.tables import SUFFIXES, Table, find, read
from reallot.project.toml_file import TomlFile, read_toml

# Files that may be part of a project one day.
NOT_YET = ("calibration", "packages", "actuals")


class _Said(NamedTuple):
    """What the tables say; None where they are missing or cannot be read."""

    budget: Budget | None
    history: History | None
    given: tuple[ResponseCurve, ...] | None
    has_history: bool

    def periods(self) -> dict[str, Period]:
        """The curves' period of every channel that has, or will have, a curve."""
        fitted = (
            {}
            if self.history is None
            else dict.fromkeys(self.history.channels, self.history.period)
        )
        return fitted | {curve.channel: curve.period for curve in self.given or ()}


def read_project(folder: Path) -> Project:
    """Read and check a project folder; InputError with every problem of every file."""
    return _Reader(folder).project()


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

    def project(self) -> Project:
        """Everything in the folder, or everything that is wrong with it."""
        self._refuse_files_not_read_yet()
        file = self._toml(self.folder / POLICY)
        policy = None if file is None else file.checked(Policy, self.findings)
        files = self._scenario_files()
        scenarios = {
            name: scenario
            for name, toml in files.items()
            if (scenario := toml.checked(ScenarioFile, self.findings)) is not None
        }
        tables = {stem: self._table(stem) for stem in ("history", "outcome", "budget", "curves")}
        readable = policy
        if policy is None and file is not None:
            readable = _enough_to_read_tables(file.data)
        said = None
        if readable is not None:
            said = self._tables_say(tables, readable, whole=policy is not None)
        if policy is not None and file is not None and said is not None:
            self._check(policy, file, said, [table for table in tables.values() if table])
            self._check_scenarios(policy, scenarios, files, said)
        if self.findings or policy is None or said is None or said.budget is None:
            raise InputError(self.findings)
        self._warn_of_channels(said.budget, said.periods())
        return Project(
            folder=self.folder,
            policy=policy,
            budget=said.budget,
            history=said.history,
            given=said.given or (),
            scenarios=scenarios or {BASE: ScenarioFile()},
            digests=self.digests,
            warnings=tuple(self.warnings),
        )

    def _refuse_files_not_read_yet(self) -> None:
        for stem in NOT_YET:
            for path in (self.folder / f"{stem}{suffix}" for suffix in SUFFIXES):
                if path.exists():
                    found = "this version does not read this file yet"
                    expected = "Take it out of the folder to plan without it."
                    self.findings.append(Finding(path.name, None, None, found, expected))

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
        paths = sorted((self.folder / SCENARIOS).glob("*.toml"))
        files = {path.stem: self._toml(path) for path in paths}
        return {name: file for name, file in files.items() if file is not None}

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

    def _tables_say(
        self, tables: Mapping[str, Table | None], policy: Policy, *, whole: bool
    ) -> _Said:
        """What the tables say; ``whole`` is False where the policy's horizon is not known."""
        found = "the file is missing"
        if not self._is_there("budget"):
            expected = "Write the approved budget there: quarter, channel, amount."
            self.findings.append(Finding("budget.csv", None, None, found, expected))
        if not (self._is_there("history") or self._is_there("curves")):
            expected = (
                "Write the history there (date, channel, spend, revenue), or bring curves.csv."
            )
            self.findings.append(Finding("history.csv", None, None, found, expected))
        table, outcome = tables["history"], tables["outcome"]
        if outcome is not None and not self._is_there("history"):
            expected = "Give history.csv with the spend, or take this file out of the folder."
            found = "there are totals, but no history to explain them by"
            self.findings.append(Finding(outcome.file, None, None, found, expected))
        history = budget = given = None
        if table is not None:
            history = read_history(table, outcome, policy, self.findings, self.warnings)
        if tables["budget"] is not None:
            budget = read_budget(
                tables["budget"], policy, self.findings, self.warnings, to_horizon=whole
            )
        if tables["curves"] is not None:
            given = read_curves(tables["curves"], policy, self.findings)
        return _Said(budget, history, given, self._is_there("history"))

    def _check(self, policy: Policy, file: TomlFile, said: _Said, tables: list[Table]) -> None:
        self.findings.extend(check_columns(policy, file, tables))
        self.findings.extend(
            check_policy(policy, file, said.budget, said.periods(), said.has_history)
        )

    def _check_scenarios(
        self,
        policy: Policy,
        scenarios: Mapping[str, ScenarioFile],
        files: Mapping[str, TomlFile],
        said: _Said,
    ) -> None:
        known = set(self.findings)
        for name, scenario in scenarios.items():
            file = files[name]
            problems = list(check_scenario(scenario, file, policy))
            self.findings.extend(problems)
            if problems:
                continue
            merged = scenario.over(policy)
            # What is wrong without the scenario has been said.
            before = {(f.found, f.expected) for f in known}
            self.findings.extend(
                finding
                for finding in check_policy(
                    merged, file, said.budget, said.periods(), said.has_history
                )
                if (finding.found, finding.expected) not in before
            )
        self.findings.extend(check_probabilities(scenarios, files))

    def _warn_of_channels(self, budget: Budget, periods: Mapping[str, Period]) -> None:
        for channel in periods:
            if channel not in budget.channels:
                near = did_you_mean(channel, set(budget.channels) - set(periods))
                self.warnings.append(
                    f"{channel} has a history or a curve but no row in budget.csv: "
                    f"it is not planned.{near}"
                )
        for channel in budget.channels:
            if channel not in periods:
                near = did_you_mean(channel, set(periods) - set(budget.channels))
                self.warnings.append(
                    f"{channel} is in budget.csv but has neither history nor curve: "
                    f"it is held at its budget.{near}"
                )


def _enough_to_read_tables(data: dict[str, Any]) -> Policy | None:
    """What the tables need of a policy that has problems; None where that has problems itself."""
    said = data.get("plan")
    currency = said.get("currency") if isinstance(said, dict) else None
    if currency not in DECIMALS:
        return None
    plan = {"currency": currency, "first_quarter": "2000Q1", "quarters": 1}
    reading = {"plan": plan} | {key: data[key] for key in ("columns", "history") if key in data}
    try:
        return Policy.model_validate(reading)
    except ValidationError:
        return None
