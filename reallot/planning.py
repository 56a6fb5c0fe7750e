"""Planning a project's scenarios, and knowing which plans still stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from models.curve import Curves
from models.forecast import Forecast
from optimizer.errors import PlanningError, UnkeptRule
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.sweep import BudgetCurve, sweep
from reallot.assemble import problem_of
from reallot.errors import Finding, InputError
from reallot.fitting import out_of
from reallot.forecasting import write_forecast
from reallot.output import document_in, write_whole
from reallot.progress import doing
from reallot.project import Project
from reallot.project.nearest import did_you_mean
from reallot.project.project import POLICY
from reallot.report import OPTIONAL, plan_files
from reallot.report.plan_json import plan_in
from reallot.unplanned import NOTE, Tried, attempt, write_note
from reallot.workers import jobs_for


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
        if isinstance(plan, Exception):
            raise plan
        anyway = forecast.at(project.scenarios[scenario].demand)
        if not budget_curve:
            return _write(project, plan, None, anyway)
        with doing(f"Planning other budgets for {scenario}"):
            curve = sweep(plan, margin=_margin(project, plan.problem))
        return _write(project, plan, curve, anyway)

    tried = attempt(project, scenarios, one)
    for name, failure in tried.failures.items():
        write_note(project, name, failure, stands=_standing(project, name) is not None)
    return tried


def _plans(problems: Sequence[AllocationProblem]) -> Iterator[Plan | Exception]:
    """The plan of every problem in turn, or why there is none; several at once where that pays."""
    jobs = jobs_for(problems)
    if jobs == 1:
        yield from map(_tried, problems)
        return
    with doing(f"Planning {', '.join(problem.scenario for problem in problems)}"):
        found = Parallel(n_jobs=jobs)(delayed(_in_worker)(problem) for problem in problems)
    yield from found


def _tried(problem: AllocationProblem) -> Plan | Exception:
    with doing(f"Planning {problem.scenario}"):
        return _in_worker(problem)


def _in_worker(problem: AllocationProblem) -> Plan | Exception:
    try:
        with threadpool_limits(1):
            return reallocate(problem)
    except (PlanningError, UnkeptRule) as failure:
        return failure


def _margin(project: Project, problem: AllocationProblem) -> float:
    """What a unit of the objective is worth in money; profit is money already."""
    margin = project.policy.plan.margin
    return 1.0 if margin is None or problem.objective == "profit" else margin


def planned(problem: AllocationProblem) -> Plan:
    """The plan of one scenario, made now."""
    with doing(f"Planning {problem.scenario}"):
        return reallocate(problem)


def plan_that_stands(project: Project, problem: AllocationProblem) -> Plan | None:
    """The written plan of a scenario, if its inputs are unchanged and it can be read."""
    document = _standing(project, problem.scenario)
    try:
        return None if document is None else plan_in(document, problem)
    except (KeyError, TypeError, ValueError):
        return None


def plans_that_stand(
    project: Project, curves: Curves, time_limit: float
) -> tuple[list[Plan], list[str]]:
    """The written plans whose inputs are unchanged, and the scenarios to be planned again.

    Where a plan stands, a note that there is none is of other inputs, and taken away.
    """
    plans, stale = [], []
    for scenario in project.scenarios:
        plan = plan_that_stands(project, problem_of(project, curves, scenario, time_limit))
        if plan is None:
            stale.append(scenario)
        else:
            plans.append(plan)
            write_whole(out_of(project) / scenario, {}, gone=[NOTE])
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


def _write(project: Project, plan: Plan, curve: BudgetCurve | None, anyway: Forecast) -> Written:
    scenario = plan.problem.scenario
    files = plan_files(plan, project.inputs_of_plan(scenario), curve, anyway)
    folder = out_of(project) / scenario
    write_whole(folder, files, gone=[name for name in (*OPTIONAL, NOTE) if name not in files])
    return Written(plan, folder, json.loads(files["plan.json"]), curve, anyway)


def _standing(project: Project, scenario: str) -> dict[str, Any] | None:
    """The plan.json of a scenario, if its inputs are unchanged."""
    document = document_in(out_of(project) / scenario / "plan.json")
    return document if document.get("inputs") == project.inputs_of_plan(scenario) else None
