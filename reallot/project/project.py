"""A project: everything that a folder says, as one value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.curve import ResponseCurve
from models.history import History
from optimizer.rules import Package
from reallot import __version__
from reallot.project.actuals import Actuals
from reallot.project.bends import Bends
from reallot.project.budget import Budget
from reallot.project.policy import Policy
from reallot.project.scenario_file import ScenarioFile
from reallot.project.tables import digest_of
from reallot.project.toml_file import TomlFile

POLICY = "reallot.toml"
SCENARIOS = "scenarios"
# The scenario that is planned where there is no file.
BASE = "base"


@dataclass(frozen=True)
class Project:
    """What a project's files say, checked against each other.

    ``given`` are the curves the planner brought, ``packages`` the decision packages, ``scenarios``
    the files by name (`BASE` alone where there is none), ``bends`` the level of every value that
    gives way, by scenario and for the policy without one (`BASE`). ``digests`` maps every file read
    to its SHA-256, ``files`` every TOML file to what it says. ``actuals`` are this year's so far;
    quarters before ``from_quarter`` are closed, none where it is None.
    """

    folder: Path
    policy: Policy
    budget: Budget
    history: History | None
    given: tuple[ResponseCurve, ...]
    packages: tuple[Package, ...]
    scenarios: Mapping[str, ScenarioFile]
    bends: Mapping[str, Bends]
    digests: Mapping[str, str]
    files: Mapping[str, TomlFile]
    warnings: tuple[str, ...]
    actuals: Actuals | None = None
    from_quarter: str | None = None

    @property
    def closed_quarters(self) -> int:
        """How many of the horizon's quarters are closed."""
        return 0 if self.from_quarter is None else self.budget.quarters.index(self.from_quarter)

    @property
    def from_zero(self) -> frozenset[str]:
        """The channels that are planned from zero, by packages."""
        return frozenset(package.channel for package in self.packages)

    @property
    def name(self) -> str:
        """The plan's name, or the folder's."""
        return (
            self.folder.resolve().name if self.policy.plan.name is None else self.policy.plan.name
        )

    def policy_in(self, scenario: str) -> Policy:
        """The policy as it holds in a scenario."""
        return self.scenarios[scenario].over(self.policy)

    def inputs_of_curves(self) -> dict[str, str]:
        """What the fit depends on: its tables, how they are read, and this version."""
        stems = ("history", "outcome", "curves", "calibration")
        inputs = {name: d for name, d in self.digests.items() if name.split(".")[0] in stems}
        reading = {
            "currency": self.policy.plan.currency,
            "columns": self.policy.columns,
            "history": self.policy.history.model_dump(),
            "like": {entry.name: entry.like for entry in self.policy.channel if entry.like},
            "channels": () if self.history is None else self.history.channels,
        }
        inputs["reading"] = digest_of(json.dumps(reading, sort_keys=True).encode())
        inputs["reallot"] = __version__
        return inputs

    @property
    def inputs(self) -> dict[str, str]:
        """The hash of every file, and of the quarter that is planned on from."""
        if self.from_quarter is None:
            return dict(self.digests)
        return {**self.digests, "from_quarter": digest_of(self.from_quarter.encode())}

    def inputs_of_plan(self, scenario: str) -> dict[str, str]:
        """Those of `inputs` that a scenario's plan depends on."""
        own = f"{SCENARIOS}/{scenario}.toml"
        return {
            name: digest
            for name, digest in self.inputs.items()
            if name == own or not name.startswith(f"{SCENARIOS}/")
        }
