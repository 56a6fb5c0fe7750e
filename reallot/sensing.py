"""What a project's plan depends on, input by input."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from reallot.assemble import problem_of
from reallot.fitting import curves_of, out_of
from reallot.output import write_whole
from reallot.planning import plan_all, plan_that_stands
from reallot.progress import counting
from reallot.project import Project
from reallot.report import sensitivity_files
from reallot.simulating import around
from scenarios.sensitivity import sensitivity


def sensitivity_of(
    project: Project, scenario: str | None, time_limit: float, jobs: int | None
) -> dict[str, bytes]:
    """Write out/sensitivity.* of one scenario's plan, as `around` chooses it.

    A plan that no longer stands is made again and written. NotPlannedError where there is none.
    """
    project, scenario = around(project, scenario)
    curves = curves_of(project)
    problem = problem_of(project, curves, scenario, time_limit)
    plan = plan_that_stands(project, problem)
    if plan is None:
        plan = plan_all(project, curves, [scenario], time_limit)[0].plan
    with ExitStack() as shown:

        def begin(total: int) -> Callable[[], None]:
            shown.close()
            return shown.enter_context(counting(f"Planning {total} variations", total))

        found = sensitivity(plan, jobs, begin)
    files = sensitivity_files(found)
    write_whole(out_of(project), files)
    return files
