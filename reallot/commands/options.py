"""What several commands are given, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reallot.exits import AS_JSON

Command = TypeVar("Command", bound=Callable[..., Any])


class _Once(click.Command):
    """A command whose options are given once: of two, one would be dropped without a word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        rest = super().parse_args(ctx, args)
        *_, order = self.make_parser(ctx).parse_args(args=given)
        for option in dict.fromkeys(order):
            times = order.count(option)
            if isinstance(option, click.Option) and times > 1:
                raise click.UsageError(
                    f"{option.opts[0]} is given {times} times: give it once.", ctx
                )
        return rest


def command(name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of reallot."""
    return click.command(name, cls=_Once)


PATH = click.Path(path_type=Path)

folder = click.argument("folder", type=PATH, default=".", metavar="[PROJECT]")

from_quarter = click.option(
    "--from-quarter",
    metavar="QUARTER",
    help="Plan on from this quarter (2027Q2): those before it are closed at their actuals.",
)

time_limit = click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds for each scenario.",
)


def _note(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    """Errors are told as JSON too, those of the command line included."""
    ctx.meta[AS_JSON] = value
    return value


as_json = click.option(
    "--json",
    "as_json",
    is_flag=True,
    is_eager=True,
    callback=_note,
    help="Write one JSON document to standard output.",
)


def jobs(of: str) -> Callable[[Command], Command]:
    """How many processes work ``of`` the command at once."""
    help_ = f"{of} at once; all processors otherwise."
    return click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=help_)


def planning(command: Command) -> Command:
    """What every command takes that plans a project's scenarios: the last of its options."""
    return from_quarter(time_limit(as_json(folder(command))))
