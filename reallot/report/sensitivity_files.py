"""sensitivity.csv, sensitivity.json, sensitivity.html: what a plan depends on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from optimizer.plan import Plan
from reallot.report.figures import percent, percent_signed, share_of
from reallot.report.measure import MEASURES
from reallot.report.page import render
from reallot.report.plain import plain, rounded
from reallot.report.plan_csv import Cell, csv_bytes
from reallot.report.plan_json import VERSION, json_bytes
from scenarios.sensitivity import FURTHEST, MOVED, Effect, Sensitivity, Step, Turn, in_words

_COLUMNS = ("scenario", "input", "channel", "by", "objective", "change", "held", "moved", "why")
# Bars of the picture; the rest is in the table below it.
_MOST_BARS = 15


@dataclass(frozen=True)
class Most:
    """Of an input's two furthest steps the one that moves more money.

    ``moved`` is that money as a share of the budget, ``lost`` what keeping the old plan would lose
    there; None where there is no new plan, ``lost`` also where the old one breaks a rule.
    """

    moved: float | None
    lost: float | None


@dataclass(frozen=True)
class Bar:
    """One input's bar: what its lowest and highest step do, from -100 to 100, and in words."""

    name: str
    low: float | None
    high: float | None
    low_words: str
    high_words: str


def sensitivity_files(found: Sensitivity) -> dict[str, bytes]:
    """The files by name. The same sensitivity gives the same bytes."""
    return {
        "sensitivity.csv": _csv(found),
        "sensitivity.json": _json(found),
        "sensitivity.html": _html(found),
    }


def names_of(effect: Effect) -> str:
    """An input with those that do exactly the same."""
    *others, last = (effect.input, *effect.alike)
    return f"{', '.join(others)} and {last}" if others else last


def most_of(found: Sensitivity, effect: Effect) -> Most:
    """What the table of all inputs says of one: both figures of the same step."""
    known = [
        (step, step.moved, step.objective)
        for step in (effect.steps[0], effect.steps[-1])
        if step.moved is not None and step.objective is not None
    ]
    if not known:
        return Most(None, None)
    step, moved, objective = max(known, key=lambda one: one[1])
    share = moved / (float(found.plan.problem.budget.sum()) or 1.0)
    return Most(share, None if step.held is None else _lost(found.plan, objective, step.held))


def _lost(plan: Plan, objective: float, held: float) -> float:
    """What the old plan loses against the new; what neither is proven to is nothing."""
    lost = plan.problem.sign * (objective - held)
    return lost if lost > max(plan.problem.tolerance, plan.gap) * abs(objective) else 0.0


def _csv(found: Sensitivity) -> bytes:
    """A row per input and step; inputs that do the same have rows of their own."""
    scenario, usual = found.plan.problem.scenario, found.plan.objective
    rows: list[list[Cell]] = []
    for effect in found.effects:
        for name in (effect.input, *effect.alike):
            for step in effect.steps:
                change = None if step.objective is None else step.objective - usual
                figures = (step.by, step.objective, change, step.held, step.moved)
                rows.append([scenario, name, effect.channel, *map(plain, figures), step.why])
    return csv_bytes(_COLUMNS, rows)


def _json(found: Sensitivity) -> bytes:
    problem = found.plan.problem
    document = {
        "version": VERSION,
        "scenario": problem.scenario,
        "currency": problem.currency,
        "sense": found.plan.sense,
        "objective": found.plan.objective,
        "inputs": [
            {
                "input": effect.input,
                "channel": effect.channel,
                "alike": list(effect.alike),
                "steps": [asdict(step) for step in effect.steps],
                "turns": {
                    side: None if turn is None else asdict(turn) | {"text": text}
                    for side, (turn, text) in _turns(effect).items()
                },
            }
            for effect in found.effects
        ],
        "notes": list(found.notes),
    }
    return json_bytes(rounded(document))


def _html(found: Sensitivity) -> bytes:
    plan = found.plan
    page = {
        "found": found,
        "scenario": plan.problem.scenario,
        "currency": plan.problem.currency,
        "objective": plan.objective,
        "measure": MEASURES[plan.problem.objective],
        "bars": _bars(found),
        "turns": [text for effect in found.effects for _, text in _turns(effect).values() if text],
        "headline": _headline(found),
        "names": names_of,
        "change": _change,
        "most": most_of,
        "moved_share": MOVED,
        "furthest": FURTHEST,
    }
    return render("sensitivity.html.j2", page)


def _headline(found: Sensitivity) -> str:
    """The input that counts most, and the smallest move that changes the recommendation."""
    first = found.effects[0]
    low, high = (_change(found, step) for step in (first.steps[0], first.steps[-1]))
    counts = f"The plan's {_sought(found)} depends most on {names_of(first)}"
    if low is not None and high is not None:
        counts += f": {percent_signed(low)} with 20 % less, {percent_signed(high)} with 20 % more"
    turns = [
        (abs(turn.by), text)
        for effect in found.effects
        for turn, text in _turns(effect).values()
        if turn is not None and turn.by is not None
    ]
    if not turns:
        return f"{counts}. No input changes the recommendation within {percent(FURTHEST, 0)}."
    return f"{counts}. {min(turns)[1]}"


def _turns(effect: Effect) -> dict[str, tuple[Turn | None, str]]:
    """By side: where the recommendation changes, and that in words."""
    return {
        "down": (effect.down, in_words(effect, "down")),
        "up": (effect.up, in_words(effect, "up")),
    }


def _sought(found: Sensitivity) -> str:
    return MEASURES[found.plan.problem.objective].sought.lower()


def _change(found: Sensitivity, step: Step) -> float | None:
    """A step's objective as a change on the plan's."""
    return None if step.objective is None else share_of(step.objective, found.plan.objective)


def _bars(found: Sensitivity) -> list[Bar]:
    """The tornado: the inputs that swing furthest."""
    ends = [
        (effect, _change(found, effect.steps[0]), _change(found, effect.steps[-1]))
        for effect in found.effects[:_MOST_BARS]
    ]
    most = max((abs(end) for _, *both in ends for end in both if end is not None), default=0.0)
    return [
        Bar(names_of(effect), _long(low, most), _long(high, most), _said(low), _said(high))
        for effect, low, high in ends
    ]


def _long(end: float | None, most: float) -> float | None:
    return None if end is None else 100 * end / (most or 1.0)


def _said(end: float | None) -> str:
    return "no plan" if end is None else percent_signed(end)
