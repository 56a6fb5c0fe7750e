"""`reallot demo`: everything, on the sample project."""

from __future__ import annotations

from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.compare import compare
from reallot.commands.hedge import hedge
from reallot.commands.options import PATH
from reallot.commands.plan import plan
from reallot.commands.sensitivity import sensitivity
from reallot.commands.simulate import simulate


@options.command()
@click.argument("folder", type=PATH, default="reallot-demo", metavar="[DIR]")
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Copy the sample project to DIR (./reallot-demo) and run all of it.

    \b
    Example:
      reallot demo my-demo
    """
    from reallot.start.sample import copy_sample

    copy_sample(folder)
    for command in (plan, compare, hedge, simulate, sensitivity):
        with command.make_context(command.name, ["--", str(folder)], parent=ctx) as typed:
            command.invoke(typed)
