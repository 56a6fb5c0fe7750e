"""`reallot fit`: what each channel's money brings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reallot.commands import options
from reallot.commands.answer import tell_json, tell_notes


@options.command()
@click.option(
    "--back-test",
    is_flag=True,
    help="Also fit to what was known one to four quarters ago: was what came foretold?",
)
@options.as_json
@options.folder
def fit(folder: Path, back_test: bool, as_json: bool) -> None:
    """Fit the response curves and write out/curves.json, and curves.html to read.

    With total revenue, out/forecast.csv says what comes without the channels.

    \b
    Examples:
      reallot fit my-project
      reallot fit --back-test my-project
    """
    from reallot.fitting import FILE, PAGE, fit_curves, out_of
    from reallot.forecasting import back_test_of, write_forecast
    from reallot.project import read_project
    from reallot.report.fit_table import fit_document, fit_rows, fit_sentences, fit_table
    from reallot.report.terminal import say

    project = read_project(folder)
    curves = fit_curves(project)
    anyway = write_forecast(project, curves)
    tried = back_test_of(project) if back_test else None
    rows = fit_rows(curves, project.history, tried)
    path = out_of(project) / FILE
    if as_json:
        document = json.loads(path.read_text(encoding="utf-8"))
        tell_json(document | fit_document(rows, anyway, tried))
        return
    click.echo(fit_table(rows))
    say(fit_sentences(anyway, tried, project.policy.plan.currency))
    tell_notes((*project.warnings, *curves.warnings, *anyway.notes))
    click.echo(f"Curves: {path}")
    click.echo(f"Page:   {out_of(project) / PAGE}")
