"""compare.csv, compare.json, compare.html: the current budget and the plans side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

from optimizer.doubt import LEVEL
from optimizer.plan import RESERVE, UNSPENT
from reallot.report.cross_table import broken_rules, by_plan, cross_rows
from reallot.report.figures import money, percent, percent_signed, share_of, span, table_decimals
from reallot.report.measure import MEASURES
from reallot.report.page import render
from reallot.report.plan_csv import Cell, csv_bytes
from reallot.report.plan_json import VERSION, json_bytes
from scenarios.compare import Comparison, Level, Line, Outcome
from scenarios.cross import Crossing

# Floats carry a few digits more than money has; what is beyond a millionth is their noise.
_DECIMALS = 6

_SECTIONS: tuple[tuple[Level, str], ...] = (
    ("quarter", "Quarter"),
    ("unit", "Unit"),
    ("channel", "Channel"),
)


def compare_csv(comparison: Comparison) -> bytes:
    """Money and response line by line, a column for the current budget and one per scenario.

    ``current`` is empty for responses: what the approved budget brings differs by scenario, and
    stands in the rows of the measure ``current_objective``.
    """
    columns = ["measure", "level", "quarter", "name", "current"]
    columns += [outcome.scenario for outcome in comparison.outcomes]
    rows: list[list[Cell]] = []
    for line in comparison.lines:
        place: list[Cell] = [line.level, line.quarter, line.name]
        amounts = [line.current, *line.amounts]
        rows.append(["amount", *place, *map(_plain, amounts)])
        rows.append(["response", *place, None, *map(_plain, line.responses)])
    for measure, values in _measures(comparison).items():
        told = (None if value is None else _plain(value) for value in values)
        rows.append([measure, "total", None, "total", None, *told])
    rows += [[f"cross {measure}", "plan", None, *cells] for measure, cells in _crossed(comparison)]
    return csv_bytes(columns, rows)


def compare_json(comparison: Comparison) -> bytes:
    """The same as one document: a plan per scenario, and the lines with their levels."""
    return json_bytes(
        {
            "version": VERSION,
            "currency": comparison.currency,
            "quarters": comparison.quarters,
            "current": {"budget": comparison.current, "pool": comparison.current_pool},
            "plans": [_outcome(outcome) for outcome in comparison.outcomes],
            "lines": [
                {
                    "level": line.level,
                    "quarter": line.quarter,
                    "name": line.name,
                    "current": _rounded(line.current),
                    "amounts": _by_scenario(comparison, line.amounts),
                    "responses": _by_scenario(comparison, line.responses),
                }
                for line in comparison.lines
            ],
            "cross": [
                {
                    "plan": entry.plan,
                    "future": entry.future,
                    "response": entry.response,
                    "profit": entry.profit,
                    "roi": entry.roi,
                    "broken_rules": [
                        {name: getattr(broken, name) for name in ("rule", "key", "quarter", "text")}
                        for broken in entry.broken_rules
                    ],
                    "regret": entry.regret,
                }
                for entry in comparison.cross
            ],
            "not_planned": [
                {"scenario": name, "why": why} for name, why in comparison.not_planned.items()
            ],
        }
    )


def compare_html(comparison: Comparison, *, has_margins: bool = False) -> bytes:
    """The same for people, in one page."""
    largest = max(comparison.current, *(outcome.budget for outcome in comparison.outcomes))
    page = {
        "comparison": comparison,
        "span": span(comparison.quarters),
        "decimals": table_decimals(largest),
        "sections": [
            (title, [_row(line) for line in comparison.at(level)])
            for level, title in _SECTIONS
            if comparison.at(level)
        ],
        "total": _row(comparison.at("total")[0]),
        "response_decimals": table_decimals(max(o.objective for o in comparison.outcomes)),
        "headline": _headline(comparison),
        "unsure_gain": comparison.objective != "spend" and _known(comparison, "gain_low"),
        "unsure_targets": _known(comparison, "targets_met"),
        "cross": cross_rows(comparison),
        "broken": broken_rules(comparison),
        "has_margins": has_margins,
        "known": _known(comparison, "probability") and len(comparison.outcomes) > 1,
        "signals": _known(comparison, "signal"),
        "now": comparison.now,
        "level": LEVEL,
        "measure": MEASURES[comparison.objective],
    }
    return render("compare.html.j2", page)


def _headline(comparison: Comparison) -> str:
    """What the plans gain, from the least to the most."""

    def said(outcome: Outcome) -> str:
        of = outcome.gain_share
        said_of = percent if comparison.objective == "spend" else percent_signed
        share = "" if of is None else f"{said_of(of)} in "
        return f"{money(outcome.gain, comparison.currency)} ({share}{outcome.scenario})"

    outcomes = sorted(comparison.outcomes, key=lambda outcome: outcome.gain)
    ends = [outcomes[0]] if len(outcomes) == 1 else [outcomes[0], outcomes[-1]]
    amounts = " to ".join(map(said, ends))
    return {
        "response": f"Moving money brings {amounts} more response than the same money spent as "
        "approved.",
        "profit": f"The plans make {amounts} more profit than the approved budget.",
        "spend": f"The targets are met with {amounts} less money on channels than approved.",
    }[comparison.objective]


def _row(line: Line) -> tuple[str, bool, float, list[tuple[float, float | None]]]:
    """Name, whether it is the pool, the current amount, and each plan's amount and change."""
    cells = [(amount, share_of(amount, line.current)) for amount in line.amounts]
    name = line.quarter if line.level == "quarter" and line.quarter else line.name
    return name, line.name in (RESERVE, UNSPENT), line.current, cells


def _crossed(comparison: Comparison) -> Iterator[tuple[str, list[Cell]]]:
    """Measure, and the cells from the plan's name on, of every row of the cross table."""
    for plan, entries in by_plan(comparison):
        for measure in ("response", "profit", "roi", "regret"):
            values = (getattr(entry, measure) for entry in entries)
            told = (None if value is None else _plain(value) for value in values)
            yield measure, [plan, None, *told]
        yield "broken_rules", [plan, None, *map(_broken, entries)]


def _broken(entry: Crossing) -> str:
    return "; ".join(dict.fromkeys(f"{found.rule} {found.key}" for found in entry.broken_rules))


def _outcome(outcome: Outcome) -> dict[str, str | float]:
    """What is known of it: where curves are certain, there is no interval."""
    fields = asdict(outcome).items()
    return {name: value for name, value in fields if name != "gain_share" and value is not None}


def _measures(comparison: Comparison) -> dict[str, list[float | None]]:
    names = ["objective", "bound", "current_objective", "comparable_objective", "gain"]
    doubted = ("gain_low", "gain_high", "probability_of_gain", "targets_met")
    names += [name for name in (*doubted, "probability") if _known(comparison, name)]
    return {name: [getattr(o, name) for o in comparison.outcomes] for name in names}


def _known(comparison: Comparison, name: str) -> bool:
    return any(getattr(outcome, name) is not None for outcome in comparison.outcomes)


def _by_scenario(comparison: Comparison, values: tuple[float, ...]) -> dict[str, float]:
    scenarios = (outcome.scenario for outcome in comparison.outcomes)
    return dict(zip(scenarios, map(_rounded, values), strict=True))


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)


def _plain(value: float) -> Decimal:
    rounded = round(Decimal(repr(value)), _DECIMALS).normalize()
    return rounded if rounded else Decimal(0)
