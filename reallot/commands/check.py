"""`reallot check`: whether a project can be planned."""

from __future__ import annotations

from pathlib import Path

from reallot.commands import options
from reallot.commands.answer import tell, tell_json


@options.command()
@options.as_json
@options.folder
def check(folder: Path, as_json: bool) -> None:
    """Say everything that is wrong with a project's files, with file, row and remedy.

    \b
    Example:
      reallot check my-project
    """
    from reallot.project import read_project, summary

    project = read_project(folder)
    if as_json:
        tell_json(summary.document(project))
        return
    tell(summary.lines(project))
