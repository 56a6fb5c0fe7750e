"""`reallot init`: a project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.answer import tell
from reallot.commands.options import PATH


@options.command()
@click.option(
    "--from",
    "table",
    type=PATH,
    metavar="FILE",
    help="A table of spend and results; its columns are guessed.",
)
@click.argument("folder", type=PATH, default=".", metavar="[DIR]")
def init(table: Path | None, folder: Path) -> None:
    """Write a project to start from into DIR (here), with comments that explain it.

    \b
    Examples:
      reallot init my-project
      reallot init --from weekly.csv my-project
    """
    if table is None:
        from reallot.start.sample import write_starter

        lines = write_starter(folder)
    else:
        from reallot.start.from_table import write_from_table

        lines = write_from_table(table, folder)
    tell(lines)
    click.echo(f"Next: reallot plan {folder}")
