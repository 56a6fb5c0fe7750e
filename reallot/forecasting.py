"""The forecast of what comes without the channels, for the quarters of a project's plan."""

from __future__ import annotations

from models.curve import Curves
from models.forecast import Forecast, forecast
from reallot.fitting import out_of
from reallot.output import write_whole
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
    """The forecast for the plan's quarters; it takes milliseconds and is not kept."""
    if project.history is None:
        return Forecast()
    quarters = project.budget.quarters
    return forecast(project.history, curves, first_day_of(quarters[0]), quarters)
