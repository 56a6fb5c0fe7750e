"""report.html: one plan for people to read, argue with and print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from models.forecast import Forecast
from models.saturation import Floats
from optimizer.channel import WEIGHT
from optimizer.comparable import spent_lines
from optimizer.doubt import LEVEL
from optimizer.plan import RESERVE, UNSPENT, Plan
from optimizer.rules import funds
from optimizer.sweep import BudgetCurve
from reallot.report.binding import binding_rules, dearest, spans
from reallot.report.budget_curve import sentences_of
from reallot.report.charts import budget_chart, curve_chart
from reallot.report.doubt import FLAGS, flagged, picture_of, unsure_channels
from reallot.report.figures import difference, percent, rate, share_of, short, span, table_decimals
from reallot.report.forecast import anyway_sentence
from reallot.report.measure import MEASURES
from reallot.report.page import render
from reallot.report.ranking import ranking
from reallot.report.reach import Standing, standings, warnings_of
from reallot.report.story import story_of
from reallot.report.targets import targets_of
from reallot.report.worth import worth_of

# A drawing is some 7 kB and 40 ms; beyond these the table of curves says it better.
MOST_DRAWN = 12
MOST_RULES = 40
_MOST_PRICES = 6


@dataclass(frozen=True)
class Line:
    """One channel, the pool, a fund or what stays unspent, over the horizon and by quarter (Q,).

    ``response`` is None where nothing is known of what the channel brings. ``marginal`` is the mean
    of the quarters weighted by their money, ``bar`` the change on a scale of -100 to 100.
    """

    name: str
    kept: bool
    current: Floats
    recommended: Floats
    response: float | None
    marginal: float | None
    bar: float

    @property
    def change(self) -> float:
        """Money more or less than approved."""
        return difference(float(self.recommended.sum()), float(self.current.sum()))

    @property
    def share(self) -> float | None:
        """The change as a share of the approved amount; None where that is 0."""
        return share_of(float(self.recommended.sum()), float(self.current.sum()))

    @property
    def cells(self) -> tuple[tuple[float, float | None], ...]:
        """Amount and change by quarter."""
        pairs = zip(self.recommended.tolist(), self.current.tolist(), strict=True)
        return tuple((amount, share_of(amount, current)) for amount, current in pairs)


@dataclass(frozen=True)
class Drawing:
    """One curve with its words."""

    name: str
    words: str
    standing: Standing
    svg: Markup


def report_html(
    plan: Plan,
    inputs: Mapping[str, str],
    curve: BudgetCurve | None = None,
    anyway: Forecast | None = None,
) -> bytes:
    """The report of one plan; ``inputs`` are the hashes of the files it rests on."""
    more = {"budgets": _budgets(plan, curve), "anyway": _anyway(plan, anyway)}
    return render("report.html.j2", _page(plan, inputs) | more)


def _anyway(plan: Plan, anyway: Forecast | None) -> dict[str, Any] | None:
    """What comes anyway and what the plan adds by quarter, if there is a forecast."""
    if not anyway:
        return None
    problem = plan.problem
    brought = dict.fromkeys(problem.quarters, 0.0)
    for row in plan.rows:
        brought[row.quarter] += row.expected_response
    columns = (anyway.quarters, anyway.mean, anyway.low, anyway.high, brought.values())
    return {
        "sentence": anyway_sentence(anyway, problem.currency),
        "rows": tuple(zip(*columns, strict=True)),
        "level": anyway.level,
        "decimals": table_decimals(max(anyway.mean)),
    }


def _budgets(plan: Plan, curve: BudgetCurve | None) -> dict[str, Any] | None:
    """The budget curve, if there is one, and what it says."""
    if curve is None:
        return None
    sentences = sentences_of(plan, curve)
    return {
        "svg": budget_chart(plan, curve),
        "sentences": sentences,
        "ends": curve.pays_until is not None,
    }


def _page(plan: Plan, inputs: Mapping[str, str]) -> dict[str, Any]:
    problem, story = plan.problem, story_of(plan)
    lines = _lines(plan)
    found = standings(plan)
    drawn = _most_moved([line for line in lines if _drawable(line, found)])
    binding = binding_rules(plan)
    warnings = warnings_of(plan)
    worth = worth_of(plan)
    budget = float(problem.budget.sum())
    approved = float(problem.current.sum() + problem.current_pool.sum())
    return {
        "scenario": problem.scenario,
        "currency": problem.currency,
        "quarters": problem.quarters,
        "span": span(problem.quarters),
        "story": story,
        "steps": tuple(zip(story.steps, _step_words(plan), strict=True)),
        "objective": plan.objective,
        "measure": MEASURES[problem.objective],
        "kind": problem.objective,
        "brought": sum(row.expected_response for row in plan.rows),
        "unspent": float(plan.allocation.unspent.sum()),
        "worth": worth,
        "weights": worth[-1].parts.get(WEIGHT, 0.0) if worth else 0.0,
        "targets": targets_of(plan),
        "picture": picture_of(plan),
        "unsure": unsure_channels(plan),
        "flagged": flagged(plan),
        "flags": FLAGS,
        "level": LEVEL,
        "worlds": 0 if plan.doubt is None else plan.doubt.members,
        "budget": budget,
        "approved": approved,
        "budget_change": difference(budget, approved),
        "budget_share": share_of(budget, approved),
        "pool": float(plan.allocation.pool.sum()),
        "decimals": table_decimals(budget),
        "response_decimals": table_decimals(plan.objective),
        "closed": len(problem.closed_quarters),
        "quarter_budgets": problem.holds.tolist(),
        "warnings": warnings,
        "channels": sorted(lines, key=lambda line: (line.kept, 0.0 if line.kept else -line.change)),
        "grid": lines,
        "packages": ranking(plan),
        "from_zero": {rank.channel for rank in ranking(plan)},
        "curves": [(channel.name, found.get(channel.name)) for channel in problem.channels],
        "drawn": [_drawing(plan, name, found[name]) for name in drawn],
        "left_out": len(problem.channels) - len(drawn),
        "dearest": dearest(plan, _MOST_PRICES),
        "binding": binding[:MOST_RULES],
        "binding_left_out": max(0, len(binding) - MOST_RULES),
        "bent": plan.bent[:MOST_RULES],
        "bent_left_out": max(0, len(plan.bent) - MOST_RULES),
        "spans": spans(plan),
        "rule_count": len(plan.rules),
        "inputs": sorted(inputs.items()),
    }


def _lines(plan: Plan) -> list[Line]:
    """Channels in the plan's order, then the pool, then what stays unspent."""
    problem, quarters = plan.problem, len(plan.problem.quarters)
    current, amounts = plan.approved, plan.recommended
    change = np.abs((amounts - current).sum(axis=1))
    widest = float(change.max()) if change.max() > 0 else 1.0
    rows = {(row.channel, row.quarter): row for row in plan.rows}
    found, from_zero = standings(plan), {rank.channel for rank in ranking(plan)}
    kept = {*funds(problem), RESERVE, UNSPENT}
    lines = []
    for number, name in enumerate(plan.lines):
        own = [rows[name, quarter] for quarter in problem.quarters]
        # Of profit it is always known what was paid.
        told = problem.objective == "profit" or name in from_zero
        told |= name in found and found[name].drawable
        rates = [row.marginal_return for row in own if row.marginal_return is not None]
        weights = amounts[number] if amounts[number].sum() > 0 else np.ones(quarters)
        lines.append(
            Line(
                name=name,
                kept=name in kept,
                current=current[number],
                recommended=amounts[number],
                response=sum(row.expected_response for row in own) if told else None,
                marginal=float(np.average(rates, weights=weights)) if rates else None,
                bar=100 * float((amounts - current)[number].sum()) / widest,
            )
        )
    return lines


