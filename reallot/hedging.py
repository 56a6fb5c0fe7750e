"""Hedging a project: what to do now over all of its scenarios, with a playbook for each."""

from __future__ import annotations

from optimizer.errors import Failures, PlanningError
from reallot.assemble import future, policys_own, problem_of
from reallot.fitting import curves_of, out_of
from reallot.output import write_whole
from reallot.progress import counting
from reallot.project import Project
from reallot.report import hedge_files
from reallot.unplanned import Tried, not_planned
from scenarios.hedge import Hedge, Terms, hedge, pieces_of
from scenarios.staged import Future


def hedge_all(project: Project, terms: Terms, time_limit: float) -> tuple[Hedge, dict[str, bytes]]:
    """Plan all scenarios together and write out/hedge.*; seconds for every program solved.

    NotPlannedError where none has a plan of its own, or where all have none together; after the
    rest has been written, where some have none.
    """
    curves = curves_of(project)
    own = policys_own(project, curves, time_limit)
    scenarios = {name: future(project, name) for name in project.scenarios}
    even = 1 / len(scenarios)
    futures = [
        Future(
            problem_of(project, curves, name, time_limit),
            even if scenario.probability is None else scenario.probability,
            _keep_value(project, name),
        )
        for name, scenario in scenarios.items()
    ]
    together = ", ".join(scenarios)
    try:
        with counting(f"Planning {together} together", pieces_of(futures)) as done:
            found = hedge(own, futures, terms, done)
    except Failures as failures:
        raise not_planned(project, failures.each) from None
    except PlanningError as failure:
        raise not_planned(project, {together: failure}) from None
    tried = Tried(project, [found], dict(found.left_out))
    files = hedge_files(found, signals_of(project), project.inputs, tried.why)
    write_whole(out_of(project), files)
    page = out_of(project) / "hedge.html"
    tried.all(f"The others are hedged all the same, without {', '.join(tried.why)}: {page}")
    return found, files


def signals_of(project: Project) -> dict[str, str | None]:
    """What shows that each scenario has arrived."""
    return {name: future(project, name).signal for name in project.scenarios}


def _keep_value(project: Project, scenario: str) -> float:
    """What a unit of the pool counts at the horizon's end, as the scenario has it."""
    reserve = project.policy_in(scenario).reserve
    return 0.0 if reserve is None else reserve.keep_value
