"""The commands."""

# Nothing but click is imported here: each command loads what it needs, so that --help is fast.

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reallot import __version__
from reallot.errors import on_one_line
from reallot.exits import AS_JSON, Commands

if TYPE_CHECKING:
    from reallot.planning import Written
    from reallot.project import Project
    from scenarios.hedge import Sought

FOLDER = click.Path(path_type=Path)
TIME_LIMIT = 60.0


def _folder(command: Any) -> Any:
    return click.argument("folder", type=FOLDER, default=".", metavar="[PROJECT]")(command)


def _as_json(command: Any) -> Any:
    def note(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
        ctx.meta[AS_JSON] = value
        return value

    return click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=note,
        help="Write one JSON document to standard output.",
    )(command)  # fmt: skip


def _jobs(help_: str) -> Callable[[Any], Any]:
    return click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=help_)


def _time_limit(command: Any) -> Any:
    return click.option(
        "--time-limit", type=click.FloatRange(min=0, min_open=True), default=TIME_LIMIT,
        show_default=True, metavar="S", help="Seconds for each scenario.",
    )(command)  # fmt: skip


def _from_quarter(command: Any) -> Any:
    return click.option(
        "--from-quarter", metavar="QUARTER",
        help="Plan on from this quarter (2027Q2): those before it are closed at their actuals.",
    )(command)  # fmt: skip


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reallot")
def main() -> None:
    """Plan where a quarterly budget should move, with a proof of how good the plan is.

    \b
    Example:
      reallot demo
    """


@main.command()
@click.argument("folder", type=FOLDER, default="reallot-demo", metavar="[DIR]")
def demo(folder: Path) -> None:
    """Copy the sample project to DIR (./reallot-demo) and run all of it.

    \b
    Example:
      reallot demo my-demo
    """
    from reallot.start.sample import copy_sample

    copy_sample(folder)
    _run_all(folder)


@main.command()
@click.option(
    "--from", "table", type=FOLDER, metavar="FILE",
    help="A table of spend and results; its columns are guessed.",
)  # fmt: skip
@click.argument("folder", type=FOLDER, default=".", metavar="[DIR]")
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
    for line in lines:
        click.echo(on_one_line(line))
    click.echo(f"Next: reallot plan {folder}")


@main.command(name="import")
@click.option("--replace", is_flag=True, help="Write curves.csv anew where there is one.")
@_as_json
@click.argument("file", type=FOLDER, metavar="FILE")
@_folder
def import_(file: Path, folder: Path, replace: bool, as_json: bool) -> None:
    """Take the curves of another tool's model: write them into the project's curves.csv.

    FILE is a model saved by PyMC-Marketing (.nc) or exported by Robyn (.json), or response curves
    of Meridian (.nc). What is taken, how close it is, and what is not, is said.

    \b
    Examples:
      reallot import model.nc my-project
      reallot import --replace RobynModel-3_165_9.json my-project
    """
    from reallot.imports.curves_file import write_curves
    from reallot.imports.model_file import read_model
    from reallot.imports.summary import document, lines
    from reallot.progress import doing

    with doing(f"Reading {on_one_line(file.name)}"):
        model = read_model(file)
    path = write_curves(model.curves, folder, anew=replace)
    if as_json:
        click.echo(json.dumps(document(model), ensure_ascii=False))
        return
    for line in lines(model):
        click.echo(on_one_line(line))
    _warn(model.notes)
    click.echo(f"Curves: {path}")
    click.echo(f"Next: reallot check {folder}")


@main.command()
@_as_json
@_folder
def check(folder: Path, as_json: bool) -> None:
    """Say everything that is wrong with a project's files, with file, row and remedy.

    \b
    Example:
      reallot check my-project
    """
    project = _read(folder)
    if as_json:
        click.echo(json.dumps({"errors": [], "warnings": project.warnings}, ensure_ascii=False))
        return
    for line in _summary(project):
        click.echo(on_one_line(line))


@main.command()
@click.option(
    "--back-test",
    is_flag=True,
    help="Also fit to what was known one to four quarters ago: was what came foretold?",
)
@_as_json
@_folder
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
    from reallot.report.fit_table import fit_document, fit_rows, fit_sentences, fit_table
    from reallot.report.terminal import say

    project = _read(folder)
    curves = fit_curves(project)
    anyway = write_forecast(project, curves)
    tried = back_test_of(project) if back_test else None
    rows = fit_rows(curves, project.history, tried)
    path = out_of(project) / FILE
    if as_json:
        document = json.loads(path.read_text(encoding="utf-8"))
        document |= fit_document(rows, anyway, tried)
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(fit_table(rows))
    say(fit_sentences(anyway, tried, project.policy.plan.currency))
    _warn((*project.warnings, *curves.warnings, *anyway.notes))
    click.echo(f"Curves: {path}")
    click.echo(f"Page:   {out_of(project) / PAGE}")


