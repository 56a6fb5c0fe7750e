"""Simulating a project: its plans in many futures around one scenario."""

from __future__ import annotations

from dataclasses import replace

from models.curve import Curves
from optimizer.problem import AllocationProblem
from optimizer.worlds import members_of
from reallot.assemble import problem_of
from reallot.errors import NotPlannedError
from reallot.fitting import curves_of, out_of
from reallot.hedged import HedgeLeftOut, hedge_is_written, hedge_that_stands
from reallot.output import write_whole
from reallot.planning import chosen, plan_all, plans_that_stand
from reallot.progress import counting, doing
from reallot.project import Project
from reallot.project.project import BASE
from reallot.project.scenario_file import ScenarioFile
from reallot.report import simulate_files
from reallot.report.figures import counted
from scenarios.futures import Event, Futures, Spread, draw
from scenarios.judging import Contender, approved
from scenarios.reoptimise import reoptimise, reoptimised
from scenarios.simulate import simulate, worlds_of

FLAT = "flat"
CURRENT, HEDGE = "current budget", "hedge"


def simulate_all(
    project: Project,
    scenario: str | None,
    time_limit: float,
    *,
    futures: int | None = None,
    seed: int | None = None,
    anew: bool = False,
    jobs: int | None = None,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Write out/simulate.* from futures around one scenario; by default `FLAT`, or no scenario.

    ``futures`` and ``seed`` are the policy's unless given. With ``anew``, every future is planned
    too, ``jobs`` at a time. Plans that no longer stand are made again and written. Beside the files
    the notes that they have: which plans could not be judged. NotPlannedError where the scenario
    itself has no plan.
    """
    project, scenario = around(project, scenario)
    curves = curves_of(project)
    said = project.policy.simulate
    seed = said.seed if seed is None else seed
    contenders, notes = contenders_of(project, curves, scenario, time_limit)
    problem = problem_of(project, curves, scenario, time_limit)
    events = [event.name for event in project.policy.event]
    drawn = futures_of(project, problem, said.futures if futures is None else futures, seed)
    count = counted(len(drawn), "future")
    with doing(f"Judging {len(contenders)} plans in {count} around {scenario}"):
        simulation = simulate(problem, contenders, _named(scenario), drawn, events)
    replanned = None
    if anew:
        worlds = worlds_of(problem, drawn)
        with counting(f"Planning {count} anew", len(drawn)) as done:
            answers = reoptimise(problem, worlds, jobs, done)
        replanned = reoptimised(problem, simulation, answers)
    files = simulate_files(simulation, seed, notes, replanned)
    write_whole(out_of(project), files)
    return files, notes


def around(project: Project, scenario: str | None) -> tuple[Project, str]:
    """The project with the scenario that is asked for; without a name `FLAT`, or else `BASE`.

    `BASE` is the policy without any scenario, where no file of that name says otherwise. InputError
    where the scenario named is unknown.
    """
    if scenario is None:
        scenario = FLAT if FLAT in project.scenarios else BASE
    if scenario == BASE and BASE not in project.scenarios:
        project = replace(project, scenarios={**project.scenarios, BASE: ScenarioFile()})
    return project, chosen(project, scenario)[0]


def futures_of(project: Project, problem: AllocationProblem, count: int, seed: int) -> Futures:
    """The futures that a project's policy describes, around a problem's scenario."""
    said = project.policy.simulate
    spread = Spread(
        demand=said.demand,
        media_price=said.media_price,
        conversion=said.conversion,
        basket=said.basket,
        exchange=said.exchange,
        correlation=said.correlation,
        persistence=said.persistence,
    )
    events = [
        Event(
            event.name,
            event.probability,
            event.quarters,
            event.demand,
            event.media_price,
            {c.name: c.demand for c in event.channel if c.demand is not None},
            {c.name: c.media_price for c in event.channel if c.media_price is not None},
        )
        for event in project.policy.event
    ]
    quarters, members = len(problem.quarters), members_of(problem)
    return draw(problem.channels, quarters, spread, events, members, count, seed)


def contenders_of(
    project: Project, curves: Curves, scenario: str, time_limit: float
) -> tuple[list[Contender], tuple[str, ...]]:
    """The current budget, every scenario's plan, and the hedge where it stands; and what lacks.

    The current budget has the money of ``scenario``. NotPlannedError where that has no plan.
    """
    _, stale = plans_that_stand(project, curves, time_limit)
    notes: tuple[str, ...] = ()
    failure = None
    try:
        plan_all(project, curves, stale, time_limit)
    except NotPlannedError as error:
        failure, notes = error, tuple(f"No plan: {finding.found}" for finding in error.findings)
    # What was just planned is taken as it is written, so that a further run gives the same bytes.
    plans, lacking = plans_that_stand(project, curves, time_limit)
    if failure is not None and scenario in lacking:
        raise failure
    problem = next(plan.problem for plan in plans if plan.problem.scenario == scenario)
    contenders = [
        Contender(CURRENT, "current", (approved(problem),)),
        *(Contender(_named(p.problem.scenario), "plan", (p.allocation,)) for p in plans),
    ]
    if hedge_is_written(project):
        # A scenario may have a plan in the hedge and none of its own.
        problems = {p.problem.scenario: p.problem for p in plans}
        problems |= {s: problem_of(project, curves, s, time_limit) for s in lacking}
        try:
            playbook = hedge_that_stands(project, problems)
        except HedgeLeftOut as why:
            notes = (*notes, f"The hedge is left out: {why}.")
        else:
            contenders.append(Contender(HEDGE, "hedge", playbook))
    return contenders, notes


def _named(scenario: str) -> str:
    return f"plan for {scenario}"
