"""Planning a project's scenarios, and knowing which plans still stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from models.curve import Curves
from optimizer.doubt import ChannelDoubt, Doubt, Interval
from optimizer.errors import PlanningError, RulesCollide, UnkeptRule
from optimizer.plan import RESERVE, UNSPENT, Bent, Plan, PlanRow, RuleEntry
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.sweep import BudgetCurve, sweep
from reallot.assemble import problem_of
from reallot.errors import Finding, InputError, NotPlannedError
from reallot.fitting import curves_of, out_of
from reallot.output import write_whole
from reallot.progress import doing
from reallot.project import Project
from reallot.project.nearest import did_you_mean
from reallot.project.project import POLICY
from reallot.report import OPTIONAL, compare_files, plan_files
from scenarios.compare import compare

T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """A plan, where its files are, and its budget curve if there is one.

    ``document`` is its plan.json.
    """

    plan: Plan
    folder: Path
    document: dict[str, Any]
    curve: BudgetCurve | None


def plan_all(
    project: Project,
    curves: Curves,
    scenarios: Sequence[str],
    time_limit: float,
    *,
    budget_curve: bool = False,
) -> list[Written]:
    """Plan these scenarios and write each into its folder, on request with its budget curve.

    NotPlannedError, after the rest has been written, where some have no plan.
    """

    def one(scenario: str) -> Written:
        problem = problem_of(project, curves, scenario, time_limit)
        if budget_curve and problem.objective == "spend":
            found = "there is no budget curve: the plan needs the least money as it is"
            expected = "Plan without --budget-curve."
            raise InputError([Finding(POLICY, None, "plan.objective", found, expected)])
        plan = planned(problem)
        if not budget_curve:
            return _write(project, plan, None)
        with doing(f"Planning other budgets for {scenario}"):
            curve = sweep(plan, margin=_margin(project, problem))
        return _write(project, plan, curve)

    return for_each(scenarios, one)


def _margin(project: Project, problem: AllocationProblem) -> float:
    """What a unit of the objective is worth in money; profit is money already."""
    margin = project.policy.plan.margin
    return 1.0 if margin is None or problem.objective == "profit" else margin


def for_each(scenarios: Sequence[str], one: Callable[[str], T]) -> list[T]:
    """What ``one`` makes of each scenario.

    NotPlannedError, after it was done for the rest, where some have no plan.
    """
    made: list[T] = []
    failures: list[PlanningError] = []
    for scenario in scenarios:
        try:
            made.append(one(scenario))
        except UnkeptRule:
            raise
        except PlanningError as failure:
            failures.append(failure)
    if failures:
        raise not_planned(failures)
    return made


def not_planned(failures: Sequence[PlanningError]) -> NotPlannedError:
    """What to tell where some scenarios have no plan."""
    return NotPlannedError(
        map(_finding, failures),
        (line for failure in failures for line in str(failure).splitlines()),
        collided=any(isinstance(failure, RulesCollide) for failure in failures),
    )


def planned(problem: AllocationProblem) -> Plan:
    """The plan of one scenario, made now."""
    with doing(f"Planning {problem.scenario}"):
        return reallocate(problem)


def plan_that_stands(project: Project, problem: AllocationProblem) -> Plan | None:
    """The written plan of a scenario, if its inputs are unchanged."""
    scenario = problem.scenario
    document = _document(out_of(project) / scenario / "plan.json")
    if document is None or document.get("inputs") != project.inputs_of_plan(scenario):
        return None
    return _plan_in(document, problem)


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


def compare_all(project: Project, time_limit: float) -> dict[str, bytes]:
    """Write out/compare.* from every scenario's plan, planning again what no longer stands."""
    curves = curves_of(project)
    plans, stale = plans_that_stand(project, curves, time_limit)
    # What was just planned is taken as it is written, so that comparing again gives the same bytes.
    plans += [
        _plan_in(result.document, result.plan.problem)
        for result in plan_all(project, curves, stale, time_limit)
    ]
    order = list(project.scenarios)
    comparison = compare(sorted(plans, key=lambda plan: order.index(plan.problem.scenario)))
    files = compare_files(comparison)
    write_whole(out_of(project), files)
    return files


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


def _finding(failure: PlanningError) -> Finding:
    if isinstance(failure, RulesCollide):
        rules, remedies = failure.conflict.rules, failure.conflict.remedies
        found = f"{failure.scenario}: these rules cannot hold together: {'; '.join(rules)}"
        expected = f"Any one of these changes makes them fit: {'; '.join(remedies)}"
        return Finding(POLICY, None, None, found, expected if remedies else "Loosen one of them.")
    return Finding(POLICY, None, None, str(failure), "Give it more time: --time-limit.")


def _write(project: Project, plan: Plan, curve: BudgetCurve | None) -> Written:
    scenario = plan.problem.scenario
    files = plan_files(plan, project.inputs_of_plan(scenario), curve)
    folder = out_of(project) / scenario
    write_whole(folder, files, gone=[name for name in OPTIONAL if name not in files])
    return Written(plan, folder, json.loads(files["plan.json"]), curve)


def _document(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _plan_in(document: dict[str, Any], problem: AllocationProblem) -> Plan:
    """The plan that a plan.json of this problem holds."""
    rows = tuple(PlanRow(**_fields_of(PlanRow, row)) for row in document["rows"])
    amounts = {(row.quarter, row.channel): row.recommended for row in rows}

    def placed(name: str) -> list[float]:
        return [amounts.get((quarter, name), 0.0) for quarter in problem.quarters]

    spend, pool, unspent = np.array([*map(placed, problem.names)]), placed(RESERVE), placed(UNSPENT)
    ranks = document.get("packages", ())
    funded = frozenset(rank["package"] for rank in ranks if rank["funded"])
    return Plan(
        problem=problem,
        allocation=Allocation(problem, spend, np.array(pool), np.array(unspent), funded),
        status=document["status"],
        objective=document["objective"],
        bound=document["bound"],
        gap=document["gap"],
        current_objective=document["current_objective"],
        comparable_objective=document["comparable_objective"],
        rows=rows,
        rules=tuple(RuleEntry(**_fields_of(RuleEntry, rule)) for rule in document["rules"]),
        bent=tuple(Bent(**_fields_of(Bent, bent)) for bent in document["bent_rules"]),
        warnings=tuple(document["warnings"]),
        sense=document["sense"],
        doubt=_doubt_in(document.get("doubt")),
    )


def _doubt_in(document: dict[str, Any] | None) -> Doubt | None:
    if document is None:
        return None

    def channel(of: dict[str, Any]) -> ChannelDoubt:
        roi = None if of["roi"] is None else Interval(**of["roi"])
        return ChannelDoubt(of["channel"], Interval(**of["response"]), roi)

    return Doubt(
        gain=Interval(**document["gain"]),
        probability_of_gain=document["probability_of_gain"],
        members=document["members"],
        targets_met=document["targets_met"],
        channels=tuple(map(channel, document["channels"])),
    )


def _fields_of(kind: type[Any], document: dict[str, Any]) -> dict[str, Any]:
    return {field.name: document[field.name] for field in fields(kind)}
