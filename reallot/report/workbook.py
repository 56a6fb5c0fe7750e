"""plan.xlsx: a sheet per view, with real numbers and no formula that came from a file."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from optimizer.plan import Plan
from optimizer.sweep import BudgetCurve
from reallot.report.booking import booked
from reallot.report.budget_curve import budget_sheet
from reallot.report.doubt import doubt_sheet
from reallot.report.figures import difference, share_of, table_decimals
from reallot.report.measure import MEASURES
from reallot.report.ranking import ranking
from reallot.report.reach import standings, warnings_of
from reallot.report.sheet import Book, Column, Value
from reallot.report.story import story_of
from reallot.report.targets import targets_of
from reallot.report.worth import worth_of

_WORDS = 95.0
_SIDES = {"min": "at least", "max": "at most"}


def workbook(plan: Plan, inputs: Mapping[str, str], curve: BudgetCurve | None = None) -> bytes:
    """The workbook of one plan; ``inputs`` are the hashes of the files it rests on."""
    file = io.BytesIO()
    problem = plan.problem
    rows = booked(plan)
    cents = max(0, -int(rows[0].current.as_tuple().exponent)) if rows else 0
    title = f"Budget plan, scenario {problem.scenario}"
    book = Book(file, title, problem.currency, table_decimals(float(problem.budget.sum())), cents)
    _summary(book, plan)
    _plan(book, plan)
    _by_quarter(book, plan)
    _worth(book, plan)
    _targets(book, plan)
    _packages(book, plan)
    _rules(book, plan)
    if plan.bent:
        _gave_way(book, plan)
    if plan.doubt is not None:
        doubt_sheet(book, plan)
    _curves(book, plan)
    if curve is not None:
        budget_sheet(book, plan, curve)
    _warnings(book, plan, inputs)
    book.close()
    return file.getvalue()


def _summary(book: Book, plan: Plan) -> None:
    """The story, and every channel over the horizon with a chart."""
    problem, story = plan.problem, story_of(plan)
    sentences = (
        story.headline,
        story.direction,
        story.sure,
        story.gave_way,
        story.pool,
        story.proof,
    )
    current, amounts = plan.approved.sum(axis=1), plan.recommended.sum(axis=1)
    response = dict.fromkeys(plan.lines, 0.0)
    for row in plan.rows:
        response[row.channel] += row.expected_response
    lines: list[list[Value]] = [
        [name, now, then, difference(then, now), share_of(then, now), response[name]]
        for name, now, then in zip(plan.lines, current.tolist(), amounts.tolist(), strict=True)
    ]
    now, then = float(current.sum()), float(amounts.sum())
    total: list[Value] = [
        "Budget",
        now,
        then,
        difference(then, now),
        share_of(then, now),
        sum(response.values()),
    ]
    columns = (
        Column("Channel", "text", 30),
        Column("Approved", "money", 15),
        Column("Plan", "money", 15),
        Column("Change", "change", 15),
        Column("Change in %", "percent change", 13),
        Column(MEASURES[problem.objective].counted, "money", 17),
    )
    steps = [(step.name, step.amount) for step in story.steps]
    book.story_sheet("Summary", [s for s in sentences if s], steps, columns, lines, total)


def _plan(book: Book, plan: Plan) -> None:
    """The rows of plan.csv."""
    columns = (
        Column("Quarter", "text", 10),
        Column("Channel", "text", 26),
        Column("Approved", "exact", 16),
        Column("Plan", "exact", 16),
        Column("Change", "exact change", 16),
        Column("Change in %", "percent change", 12),
        Column(MEASURES[plan.problem.objective].counted, "money", 16),
        Column(f"Next {plan.problem.currency} brings", "rate", 12),
        Column("Why", "text", _WORDS),
    )
    lines: list[list[Value]] = [
        [
            row.quarter,
            row.channel,
            row.current,
            row.recommended,
            row.change,
            None if row.change_pct is None else row.change_pct / 100,
            row.expected_response,
            row.marginal_return,
            row.reason,
        ]
        for row in booked(plan)
    ]
    book.table_sheet("Plan", columns, lines)


def _by_quarter(book: Book, plan: Plan) -> None:
    """Channels down, quarters across: the plan and its change on the approved amount."""
    problem = plan.problem
    current, amounts = plan.approved, plan.recommended
    columns = [Column("Channel", "text", 26)]
    for quarter in problem.quarters:
        columns += [
            Column(quarter, "money", 14),
            Column(f"{quarter} change", "percent change", 10),
        ]
    columns += [Column("All", "money", 15), Column("All change", "percent change", 10)]
    current, amounts = (np.column_stack([t, t.sum(axis=1)]) for t in (current, amounts))

    def line(name: str, now: np.ndarray, then: np.ndarray) -> list[Value]:
        pairs = zip(then.tolist(), now.tolist(), strict=True)
        return [name, *(value for a, b in pairs for value in (a, share_of(a, b)))]

    lines = [line(name, current[row], amounts[row]) for row, name in enumerate(plan.lines)]
    total = line("Budget", current.sum(axis=0), amounts.sum(axis=0))
    book.table_sheet("By quarter", columns, lines, total)


def _worth(book: Book, plan: Plan) -> None:
    """Value by part and cost by kind, where there is more than one."""
    found = worth_of(plan)
    if not found:
        return
    names = list(found[-1].parts)
    kinds = ("Value", "Fixed cost", "Media", "Cost of result", "Cost")
    columns = [Column("Channel", "text", 26)]
    columns += [Column(name.capitalize(), "money", 16) for name in (*names, *kinds)]
    columns += [Column("ROI", "percent change", 10), Column("Direct ROI", "percent change", 12)]
    *lines, total = (
        [
            worth.name,
            *worth.parts.values(),
            worth.value,
            worth.fixed,
            worth.media,
            worth.result,
            worth.cost,
            worth.roi,
            worth.direct_roi,
        ]
        for worth in found
    )
    book.table_sheet("Value and cost", columns, lines, total)


def _targets(book: Book, plan: Plan) -> None:
    """Every target, and whether the plan meets it."""
    columns = (
        Column("Target", "text", 20),
        Column("Asked", "number", 18),
        Column("Reached", "number", 18),
        Column("Unit", "text", 14),
        Column("Met", "text", 8),
    )
    lines: list[list[Value]] = [
        [t.name, t.asked, t.reached, t.unit, "met" if t.met else "missed"] for t in targets_of(plan)
    ]
    if lines:
        book.table_sheet("Targets", columns, lines)


def _packages(book: Book, plan: Plan) -> None:
    """The decision packages in their order, where the plan has some."""
    ranks = ranking(plan)
    if not ranks:
        return
    columns = (
        Column("Rank", "text", 6),
        Column("Package", "text", 26),
        Column("Class", "text", 14),
        Column("Channel", "text", 20),
        Column("Quarter", "text", 10),
        Column("Cost", "exact", 16),
        Column("Return", "money", 16),
        Column("Conversion", "percent", 11),
        Column("Priority", "text", 9),
        Column("Funded", "text", 8),
        Column("Cost of the class so far", "exact", 16),
        Column("Cut line", "text", 9),
        Column("Why", "text", _WORDS),
    )
    lines: list[list[Value]] = [
        [
            str(rank.rank),
            rank.package,
            rank.class_,
            rank.channel,
            rank.quarter,
            rank.cost,
            rank.return_,
            rank.conversion,
            None if rank.priority is None else f"{rank.priority:g}",
            "yes" if rank.funded else "",
            rank.cumulative_cost,
            rank.cut_line,
            rank.reason,
        ]
        for rank in ranks
    ]
    book.table_sheet("Packages", columns, lines)


def _rules(book: Book, plan: Plan) -> None:
    """Every row of every rule from each side, with room and price."""
    columns = (
        Column("Rule", "text", 18),
        Column("For", "text", 26),
        Column("Quarter", "text", 10),
        Column("Side", "text", 9),
        Column("Limit", "number", 16),
        Column("Used", "number", 16),
        Column("Room", "number", 16),
        Column("Unit", "text", 7),
        Column("Binds", "text", 7),
        Column("Price of one unit", "number", 16),
        Column("In words", "text", _WORDS),
    )
    lines: list[list[Value]] = [
        [
            entry.rule.replace("_", " "),
            entry.key,
            "all" if entry.quarter is None else entry.quarter,
            _SIDES[entry.side],
            entry.limit,
            entry.used,
            entry.slack,
            entry.unit,
            "yes" if entry.binding else "",
            max(entry.price, 0.0),
            entry.text,
        ]
        for entry in plan.rules
    ]
    book.table_sheet("Rules", columns, lines)


def _gave_way(book: Book, plan: Plan) -> None:
    """Every rule that gave way, how far, and what one unit further would bring."""
    columns = (
        Column("Rule", "text", 12),
        Column("For", "text", 26),
        Column("Quarter", "text", 10),
        Column("Side", "text", 9),
        Column("Limit", "number", 16),
        Column("Plan", "number", 16),
        Column("Beyond it", "number", 16),
        Column("Unit", "text", 10),
        Column("Level", "number", 8),
        Column("Price of one unit further", "number", 16),
        Column("In words", "text", _WORDS),
    )
    lines: list[list[Value]] = [
        [
            bent.rule,
            bent.key,
            "all" if bent.quarter is None else bent.quarter,
            _SIDES[bent.side],
            bent.limit,
            bent.used,
            bent.excess,
            bent.unit,
            bent.level,
            bent.price,
            bent.text,
        ]
        for bent in plan.bent
    ]
    book.table_sheet("Gave way", columns, lines)


def _curves(book: Book, plan: Plan) -> None:
    """Every curve with its parameters, its fit, and where the plan stands on it."""
    columns = (
        Column("Channel", "text", 26),
        Column("Form", "text", 12),
        Column("Known", "text", 8),
        Column("Period", "text", 9),
        Column("Approved a period", "money", 14),
        Column("Plan a period", "money", 14),
        Column("Seen from", "money", 14),
        Column("Seen to", "money", 14),
        Column("Top", "money", 16),
        Column("Half", "money", 16),
        Column("Slope", "rate", 9),
        Column("Carry-over", "percent", 11),
        Column("R²", "rate", 8),
        Column("Error held out", "percent", 11),
        Column("Elasticity", "rate", 10),
        Column("Notes", "text", _WORDS),
    )
    found, from_zero = standings(plan), {rank.channel for rank in ranking(plan)}
    lines: list[list[Value]] = []
    for channel in plan.problem.channels:
        standing = found.get(channel.name)
        if standing is None:
            note = "counted in the budget only"
            if channel.name in from_zero:
                note = "planned from zero: see Packages"
            lines.append([channel.name, "none", "no", *([None] * 12), note])
            continue
        curve, seen = standing.curve, standing.seen
        fit = curve.diagnostics
        notes = [*fit.notes, *([standing.beyond] if standing.beyond is not None else [])]
        lines.append(
            [
                channel.name,
                str(curve.form),
                "yes" if curve.known else "no",
                str(curve.period),
                standing.current[0],
                standing.recommended[0],
                *((None, None) if seen is None else seen),
                curve.top,
                curve.half,
                curve.slope,
                curve.carryover,
                fit.r2,
                fit.holdout_error,
                fit.elasticity,
                "; ".join(notes),
            ]
        )
    book.table_sheet("Curves", columns, lines)


def _warnings(book: Book, plan: Plan, inputs: Mapping[str, str]) -> None:
    """What to know before deciding, and the files behind it."""
    columns = (Column("About", "text", 24), Column("What to know", "text", 1.4 * _WORDS))
    warnings = warnings_of(plan) or ("none",)
    lines: list[list[Value]] = [["Warning", text] for text in warnings]
    lines += [[name, f"sha256 {digest}"] for name, digest in sorted(inputs.items())]
    book.table_sheet("Warnings", columns, lines)
