"""Charts: curves as drawings that need neither script nor network."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import vl_convert
from markupsafe import Markup

from models.saturation import Floats
from optimizer.plan import Plan
from optimizer.sweep import BudgetCurve
from reallot.report.known import Known
from reallot.report.reach import Standing
from scenarios.hedge import Hedge

_WIDTH, _HEIGHT = 300, 170
_POINTS, _MARGIN = 61, 1.1
_MOST_TICKS = 60
_BUDGETS_WIDTH, _BUDGETS_HEIGHT = 720, 230

# Colours are the page's own, so that a drawing follows its light, dark and printed dress.
_CONFIG = {
    "background": None,
    "font": "inherit",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "labelFontSize": 11,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "tickSize": 4,
        "labelPadding": 5,
    },
}


def curve_chart(standing: Standing) -> Markup:
    """One channel's curve with the current budget (ring) and the plan (dot) on it, as SVG.

    The shaded band is the spend seen in the history.
    """
    svg = vl_convert.vegalite_to_svg(_spec(standing))
    # Numbers of ours and nothing else: no name from a file ever reaches a drawing.
    return Markup(svg)


def known_chart(known: Known) -> Markup:
    """One channel's curve with the band of its members, as SVG.

    The shaded band is the spend seen in the history, a tick each period's, the ring the usual one.
    """
    return Markup(vl_convert.vegalite_to_svg(_known(known)))


def _known(known: Known) -> dict[str, Any]:
    curve = known.curve
    half = curve.half * (1 - curve.carryover)
    end = _MARGIN * (3 * half if curve.observed is None else max(curve.observed[1], 1e-9 * half))
    spend = np.linspace(0, end, _POINTS)
    line, band = known.line(spend), known.band(spend)
    largest = float(max(line.max(), 0.0 if band is None else band[1].max()))
    layers = [
        _layer(
            [
                {"spend": x, "response": y}
                for x, y in zip(spend.tolist(), line.tolist(), strict=True)
            ],
            {"type": "line", "color": "var(--curve)", "strokeWidth": 2},
            largest,
        )
    ]
    if band is not None:
        layers.insert(0, _band(spend, *band, largest))
    if curve.observed is not None:
        layers.insert(0, _seen(curve.observed))
    if known.spends.size:
        layers.append(_ticks(known.spends))
    if known.usual is not None:
        at = (known.usual, float(known.line(np.array([known.usual]))[0]))
        layers.append(_mark(at, {"fill": "var(--page)", "stroke": "var(--current)"}, largest))
    return _drawing(_WIDTH, _HEIGHT, layers)


def _band(spend: Floats, low: Floats, high: Floats, largest: float) -> dict[str, Any]:
    rows = zip(spend.tolist(), low.tolist(), high.tolist(), strict=True)
    values = [{"spend": x, "response": y, "high": z} for x, y, z in rows]
    layer = _layer(values, {"type": "area", "color": "var(--up-2)", "opacity": 1}, largest)
    layer["encoding"]["y2"] = {"field": "high"}
    return layer


def _ticks(spends: Floats) -> dict[str, Any]:
    """A tick at the foot for every spend, or for so many that stand for all of them."""
    if len(spends) > _MOST_TICKS:
        spends = np.quantile(spends, np.linspace(0, 1, _MOST_TICKS))
    return {
        "data": {"values": [{"spend": spend} for spend in spends.tolist()]},
        "mark": {"type": "rule", "color": "var(--muted)", "opacity": 0.6},
        "encoding": {
            "x": {"field": "spend", "type": "quantitative"},
            "y": {"value": "height"},
            "y2": {"value": {"expr": "height - 8"}},
        },
    }


def budget_chart(plan: Plan, curve: BudgetCurve) -> Markup:
    """The best response against the budget with the plan (dot) and where money stops paying (ring).

    As SVG.
    """
    return Markup(vl_convert.vegalite_to_svg(_budgets(plan, curve)))


def _budgets(plan: Plan, curve: BudgetCurve) -> dict[str, Any]:
    budgets, best = (
        [getattr(point, field) for point in curve.points] for field in ("budget", "best")
    )
    line = [{"spend": x, "response": y} for x, y in zip(budgets, best, strict=True)]
    largest = max(best)
    own = (float(plan.problem.budget.sum()), plan.objective)
    layers = [
        _layer(line, {"type": "line", "color": "var(--curve)", "strokeWidth": 2}, largest),
        _layer(
            line,
            {"type": "point", "filled": True, "opacity": 1, "size": 24, "color": "var(--curve)"},
            largest,
        ),
        _mark(own, {"fill": "var(--plan)", "stroke": "var(--page)"}, largest),
    ]
    if curve.pays_until is not None:
        at = (curve.pays_until, float(np.interp(curve.pays_until, budgets, best)))
        layers.append(_mark(at, {"fill": "var(--page)", "stroke": "var(--current)"}, largest))
    for layer in layers:
        layer["encoding"]["x"]["scale"] = {"nice": False, "zero": False, "padding": 8}
        layer["encoding"]["y"]["scale"] = {"zero": True}
    return _drawing(_BUDGETS_WIDTH, _BUDGETS_HEIGHT, layers)


def reserve_chart(hedge: Hedge) -> Markup | None:
    """What is sought against the share set aside, in per cent; None where there is no choice.

    As SVG.
    """
    held = [(100 * own.share, own.value) for own in hedge.reserve if own.value is not None]
    if len(held) < 2:
        return None
    values = [{"spend": share, "response": value} for share, value in held]
    marks = (
        {"type": "line", "color": "var(--curve)", "strokeWidth": 2},
        {"type": "point", "filled": True, "opacity": 1, "size": 40, "color": "var(--plan)"},
    )
    layers = [_layer(values, mark, 1.0) for mark in marks]
    for layer in layers:
        layer["encoding"]["x"]["axis"]["values"] = [share for share, _ in held]
        # It is the differences that are looked at.
        layer["encoding"]["y"]["scale"] = {"zero": False, "padding": 8}
        layer["encoding"]["y"]["axis"]["format"] = f".{_digits([v for _, v in held])}~s"
    return Markup(vl_convert.vegalite_to_svg(_drawing(_BUDGETS_WIDTH, _BUDGETS_HEIGHT, layers)))


def _digits(values: list[float]) -> int:
    """Digits that tell the ticks of an axis apart, of which there are some eight at most."""
    largest, between = max(map(abs, values)), max(values) - min(values)
    if between == 0:
        return 4
    return min(
        12, max(4, math.floor(math.log10(largest)) - math.floor(math.log10(between / 8)) + 1)
    )


def _spec(standing: Standing) -> dict[str, Any]:
    line = [{"spend": x, "response": y} for x, y in standing.line.T.tolist()]
    largest = max(point["response"] for point in line)
    layers = [
        _layer(line, {"type": "line", "color": "var(--curve)", "strokeWidth": 2}, largest),
        _mark(standing.current, {"fill": "var(--page)", "stroke": "var(--current)"}, largest),
        _mark(standing.recommended, {"fill": "var(--plan)", "stroke": "var(--page)"}, largest),
    ]
    if standing.seen is not None:
        layers.insert(0, _seen(standing.seen))
    return _drawing(_WIDTH, _HEIGHT, layers)


def _drawing(width: int, height: int, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 2,
        "layer": layers,
        "config": _CONFIG,
    }


def _layer(values: list[dict[str, float]], mark: dict[str, Any], largest: float) -> dict[str, Any]:
    domain = [0, 1.08 * largest if largest > 0 else 1]
    return {
        "data": {"values": values},
        "mark": mark,
        "encoding": {
            "x": _axis("spend", {"nice": False, "zero": True}, grid=False),
            "y": _axis("response", {"domain": domain}, grid=True),
        },
    }


def _mark(at: tuple[float, float], colors: dict[str, str], largest: float) -> dict[str, Any]:
    mark = {"type": "point", "opacity": 1, "size": 90, "strokeWidth": 2}
    return _layer([{"spend": at[0], "response": at[1]}], mark | colors, largest)


def _seen(seen: tuple[float, float]) -> dict[str, Any]:
    return {
        "data": {"values": [{"low": seen[0], "high": seen[1]}]},
        "mark": {"type": "rect", "color": "var(--seen)", "opacity": 1},
        "encoding": {
            "x": {"field": "low", "type": "quantitative"},
            "x2": {"field": "high"},
        },
    }


def _axis(field: str, scale: dict[str, Any], *, grid: bool) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "title": None,
        "grid": grid,
        "tickCount": 4,
        "labelExpr": "datum.value == 0 ? '0' : datum.label",
        "format": "~s",
        "domain": not grid,
        "ticks": not grid,
    }
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}