@main.command()
@click.option("--scenario", metavar="NAME", help="Plan this one only.")
@click.option(
    "--budget-curve",
    is_flag=True,
    help="Also plan with 50 % to 150 % of the budget: until where does more money pay?",
)
@click.option(
    "--score",
    "own",
    type=FOLDER,
    metavar="FILE",
    help="Plan nothing: say how good this budget is (as budget.csv, or a plan.csv).",
)
@_from_quarter
@_time_limit
@_as_json
@_folder
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
    if own is not None:
        if budget_curve:
            raise click.UsageError("--score plans nothing: leave out --budget-curve")
        _score(_read(folder, from_quarter), own, scenario, time_limit, as_json)
        return
    from reallot.fitting import curves_of
    from reallot.planning import chosen, plan_all

    project = _read(folder, from_quarter)
    scenarios = chosen(project, scenario)
    curves = curves_of(project)
    written = plan_all(project, curves, scenarios, time_limit, budget_curve=budget_curve)
    if as_json:
        documents = [result.document for result in written]
        click.echo(json.dumps(documents, ensure_ascii=False))
        return
    for result in written:
        _show(result)


def _score(
    project: Project, own: Path, scenario: str | None, time_limit: float, as_json: bool
) -> None:
    from reallot.planning import chosen
    from reallot.project.own_plan import read_own_plan
    from reallot.report.terminal import show_score
    from reallot.scoring import score_all

    scenarios = chosen(project, scenario)
    file = read_own_plan(own, project)
    scored = score_all(project, file, scenarios, time_limit)
    if as_json:
        documents = [result.document for result in scored]
        click.echo(json.dumps(documents, ensure_ascii=False))
        return
    for result in scored:
        show_score(result.score, file.file, file.warnings)
        _list_files(result.folder, ("score.csv", "score.json"))
        click.echo()


@main.command()
@_from_quarter
@_time_limit
@_as_json
@_folder
def compare(folder: Path, from_quarter: str | None, time_limit: float, as_json: bool) -> None:
    """Put the current budget and every scenario's plan side by side in out/compare.*.

    Scenarios whose files have changed since are planned again.

    \b
    Example:
      reallot compare my-project
    """
    from reallot.comparing import compare_all
    from reallot.fitting import out_of

    project = _read(folder, from_quarter)
    files = compare_all(project, time_limit)
    if as_json:
        click.echo(files["compare.json"].decode(), nl=False)
        return
    _show_files("All plans side by side:", out_of(project), files)


def _once(ctx: click.Context, option: click.Parameter, values: tuple[Any, ...]) -> Any:
    """An option's value; given twice, one of the two would be dropped without a word."""
    if len(values) > 1:
        raise click.UsageError(f"{option.opts[0]} is given {len(values)} times: give it once.", ctx)
    return values[0] if values else None


