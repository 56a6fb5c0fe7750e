"""Comparing a project's scenarios: what their plans are beside each other, and in each future."""

from __future__ import annotations

import numpy as np

from models.saturation import Floats
from reallot.assemble import future
from reallot.fitting import curves_of, out_of
from reallot.output import write_whole
from reallot.planning import plans_that_stand, try_all
from reallot.progress import doing
from reallot.project import Project
from reallot.report import compare_files
from reallot.report.plan_json import plan_in
from reallot.workers import jobs_for
from scenarios.compare import compare
from scenarios.cross import cross


def compare_all(project: Project, time_limit: float) -> dict[str, bytes]:
    """Write out/compare.* from every scenario's plan, planning again what no longer stands.

    NotPlannedError, after the rest has been written, where some have no plan.
    """
    curves = curves_of(project)
    plans, stale = plans_that_stand(project, curves, time_limit)
    tried = try_all(project, curves, stale, time_limit)
    # What was just planned is taken as it is written, so that comparing again gives the same bytes.
    plans += [plan_in(result.document, result.plan.problem) for result in tried.made]
    if not plans:
        tried.all()
    order = list(project.scenarios)
    plans.sort(key=lambda plan: order.index(plan.problem.scenario))
    problems = [plan.problem for plan in plans]
    with doing("Entering every plan in every future"):
        table = cross(
            plans,
            {name: _margins(project, name) for name in order},
            jobs_for(problems, each=len(plans)),
        )
    comparison = compare(plans, [future(project, name) for name in order], table, tried.why)
    files = compare_files(comparison, has_margins=_has_margins(project))
    write_whole(out_of(project), files)
    tried.all(f"The others are compared all the same: {out_of(project) / 'compare.html'}")
    return files


def _margins(project: Project, scenario: str) -> Floats:
    """(C,) what a unit of each channel's response is worth in money; 1 where no margin says it."""
    policy = project.policy_in(scenario)
    general = 1.0 if policy.plan.margin is None else policy.plan.margin
    own = (policy.says_of(name).margin for name in project.budget.channels)
    return np.array([general if margin is None else margin for margin in own])


def _has_margins(project: Project) -> bool:
    policy = project.policy
    return policy.plan.margin is not None or any(c.margin is not None for c in policy.channel)
