"""What people open: a plan and a comparison as the bytes of their files."""

from __future__ import annotations

from collections.abc import Mapping

from models.forecast import Forecast
from optimizer.plan import Plan
from optimizer.sweep import BudgetCurve
from reallot.report.budget_curve import budget_curve_csv
from reallot.report.compare_files import compare_csv, compare_html, compare_json
from reallot.report.hedge_files import hedge_files
from reallot.report.months_csv import months_csv
from reallot.report.packages_csv import packages_csv
from reallot.report.plan_csv import plan_csv
from reallot.report.plan_json import plan_json
from reallot.report.ranking import ranking
from reallot.report.report_html import report_html
from reallot.report.score_files import score_files
from reallot.report.sensitivity_files import sensitivity_files
from reallot.report.simulate_files import simulate_files
from reallot.report.workbook import workbook
from scenarios.compare import Comparison

__all__ = [
    "BUDGET_CURVE",
    "OPTIONAL",
    "compare_files",
    "hedge_files",
    "plan_files",
    "score_files",
    "sensitivity_files",
    "simulate_files",
]

PACKAGES, BUDGET_CURVE = "packages.csv", "budget_curve.csv"
# What only some plans have: an earlier plan's would not be this one's.
OPTIONAL = (PACKAGES, BUDGET_CURVE)


def plan_files(
    plan: Plan,
    inputs: Mapping[str, str],
    curve: BudgetCurve | None = None,
    anyway: Forecast | None = None,
) -> dict[str, bytes]:
    """The files of one plan by name; ``inputs`` are the hashes of the files it rests on.

    ``anyway`` is the revenue that comes without the channels in the plan's scenario.

    The same plan gives the same bytes.
    """
    files = {
        "plan.csv": plan_csv(plan),
        "months.csv": months_csv(plan),
        "plan.json": plan_json(plan, inputs),
        "plan.xlsx": workbook(plan, inputs, curve),
        "report.html": report_html(plan, inputs, curve, anyway),
    }
    if ranking(plan):
        files[PACKAGES] = packages_csv(plan)
    if curve is not None:
        files[BUDGET_CURVE] = budget_curve_csv(plan, curve)
    return files


def compare_files(comparison: Comparison, *, has_margins: bool = False) -> dict[str, bytes]:
    """The files that put several plans side by side, by name.

    ``has_margins`` is whether margins say what response is worth in the profit of the cross table.
    """
    return {
        "compare.csv": compare_csv(comparison),
        "compare.json": compare_json(comparison),
        "compare.html": compare_html(comparison, has_margins=has_margins),
    }