def _most_moved(lines: list[Line]) -> list[str]:
    """The channels to draw: those that move most, in the plan's order."""
    moved = sorted(lines, key=lambda line: -float(np.abs(line.recommended - line.current).sum()))
    chosen = {line.name for line in moved[:MOST_DRAWN]}
    return [line.name for line in lines if line.name in chosen]


def _drawable(line: Line, found: Mapping[str, Standing]) -> bool:
    return line.name in found and found[line.name].drawable


def _drawing(plan: Plan, name: str, standing: Standing) -> Drawing:
    (now, brought), (then, brings) = standing.current, standing.recommended
    period, currency = standing.curve.period, plan.problem.currency
    words = f"{short(now)} → {short(then)} a {period} brings {short(brought)} → {short(brings)}"
    if then > 0:
        words += f"; {rate(brings / then)} per {currency}"
    return Drawing(name, words, standing, curve_chart(standing))


def _step_words(plan: Plan) -> tuple[str, ...]:
    """What each step of the story means, beside its amount."""
    currency = plan.problem.currency
    if plan.sense == "min":
        return "money on channels as approved", "what meeting the targets saves or takes", ""
    if plan.problem.objective == "profit":
        return "what the approved amounts would make in this scenario", "", ""
    base = plan.comparable_objective
    share = f"{percent(plan.gain / base)} more by " if base else ""
    lines = spent_lines(plan.problem)
    spent, approved = (
        float(amounts[lines].sum()) for amounts in (plan.allocation.spend, plan.problem.current)
    )
    on_channels = f"{short(spent)} {currency} on channels in place of {short(approved)}"
    same = "as much on channels as approved"
    return (
        "what the approved amounts would bring in this scenario",
        on_channels if difference(spent, approved) else same,
        f"{share}placing the same money elsewhere" if plan.gain >= 0 else "what the rules cost",
        "",
    )
