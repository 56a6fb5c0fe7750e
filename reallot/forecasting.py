"""Forecasts of a project: what comes without the channels, and whether the past was foretold."""

from __future__ import annotations

from models.curve import Curves
from models.forecast import Forecast, forecast
from models.validation import BackTest, back_test
from reallot.fitting import out_of
from reallot.output import write_whole
from reallot.progress import doing
from reallot.project import Project
from reallot.project.dates import first_day_of
from reallot.report.forecast import forecast_csv

FILE = "forecast.csv"


def write_forecast(project: Project, curves: Curves) -> Forecast:
    """The forecast, and out/forecast.csv with it; where there is none, no such file."""
    anyway = forecast_of(project, curves)
    files = {FILE: forecast_csv(anyway, project.policy.plan.currency)} if anyway else {}
    write_whole(out_of(project), files, gone=[] if anyway else [FILE])
    return anyway


def forecast_of(project: Project, curves: Curves) -> Forecast:
    """The forecast for the plan's quarters; it takes a tenth of a second and is not kept."""
    if project.history is None:
        return Forecast()
    quarters = project.budget.quarters
    return forecast(project.history, curves, first_day_of(quarters[0]), quarters)


def back_test_of(project: Project) -> BackTest | None:
    """How past quarters would have been forecast; None where there is no history."""
    if project.history is None:
        return None
    from models.fit import fit  # scikit-learn takes a second to load

    with doing("Forecasting past quarters from what was known before"):
        return back_test(project.history, fit)