@main.command()
@click.option(
    "--futures", type=click.IntRange(1, 100_000), multiple=True, callback=_once, metavar="N",
    help="How many futures; [simulate] futures otherwise.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), multiple=True, callback=_once, metavar="N",
    help="Another seed draws other futures.",
)  # fmt: skip
@click.option("--scenario", metavar="NAME", help="Draw futures around this one; flat otherwise.")
@click.option("--reoptimise", is_flag=True, help="Also plan every future anew.")
@_jobs("Futures planned at once; all processors otherwise.")
@_from_quarter
@_time_limit
@_as_json
@_folder
def simulate(
    folder: Path,
    futures: int | None,
    seed: int | None,
    scenario: str | None,
    reoptimise: bool,
    jobs: int | None,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Judge the current budget and every plan in many futures, in out/simulate.*.

    \b
    Examples:
      reallot simulate my-project
      reallot simulate --scenario recession --futures 5000 my-project
      reallot simulate --reoptimise --futures 500 --jobs 2 my-project
    """
    from reallot.fitting import out_of
    from reallot.simulating import simulate_all

    if jobs is not None and not reoptimise:
        raise click.UsageError("--jobs is for --reoptimise: give both, or neither.")
    project = _read(folder, from_quarter)
    files = simulate_all(
        project,
        scenario,
        time_limit,
        futures=futures,
        seed=seed,
        anew=reoptimise,
        jobs=-1 if jobs is None else jobs,
    )
    if as_json:
        click.echo(files["simulate.json"].decode(), nl=False)
        return
    _show_files("All plans in the same futures:", out_of(project), files)


@main.command()
@click.option("--scenario", metavar="NAME", help="Whose plan is looked at; flat otherwise.")
@_jobs("Plans made at once; all processors otherwise.")
@_from_quarter
@_time_limit
@_as_json
@_folder
def sensitivity(
    folder: Path,
    scenario: str | None,
    jobs: int | None,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Move each input by 10 and 20 % and plan again, in out/sensitivity.*.

    \b
    Examples:
      reallot sensitivity my-project
      reallot sensitivity --scenario recession my-project
    """
    from reallot.fitting import out_of
    from reallot.sensing import sensitivity_of

    project = _read(folder, from_quarter)
    files = sensitivity_of(project, scenario, time_limit, -1 if jobs is None else jobs)
    if as_json:
        click.echo(files["sensitivity.json"].decode(), nl=False)
        return
    _show_files("What the plan depends on:", out_of(project), files)


@main.command()
@click.option(
    "--objective",
    type=click.Choice(["expectation", "regret", "cvar"]),
    default="expectation",
    show_default=True,
    help="What to seek: the most on average, the least largest regret, or the most in the worst "
    "cases.",
)
@click.option(
    "--worst",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="With cvar: the share of probability that counts as the worst.  [default: 0.2]",
)
@click.option("--no-release", is_flag=True, help="Never release the pool to channels.")
@_from_quarter
@_time_limit
@_as_json
@_folder
def hedge(
    folder: Path,
    objective: Sought,
    worst: float | None,
    no_release: bool,
    from_quarter: str | None,
    time_limit: float,
    as_json: bool,
) -> None:
    """Decide this quarter once for all scenarios, with a playbook for each, in out/hedge.*.

    Later quarters differ by scenario, and what was set aside may be released there.

    \b
    Examples:
      reallot hedge my-project
      reallot hedge --objective regret my-project
      reallot hedge --objective cvar --worst 0.1 --no-release my-project
    """
    from reallot.fitting import out_of
    from reallot.hedging import hedge_all, signals_of
    from reallot.report.terminal import show_hedge
    from scenarios.hedge import Terms

    if worst is not None and objective != "cvar":
        raise click.UsageError("--worst says which share --objective cvar looks at: name both")
    share = 0.2 if worst is None else worst
    project = _read(folder, from_quarter)
    found, files = hedge_all(project, Terms(objective, share, not no_release), time_limit)
    if as_json:
        click.echo(files["hedge.json"].decode(), nl=False)
        return
    show_hedge(found, signals_of(project))
    _list_files(out_of(project), files)


def _run_all(folder: Path) -> None:
    from reallot.comparing import compare_all
    from reallot.fitting import curves_of, out_of
    from reallot.hedging import hedge_all
    from reallot.planning import chosen, plan_all
    from reallot.sensing import sensitivity_of
    from reallot.simulating import simulate_all
    from scenarios.hedge import Terms

    project = _read(folder)
    for result in plan_all(project, curves_of(project), chosen(project, None), TIME_LIMIT):
        _show(result)
    out = out_of(project)
    _show_files("All plans side by side:", out, compare_all(project, TIME_LIMIT))
    _show_files("All scenarios together:", out, hedge_all(project, Terms(), TIME_LIMIT)[1])
    _show_files("All plans in 1,000 futures:", out, simulate_all(project, None, TIME_LIMIT))
    _show_files("What the plan depends on:", out, sensitivity_of(project, None, TIME_LIMIT, None))


def _read(folder: Path, from_quarter: str | None = None) -> Project:
    from reallot.project import read_project

    return read_project(folder, from_quarter)


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


def _show_files(what: str, folder: Path, names: Iterable[str]) -> None:
    click.echo(what)
    _list_files(folder, names)


def _list_files(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        click.echo(f"{'':<10}{folder / name}")


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        click.echo(on_one_line(f"Note: {warning}"), err=True)


def _summary(project: Project) -> list[str]:
    """A project in a few lines, for whoever checks it."""
    budget, history = project.budget, project.history
    money = f"{sum(budget.totals):,} {project.policy.plan.currency}"
    lines = [
        f"{project.name}: nothing is wrong.",
        f"Budget: {money} in {', '.join(budget.quarters)}, {len(budget.channels)} channels",
    ]
    if history is not None:
        first, last = history.starts[0], history.starts[-1]
        results = [*history.attributed, *(["total revenue"] if history.outcome is not None else [])]
        lines.append(
            f"History: {len(history.starts)} {history.period}s, {first} to {last}, "
            f"{len(history.channels)} channels, with {', '.join(results) or 'no results'}"
        )
    if project.given:
        lines.append(f"Curves given: {', '.join(curve.channel for curve in project.given)}")
    lines.append(f"Scenarios: {', '.join(project.scenarios)}")
    return [*lines, *(f"Note: {warning}" for warning in project.warnings)]
