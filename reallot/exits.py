"""How commands end: errors become exit codes here, and nowhere else."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from reallot.errors import Finding, InputError, NotPlannedError, on_one_line
from reallot.placement import check_placement

DEFECT, INPUT, COLLISION, NO_PLAN_IN_TIME, INTERRUPTED = 1, 2, 3, 4, 130
AS_JSON = "reallot.as_json"


class Commands(click.Group):
    """The commands, in the order given; whatever goes wrong in one of them ends here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names as --help lists them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 1 to 4 with a message where it cannot be done."""
        try:
            check_placement()
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort):
            raise
        except click.UsageError as error:
            if not ctx.meta.get(AS_JSON):
                raise
            found = Finding("command line", None, None, error.format_message(), "See --help.")
            _tell(ctx, [found], ())
            ctx.exit(INPUT)
        except InputError as error:
            count = len(error.findings)
            title = f"The input is wrong in {count} place{'s' if count != 1 else ''}:"
            _tell(ctx, error.findings, [title, *(f"  {f}" for f in error.findings)])
            ctx.exit(INPUT)
        except NotPlannedError as error:
            _tell(ctx, error.findings, filter(None, [*error.explanations, error.done]))
            ctx.exit(COLLISION if error.collided else NO_PLAN_IN_TIME)
        except KeyboardInterrupt:
            kept = "What was written before is kept, and nothing is half-written."
            stopped = Finding("reallot", None, None, "stopped before the end", kept)
            _tell(ctx, [stopped], [str(stopped)])
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # the reader of our output has seen enough: click ends quietly
        except Exception as error:  # whatever else goes wrong is our own mistake
            last = "".join(traceback.format_exception_only(error)).strip()
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"a defect of reallot, not of your files: {last} ({place.name}:{place.lineno})"
            finding = Finding("reallot", None, None, what, "Please report this line.")
            _tell(ctx, [finding], [str(finding)])
            ctx.exit(DEFECT)


def _tell(ctx: click.Context, findings: Iterable[Finding], lines: Iterable[str]) -> None:
    """The errors as one JSON document on stdout where that was asked for; else on stderr."""
    if ctx.meta.get(AS_JSON):
        click.echo(json.dumps({"errors": [asdict(f) for f in findings]}, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(on_one_line(line), err=True)
