"""`reallot plan`: where the money should move, or how good a planner's own budget is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reallot.commands import options
from reallot.commands.answer import tell_json, tell_places

if TYPE_CHECKING:
    from reallot.planning import Written
    from reallot.project import Project


@options.command()
@click.option("--scenario", metavar="NAME", help="Plan this one only.")
@click.option(
    "--budget-curve",
    is_flag=True,
    help="Also plan with 50 % to 150 % of the budget: until where does more money pay?",
)
@click.option(
    "--score",
    "own",
    type=options.PATH,
    metavar="FILE",
    help="Plan nothing: say how good this budget is (as budget.csv, or a plan.csv).",
)
@options.planning
def plan(
    folder: Path,
    scenario: str | None,
    budget_curve: bool,
    own: Path | None,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Plan every scenario and write out/SCENARIO/: report, workbook, CSV and JSON.

    \b
    Examples:
      reallot plan my-project
      reallot plan --scenario recession --time-limit 20 my-project
      reallot plan --budget-curve my-project
      reallot plan --from-quarter 2027Q2 my-project
      reallot plan --score my-own.csv --scenario flat my-project
    """
    if own is not None and budget_curve:
        raise click.UsageError("--score plans nothing: leave out --budget-curve")
    from reallot.fitting import curves_of
    from reallot.planning import chosen, plan_all
    from reallot.project import read_project

    project = read_project(folder, from_quarter)
    scenarios = chosen(project, scenario)
    if own is not None:
        _score(project, own, scenarios, time_limit, as_json=as_json)
        return
    curves = curves_of(project)
    written = plan_all(project, curves, scenarios, time_limit, budget_curve=budget_curve)
    if as_json:
        tell_json([result.document for result in written])
        return
    for result in written:
        _show(result)


def _score(
    project: Project, own: Path, scenarios: list[str], time_limit: float, *, as_json: bool
) -> None:
    from reallot.project.own_plan import read_own_plan
    from reallot.report.terminal import show_score
    from reallot.scoring import score_all

    file = read_own_plan(own, project)
    scored = score_all(project, file, scenarios, time_limit)
    if as_json:
        tell_json([result.document for result in scored])
        return
    for result in scored:
        show_score(result.score, file.file, file.warnings)
        tell_places(result.folder, ("score.csv", "score.json"))
        click.echo()


def _show(written: Written) -> None:
    from reallot.report import BUDGET_CURVE
    from reallot.report.terminal import show

    show(written.plan, written.curve, written.anyway)
    files = [("report.html", "Report"), ("plan.xlsx", "Workbook"), ("plan.csv", "CSV")]
    if written.curve is not None:
        files.append((BUDGET_CURVE, "Budgets"))
    for name, what in files:
        click.echo(f"{what + ':':<10}{written.folder / name}")
    click.echo()
