"""Scoring a planner's own plan: how good it is in every scenario, beside the plan we would make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.plan import Plan
from optimizer.problem import Allocation
from optimizer.rules import Packages
from optimizer.score import Score, score
from reallot.assemble import problem_of
from reallot.fitting import curves_of, out_of
from reallot.output import write_whole
from reallot.planning import plan_that_stands, planned
from reallot.project import Project
from reallot.project.own_plan import OwnPlan
from reallot.report import score_files
from reallot.unplanned import attempt


@dataclass(frozen=True)
class Scored:
    """A score and where its files are; ``document`` is its score.json."""

    score: Score
    folder: Path
    document: dict[str, Any]


def score_all(
    project: Project, own: OwnPlan, scenarios: Sequence[str], time_limit: float
) -> list[Scored]:
    """Score the same amounts in each of these scenarios and write score.json and score.csv.

    The plan beside it is the one that stands; where none does it is made, and not written.
    NotPlannedError, after the rest has been written, where some have no plan.
    """
    curves = curves_of(project)

    def one(scenario: str) -> Scored:
        problem = problem_of(project, curves, scenario, time_limit)
        plan = plan_that_stands(project, problem) or planned(problem)
        scored = score(_allocation(own, plan), plan)
        inputs = project.inputs_of_plan(scenario)
        files = score_files(scored, own.file, own.digest, inputs, own.warnings)
        folder = out_of(project) / scenario
        write_whole(folder, files)
        return Scored(scored, folder, json.loads(files["score.json"]))

    return attempt(project, scenarios, one).all()


def _allocation(own: OwnPlan, plan: Plan) -> Allocation:
    """The amounts as an allocation of the plan's problem.

    A file of amounts does not say which packages they fund: where a line that is planned from zero
    gets what the plan gives it, the plan's; elsewhere none, so that the rule says what is off.
    """
    problem = plan.problem
    spend = np.array([own.amounts[name] for name in problem.names], dtype=float)
    alike = np.isclose(spend, plan.allocation.spend, rtol=1e-12, atol=0.5 * problem.minor_unit)
    funded = frozenset(
        package.name
        for rule in problem.rules
        if isinstance(rule, Packages)
        for package in rule.packages
        if package.name in plan.allocation.funded
        and alike[problem.names.index(package.channel), problem.quarters.index(package.quarter)]
    )
    allocation = Allocation.of(problem, spend, np.array(own.pool, dtype=float))
    return replace(allocation, funded=funded)
