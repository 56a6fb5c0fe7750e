"""`reallot hedge`: one decision for all scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reallot.commands import options
from reallot.commands.answer import tell_json, tell_places

if TYPE_CHECKING:
    from scenarios.hedge import Sought


@options.command()
@click.option(
    "--objective",
    type=click.Choice(["expectation", "regret", "cvar"]),
    default="expectation",
    show_default=True,
    help="What to seek: the most on average, the least largest regret, or the most in the worst "
    "cases.",
)
@click.option(
    "--worst",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="With cvar: the share of probability that counts as the worst.  [default: 0.2]",
)
@click.option("--no-release", is_flag=True, help="Never release the pool to channels.")
@options.planning
def hedge(
    folder: Path,
    objective: Sought,
    worst: float | None,
    no_release: bool,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Decide this quarter once for all scenarios, with a playbook for each, in out/hedge.*.

    Later quarters differ by scenario, and what was set aside may be released there.

    \b
    Examples:
      reallot hedge my-project
      reallot hedge --objective regret my-project
      reallot hedge --objective cvar --worst 0.1 --no-release my-project
    """
    if worst is not None and objective != "cvar":
        raise click.UsageError("--worst says which share --objective cvar looks at: name both")
    from reallot.fitting import out_of
    from reallot.hedging import hedge_all, signals_of
    from reallot.project import read_project
    from reallot.report.terminal import show_hedge
    from scenarios.hedge import Terms

    share = 0.2 if worst is None else worst
    project = read_project(folder, from_quarter)
    found, files = hedge_all(project, Terms(objective, share, not no_release), time_limit)
    if as_json:
        tell_json(files["hedge.json"])
        return
    show_hedge(found, signals_of(project))
    tell_places(out_of(project), files)
