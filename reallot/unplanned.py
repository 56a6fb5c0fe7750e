"""Scenarios without a plan: why, where the rules that collide are written, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from optimizer.errors import PlanningError, RulesCollide
from reallot.errors import Finding, NotPlannedError, on_one_line
from reallot.fitting import out_of
from reallot.output import write_whole
from reallot.project import Project
from reallot.project.project import POLICY
from reallot.rulebook.places import place_of

T = TypeVar("T")

# What stands in a scenario's folder where it could not be planned.
NOTE = "no_plan.txt"
_OTHERS = "The other files in this folder are of"
_STANDS = f"{_OTHERS} an earlier plan of the same inputs: it still stands."
_OF_EARLIER_INPUTS = f"{_OTHERS} earlier inputs: they do not show what holds now."


@dataclass(frozen=True)
class Tried(Generic[T]):
    """What was made of the scenarios that could be planned, and why the others could not."""

    project: Project
    made: list[T]
    failures: dict[str, PlanningError]

    def all(self, done: str = "") -> list[T]:
        """What was made of every scenario; NotPlannedError where some have no plan.

        ``done`` is what it says was made of the others.
        """
        if self.failures:
            raise not_planned(self.project, self.failures, done)
        return self.made

    @property
    def why(self) -> dict[str, str]:
        """Why scenarios have no plan, and what to do, by name."""
        failures = self.failures.items()
        findings = {name: _finding(self.project, name, failure) for name, failure in failures}
        return {name: f"{found.found}. {found.expected}" for name, found in findings.items()}


def attempt(project: Project, scenarios: Sequence[str], one: Callable[[str], T]) -> Tried[T]:
    """What ``one`` makes of each scenario, whatever becomes of the others."""
    made: list[T] = []
    failures: dict[str, PlanningError] = {}
    for scenario in scenarios:
        try:
            made.append(one(scenario))
        except PlanningError as failure:
            failures[scenario] = failure
    return Tried(project, made, failures)


def not_planned(
    project: Project, failures: Mapping[str, PlanningError], done: str = ""
) -> NotPlannedError:
    """What to tell where some have no plan; failures by what has none."""
    return NotPlannedError(
        (_finding(project, name, failure) for name, failure in failures.items()),
        (line for failure in failures.values() for line in str(failure).splitlines()),
        collided=any(isinstance(failure, RulesCollide) for failure in failures.values()),
        done=done,
    )


def write_note(project: Project, scenario: str, failure: PlanningError, *, stands: bool) -> None:
    """Write into a scenario's folder that it has no plan, why, and what to do.

    Files of an earlier plan are kept; ``stands`` is whether that plan is of the same inputs.
    """
    folder = out_of(project) / scenario
    finding = _finding(project, scenario, failure)
    lines = [f"{scenario} could not be planned.", "", *str(failure).splitlines(), ""]
    if finding.row is not None:
        lines.append(f"Look at {finding.file}, row {finding.row}: {finding.column}.")
    if not isinstance(failure, RulesCollide):
        lines.append("Give it more time: --time-limit.")
    elif failure.conflict.remedies:
        lines.append("Make one of these changes, and plan again.")
    else:
        lines.append("Loosen one of these rules, and plan again.")
    if folder.is_dir() and any(path.name != NOTE for path in folder.iterdir()):
        lines += ["", _STANDS if stands else _OF_EARLIER_INPUTS]
    text = "".join(f"{on_one_line(line)}\n" for line in lines)
    write_whole(folder, {NOTE: text.encode()})


def _finding(project: Project, scenario: str, failure: PlanningError) -> Finding:
    if isinstance(failure, RulesCollide):
        conflict = failure.conflict
        place = place_of(project, scenario, conflict.names)
        return Finding(*place, f"{scenario}: {conflict.found}", conflict.advice)
    return Finding(POLICY, None, None, f"{scenario}: {failure}", "Give it more time: --time-limit.")
