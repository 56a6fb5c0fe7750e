"""The curve of best response against budget: budget_curve.csv, a sheet, and what it says."""

from __future__ import annotations

from optimizer.plan import Plan
from optimizer.sweep import BudgetCurve
from reallot.report.booking import amount_in_full, significant
from reallot.report.figures import money, percent, short
from reallot.report.measure import MEASURES
from reallot.report.plan_csv import csv_bytes
from reallot.report.sheet import Book, Column, Value


def budget_curve_csv(plan: Plan, curve: BudgetCurve) -> bytes:
    """One row per budget, the smallest first; UTF-8, plain numbers."""
    columns = ("budget", "best_response", "bound", "marginal")
    rows = [
        (
            amount_in_full(plan, point.budget),
            amount_in_full(plan, point.best),
            amount_in_full(plan, point.bound),
            None if point.marginal is None else significant(point.marginal),
        )
        for point in curve.points
    ]
    return csv_bytes(columns, rows)


def budget_sheet(book: Book, plan: Plan, curve: BudgetCurve) -> None:
    """A sheet of the curve point by point, with until where money pays."""
    columns = (
        Column("Budget", "money", 16),
        Column("Of this plan's", "percent", 12),
        Column(f"Best {MEASURES[plan.problem.objective].counted.lower()}", "money", 17),
        Column("Upper bound", "money", 17),
        Column(f"Next {plan.problem.currency} brings", "rate", 12),
        Column("What it means", "text", 95.0),
    )
    own = float(plan.problem.budget.sum())
    sentences = sentences_of(plan, curve)
    lines: list[list[Value]] = [
        [point.budget, point.budget / own, point.best, point.bound, point.marginal, ""]
        for point in curve.points
    ]
    lines += [[None] * (len(columns) - 1) for _ in sentences[len(lines) :]]
    for line, sentence in zip(lines, sentences, strict=False):
        line[len(columns) - 1 :] = [sentence]
    book.table_sheet("Budgets", columns, lines)


def sentences_of(plan: Plan, curve: BudgetCurve) -> tuple[str, ...]:
    """Until where money pays; then, if there are any, the budgets without a plan."""
    left_out: dict[str, list[str]] = {}
    for budget, why in curve.left_out:
        left_out.setdefault(why, []).append(short(budget))
    currency = plan.problem.currency
    return (
        _pays(plan, curve),
        *(f"Left out ({why}): {', '.join(of)} {currency}." for why, of in left_out.items()),
    )


def _pays(plan: Plan, curve: BudgetCurve) -> str:
    currency = plan.problem.currency
    one_more = f"One more {currency} of budget"
    if curve.margin != 1.0:
        one_more += f", at a margin of {percent(curve.margin, 0)} of what it brings,"
    if curve.pays_until is not None:
        share = curve.pays_until / float(plan.problem.budget.sum()) - 1
        than = f"{percent(abs(share), 0)} {'more' if share > 0 else 'less'} than this plan's budget"
        where = than if abs(share) >= 0.005 else "which is this plan's budget"
        until = money(curve.pays_until, currency)
        return f"{one_more} brings more than it costs up to about {until}, {where}."
    if curve.pays == "throughout":
        end, words = curve.points[-1], "more than it costs at every budget tried, up to"
    else:
        end, words = curve.points[0], "less than it costs at every budget tried, from"
    return f"{one_more} brings {words} {money(end.budget, currency)}."
