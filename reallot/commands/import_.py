"""`reallot import`: the curves of another tool's model."""

from __future__ import annotations

from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.answer import tell, tell_json, tell_notes
from reallot.errors import on_one_line


@options.command(name="import")
@click.option("--replace", is_flag=True, help="Write curves.csv anew where there is one.")
@options.as_json
@click.argument("file", type=options.PATH, metavar="FILE")
@options.folder
def import_(file: Path, folder: Path, replace: bool, as_json: bool) -> None:
    """Take the curves of another tool's model: write them into the project's curves.csv.

    FILE is a model saved by PyMC-Marketing (.nc) or exported by Robyn (.json), or response curves
    of Meridian (.nc). What is taken, how close it is, and what is not, is said.

    \b
    Examples:
      reallot import model.nc my-project
      reallot import --replace RobynModel-3_165_9.json my-project
    """
    from reallot.imports import summary
    from reallot.imports.curves_file import write_curves
    from reallot.imports.model_file import read_model
    from reallot.progress import doing

    with doing(f"Reading {on_one_line(file.name)}"):
        model = read_model(file)
    path = write_curves(model.curves, folder, anew=replace)
    if as_json:
        tell_json(summary.document(model))
        return
    tell(summary.lines(model))
    tell_notes(model.notes)
    click.echo(f"Curves: {path}")
    click.echo(f"Next: reallot check {folder}")
