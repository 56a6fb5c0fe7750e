"""Planning a project's scenarios, and knowing which plans still stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from models.curve import Curves
from models.forecast import Forecast
from optimizer.errors import PlanningError, RulesCollide, UnkeptRule
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.sweep import BudgetCurve, sweep
from reallot.assemble import problem_of
from reallot.errors import Finding, InputError, NotPlannedError
from reallot.fitting import out_of
from reallot.forecasting import write_forecast
from reallot.output import document_in, write_whole
from reallot.progress import doing
from reallot.project import Project
from reallot.project.nearest import did_you_mean
from reallot.project.project import POLICY
from reallot.report import OPTIONAL, plan_files
from reallot.report.plan_json import plan_in
from reallot.workers import jobs_for

T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """A plan, where its files are, and its budget curve if there is one.

    ``document`` is its plan.json, ``anyway`` the revenue that comes without the channels in its
    scenario.
    """

    plan: Plan
    folder: Path
    document: dict[str, Any]
    curve: BudgetCurve | None
    anyway: Forecast


def plan_all(
    project: Project,
    curves: Curves,
    scenarios: Sequence[str],
    time_limit: float,
    *,
    budget_curve: bool = False,
) -> list[Written]:
    """Plan these scenarios and write each into its folder, on request with its budget curve.

    The forecast of what comes without the channels is written beside them. NotPlannedError, after
    the rest has been written, where some have no plan.
    """
    return try_all(project, curves, scenarios, time_limit, budget_curve=budget_curve).all()


def try_all(
    project: Project,
    curves: Curves,
    scenarios: Sequence[str],
    time_limit: float,
    *,
    budget_curve: bool = False,
) -> Tried[Written]:
    """The same, and what became of every scenario."""
    forecast = write_forecast(project, curves)
    problems = [problem_of(project, curves, name, time_limit) for name in scenarios]
    if budget_curve and any(problem.objective == "spend" for problem in problems):
        found = "there is no budget curve: the plan needs the least money as it is"
        expected = "Plan without --budget-curve."
        raise InputError([Finding(POLICY, None, "plan.objective", found, expected)])
    plans = _plans(problems)

    def one(scenario: str) -> Written:
        plan = next(plans)
        if isinstance(plan, PlanningError):
            raise plan
        anyway = forecast.at(project.scenarios[scenario].demand)
        if not budget_curve:
            return _write(project, plan, None, anyway)
        with doing(f"Planning other budgets for {scenario}"):
            curve = sweep(plan, margin=_margin(project, plan.problem))
        return _write(project, plan, curve, anyway)

    return attempt(scenarios, one)


def _plans(problems: Sequence[AllocationProblem]) -> Iterator[Plan | PlanningError]:
    """The plan of every problem in turn, or why there is none; several at once where that pays."""
    jobs = jobs_for(problems)
    if jobs == 1:
        yield from map(_tried, problems)
        return
    with doing(f"Planning {', '.join(problem.scenario for problem in problems)}"):
        found = Parallel(n_jobs=jobs)(delayed(_in_worker)(problem) for problem in problems)
    yield from found


def _tried(problem: AllocationProblem) -> Plan | PlanningError:
    with doing(f"Planning {problem.scenario}"):
        return _in_worker(problem)


def _in_worker(problem: AllocationProblem) -> Plan | PlanningError:
    try:
        with threadpool_limits(1):
            return reallocate(problem)
    except PlanningError as failure:
        return failure


def _margin(project: Project, problem: AllocationProblem) -> float:
    """What a unit of the objective is worth in money; profit is money already."""
    margin = project.policy.plan.margin
    return 1.0 if margin is None or problem.objective == "profit" else margin


@dataclass(frozen=True)
class Tried(Generic[T]):
    """What was made of the scenarios that could be planned, and why the others could not."""

    made: list[T]
    failures: dict[str, PlanningError]

    def all(self) -> list[T]:
        """What was made of every scenario; NotPlannedError where some have no plan."""
        if self.failures:
            raise not_planned(self.failures)
        return self.made

    @property
    def why(self) -> dict[str, str]:
        """Why scenarios have no plan, and what to do, by name."""
        findings = {name: _finding(name, failure) for name, failure in self.failures.items()}
        return {name: f"{found.found}. {found.expected}" for name, found in findings.items()}


def attempt(scenarios: Sequence[str], one: Callable[[str], T]) -> Tried[T]:
    """What ``one`` makes of each scenario, whatever becomes of the others."""
    made: list[T] = []
    failures: dict[str, PlanningError] = {}
    for scenario in scenarios:
        try:
            made.append(one(scenario))
        except UnkeptRule:
            raise
        except PlanningError as failure:
            failures[scenario] = failure
    return Tried(made, failures)


def not_planned(failures: Mapping[str, PlanningError]) -> NotPlannedError:
    """What to tell where some have no plan; failures by what has none."""
    return NotPlannedError(
        map(_finding, failures, failures.values()),
        (line for failure in failures.values() for line in str(failure).splitlines()),
        collided=any(isinstance(failure, RulesCollide) for failure in failures.values()),
    )


def planned(problem: AllocationProblem) -> Plan:
    """The plan of one scenario, made now."""
    with doing(f"Planning {problem.scenario}"):
        return reallocate(problem)


def plan_that_stands(project: Project, problem: AllocationProblem) -> Plan | None:
    """The written plan of a scenario, if its inputs are unchanged and it can be read."""
    scenario = problem.scenario
    document = document_in(out_of(project) / scenario / "plan.json")
    if document.get("inputs") != project.inputs_of_plan(scenario):
        return None
    try:
        return plan_in(document, problem)
    except (KeyError, TypeError, ValueError):
        return None


def plans_that_stand(
    project: Project, curves: Curves, time_limit: float
) -> tuple[list[Plan], list[str]]:
    """The written plans whose inputs are unchanged, and the scenarios to be planned again."""
    plans, stale = [], []
    for scenario in project.scenarios:
        plan = plan_that_stands(project, problem_of(project, curves, scenario, time_limit))
        if plan is None:
            stale.append(scenario)
        else:
            plans.append(plan)
    return plans, stale


def chosen(project: Project, scenario: str | None) -> list[str]:
    """The scenarios to plan: all, or the one named; InputError where there is none of that name."""
    if scenario is None:
        return list(project.scenarios)
    if scenario not in project.scenarios:
        known = ", ".join(project.scenarios)
        near = did_you_mean(scenario, project.scenarios)
        found = f"there is no scenario {scenario!r}"
        expected = f"Write scenarios/{scenario}.toml, or name one of {known}.{near}"
        raise InputError([Finding("scenarios", None, None, found, expected)])
    return [scenario]


def _finding(scenario: str, failure: PlanningError) -> Finding:
    if isinstance(failure, RulesCollide):
        rules, remedies = failure.conflict.rules, failure.conflict.remedies
        found = f"{scenario}: these rules cannot hold together: {'; '.join(rules)}"
        expected = f"Any one of these changes makes them fit: {'; '.join(remedies)}"
        return Finding(POLICY, None, None, found, expected if remedies else "Loosen one of them.")
    return Finding(POLICY, None, None, f"{scenario}: {failure}", "Give it more time: --time-limit.")


def _write(project: Project, plan: Plan, curve: BudgetCurve | None, anyway: Forecast) -> Written:
    scenario = plan.problem.scenario
    files = plan_files(plan, project.inputs_of_plan(scenario), curve, anyway)
    folder = out_of(project) / scenario
    write_whole(folder, files, gone=[name for name in OPTIONAL if name not in files])
    return Written(plan, folder, json.loads(files["plan.json"]), curve, anyway)
