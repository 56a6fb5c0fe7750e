"""`reallot simulate`: all plans in many futures."""

from __future__ import annotations

from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.answer import tell_files, tell_notes


@options.command()
@click.option(
    "--futures",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="How many futures; [simulate] futures otherwise.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="Another seed draws other futures.",
)
@click.option("--scenario", metavar="NAME", help="Draw futures around this one; flat otherwise.")
@click.option("--reoptimise", is_flag=True, help="Also plan every future anew.")
@options.jobs("Futures planned")
@options.planning
def simulate(
    folder: Path,
    futures: int | None,
    seed: int | None,
    scenario: str | None,
    reoptimise: bool,
    jobs: int | None,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Judge the current budget and every plan in many futures, in out/simulate.*.

    \b
    Examples:
      reallot simulate my-project
      reallot simulate --scenario recession --futures 5000 my-project
      reallot simulate --reoptimise --futures 500 --jobs 2 my-project
    """
    if jobs is not None and not reoptimise:
        raise click.UsageError("--jobs is for --reoptimise: give both, or neither.")
    from reallot.fitting import out_of
    from reallot.project import read_project
    from reallot.simulating import simulate_all

    project = read_project(folder, from_quarter)
    files, notes = simulate_all(
        project,
        scenario,
        time_limit,
        futures=futures,
        seed=seed,
        anew=reoptimise,
        jobs=-1 if jobs is None else jobs,
    )
    tell_notes(notes)
    what = "All plans in the same futures:"
    tell_files("simulate", what, out_of(project), files, as_json=as_json)
