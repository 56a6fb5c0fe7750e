"""The command line: every command, in the order in which a planner comes to need it."""

from __future__ import annotations

import click

from reallot import __version__
from reallot.commands.check import check
from reallot.commands.compare import compare
from reallot.commands.demo import demo
from reallot.commands.fit import fit
from reallot.commands.hedge import hedge
from reallot.commands.import_ import import_
from reallot.commands.init import init
from reallot.commands.plan import plan
from reallot.commands.sensitivity import sensitivity
from reallot.commands.simulate import simulate
from reallot.exits import Commands

IN_ORDER = [demo, init, import_, check, fit, plan, compare, hedge, simulate, sensitivity]


@click.group(
    cls=Commands,
    commands=IN_ORDER,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="reallot")
def main() -> None:
    """Plan where a quarterly budget should move, with a proof of how good the plan is.

    \b
    Example:
      reallot demo
    """
