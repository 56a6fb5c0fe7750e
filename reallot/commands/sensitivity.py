"""`reallot sensitivity`: what a plan depends on."""

from __future__ import annotations

from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.answer import tell_files


@options.command()
@click.option("--scenario", metavar="NAME", help="Whose plan is looked at; flat otherwise.")
@options.jobs("Plans made")
@options.planning
def sensitivity(
    folder: Path,
    scenario: str | None,
    jobs: int | None,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Move each input by 10 and 20 % and plan again, in out/sensitivity.*.

    \b
    Examples:
      reallot sensitivity my-project
      reallot sensitivity --scenario recession my-project
    """
    from reallot.fitting import out_of
    from reallot.project import read_project
    from reallot.sensing import sensitivity_of

    project = read_project(folder, from_quarter)
    files = sensitivity_of(project, scenario, time_limit, -1 if jobs is None else jobs)
    what = "What the plan depends on:"
    tell_files("sensitivity", what, out_of(project), files, as_json=as_json)
