"""`reallot compare`: all scenarios side by side."""

from __future__ import annotations

from pathlib import Path

from reallot.commands import options
from reallot.commands.answer import tell_files


@options.command()
@options.planning
def compare(folder: Path, from_quarter: str | None, time_limit: float, as_json: bool) -> None:
    """Put the current budget and every scenario's plan side by side in out/compare.*.

    Scenarios whose files have changed since are planned again.

    \b
    Example:
      reallot compare my-project
    """
    from reallot.comparing import compare_all
    from reallot.fitting import out_of
    from reallot.project import read_project

    project = read_project(folder, from_quarter)
    files = compare_all(project, time_limit)
    tell_files("compare", "All plans side by side:", out_of(project), files, as_json=as_json)
