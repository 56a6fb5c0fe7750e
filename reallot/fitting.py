"""A project's curves: fitted anew only where what they rest on has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from models.curve import Curves, ResponseCurve
from models.history import History
from reallot.output import write_whole
from reallot.progress import doing
from reallot.project import Project
from reallot.similar import with_assumed

FILE, PAGE = "curves.json", "curves.html"
# A channel of three years of weeks takes about 0.03 s, and starting workers two to three seconds.
_MANY = 150


def curves_of(project: Project) -> Curves:
    """The curves in out/curves.json, fitted first where they are missing or out of date."""
    kept = _kept(project)
    return fit_curves(project) if kept is None else kept


def fit_curves(project: Project) -> Curves:
    """Fit the history and write out/curves.json and its page.

    A curve the planner brought replaces its fit.
    """
    # scikit-learn and the charts take a second to load, and most plans need no fit.
    from models.fit import fit
    from reallot.report.curves_html import curves_html

    fitted = Curves(())
    if project.history is not None:
        with doing(f"Fitting {len(project.history.channels)} curves"):
            fitted = fit(project.history, _workers(project.history))
        fitted = replace(fitted, warnings=(*fitted.warnings, *_season_unseen(project.history)))
    curves = with_assumed(project, _with_given(fitted, project.given))
    document = json.loads(curves.to_json()) | {"inputs": project.inputs_of_curves()}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    page = curves_html(curves, project.history, project.name, project.policy.plan.currency)
    write_whole(out_of(project), {FILE: f"{text}\n".encode(), PAGE: page})
    return curves


def _workers(history: History) -> int | None:
    """Workers for a fit: one where starting more would take longer than they save."""
    if len(history.channels) < _MANY:
        return None
    from joblib import cpu_count

    return int(cpu_count())


def _season_unseen(history: History) -> tuple[str, ...]:
    """What attributed results of less than a year leave open; of totals, the fit says it."""
    if history.revenue is None or len(history.starts) >= history.period.per_year - 1:
        return ()
    return (
        "The history is shorter than a year: what its season brought may pass for an effect of "
        "spend.",
    )


def _with_given(fitted: Curves, given: tuple[ResponseCurve, ...]) -> Curves:
    """The curves the planner brought in place of their fits, whatever results these count."""
    names = {curve.channel for curve in given}

    def rest(curves: tuple[ResponseCurve, ...]) -> tuple[ResponseCurve, ...]:
        return tuple(curve for curve in curves if curve.channel not in names)

    results = {metric: rest(curves) for metric, curves in fitted.results.items()}
    return Curves((*rest(fitted.curves), *given), fitted.warnings, results)


def out_of(project: Project) -> Path:
    """Where results go."""
    return project.folder / "out"


def _kept(project: Project) -> Curves | None:
    try:
        text = (out_of(project) / FILE).read_text(encoding="utf-8")
        stands = json.loads(text)["inputs"] == project.inputs_of_curves()
        if not (stands and (out_of(project) / PAGE).is_file()):
            return None
        return Curves.from_json(text)
    except (OSError, ValueError, KeyError, TypeError):
        # Missing, cut short or of another version: to be fitted again.
        return None
