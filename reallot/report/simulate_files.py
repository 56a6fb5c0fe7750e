"""simulate.csv, simulate.json, simulate.html: plans in many futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reallot.report.figures import counted, money, percent, percent_signed, short
from reallot.report.measure import MEASURES
from reallot.report.page import render
from reallot.report.plain import plain, rounded
from reallot.report.plan_csv import Cell, csv_bytes
from reallot.report.plan_json import VERSION, json_bytes
from reallot.report.ridges import ridges_of
from scenarios import reoptimise
from scenarios.judging import QUANTILES, WORST, Judged
from scenarios.reoptimise import Reoptimised
from scenarios.simulate import Simulation

# An event that is so much more frequent in the worst futures than in all is a reason for them.
_TELLING = 1.5
# A factor that is off its mean by less is no reason.
_SLIGHT = 0.005


def simulate_files(
    simulation: Simulation,
    seed: int,
    notes: Sequence[str],
    replanned: Reoptimised | None = None,
) -> dict[str, bytes]:
    """The files of a simulation by name; ``notes`` say which plans could not be judged.

    The same simulation gives the same bytes.
    """
    return {
        "simulate.csv": _csv(simulation),
        "simulate.json": _json(simulation, seed, notes, replanned),
        "simulate.html": _html(simulation, seed, notes, replanned),
    }


def _csv(simulation: Simulation) -> bytes:
    """A row per plan."""
    targets = tuple(simulation.contenders[0].missed)
    columns = ["scenario", "plan", "kind", "spend", "mean", "standard_deviation"]
    columns += [f"q{round(100 * level):02d}" for level in QUANTILES]
    columns += ["worst_mean", "below_current", *(f"missed_{target}" for target in targets)]
    rows: list[list[Cell]] = []
    for one in simulation.contenders:
        told = one.distribution
        figures = [one.spend, told.mean, told.deviation, *told.quantiles, told.worst]
        figures += [one.below_current, *(one.missed[target] for target in targets)]
        rows.append([simulation.scenario, one.name, one.kind, *map(plain, figures)])
    return csv_bytes(columns, rows)


def _json(
    simulation: Simulation, seed: int, notes: Sequence[str], replanned: Reoptimised | None
) -> bytes:
    document: dict[str, Any] = {
        "version": VERSION,
        "scenario": simulation.scenario,
        "currency": simulation.currency,
        "measure": simulation.measure,
        "futures": simulation.futures,
        "seed": seed,
        "chosen": simulation.chosen,
        "plans": [_plan(one) for one in simulation.contenders],
        "worst": {
            "share": WORST,
            "factors": [asdict(factor) for factor in simulation.factors],
            "plans": [{"plan": name, "mean": mean} for name, mean in simulation.there.items()],
            "best": simulation.best_there,
        },
        "events": [asdict(event) for event in simulation.events],
        "notes": list(notes),
    }
    if replanned is not None:
        document["reoptimised"] = _replanned(replanned)
    return json_bytes(rounded(document))


def _plan(one: Judged) -> dict[str, Any]:
    told = one.distribution
    return {
        "plan": one.name,
        "kind": one.kind,
        "spend": one.spend,
        "within_budget": one.within_budget,
        "mean": told.mean,
        "standard_deviation": told.deviation,
        "quantiles": _by_level(QUANTILES, told.quantiles),
        "worst_mean": told.worst,
        "below_current": one.below_current,
        "missed": dict(one.missed),
    }


def _replanned(found: Reoptimised) -> dict[str, Any]:
    return {
        "planned": found.planned,
        "collided": found.collided,
        "late": found.late,
        "gap": found.gap,
        "channels": [
            {
                "channel": spread.channel,
                "current": spread.current,
                "quantiles": _by_level(reoptimise.QUANTILES, spread.quantiles),
            }
            for spread in found.spreads
        ],
        "regrets": [asdict(regret) for regret in found.regrets],
    }


def _by_level(levels: Sequence[float], values: Sequence[float]) -> dict[str, float]:
    return {f"{100 * level:g}": value for level, value in zip(levels, values, strict=True)}


def _html(
    simulation: Simulation, seed: int, notes: Sequence[str], replanned: Reoptimised | None
) -> bytes:
    page = {
        "simulation": simulation,
        "seed": seed,
        "notes": notes,
        "headline": _headline(simulation),
        "scaled": _scaled(simulation),
        "counted": counted,
        "hedged": any(one.kind == "hedge" for one in simulation.contenders),
        "ridges": ridges_of(simulation.contenders),
        "measure": MEASURES[simulation.measure],
        "targets": tuple(simulation.contenders[0].missed),
        "worst": WORST,
        "quantiles": QUANTILES,
        "reasons": _reasons(simulation),
        "replanned": replanned,
    }
    return render("simulate.html.j2", page)


def _headline(simulation: Simulation) -> str:
    """How the chosen plan stands against the current budget."""
    current, plan = simulation.contenders[0], simulation[simulation.chosen]
    more = plan.distribution.mean - current.distribution.mean
    share = f" ({percent_signed(more / abs(current.distribution.mean))})" if more else ""
    way = "more" if more >= 0 else "less"
    same = f" at {simulation.scenario}'s money" if _scaled(simulation) else ""
    less = f"less than it in {percent(plan.below_current)} of them"
    if plan.below_current == 0:
        less = "less than it in none of them"
    return (
        f"In {counted(simulation.futures, 'future')} the {plan.name} brings "
        f"{money(abs(more), simulation.currency)}{share} {way} than the current budget{same} on "
        f"average, and {less}."
    )


def _scaled(simulation: Simulation) -> str:
    """How the approved budget is cut or raised to the scenario's money; empty where it is not."""
    least, most = (percent_signed(end(simulation.scale) - 1) for end in (min, max))
    if all(scale == 1 for scale in simulation.scale):
        return ""
    by = least if least == most else f"{least} to {most}, quarter by quarter"
    return (
        f"The current budget is the approved one at {simulation.scenario}'s money ({by}), "
        "channels and pool in proportion."
    )


def _reasons(simulation: Simulation) -> list[str]:
    """What the chosen plan's worst futures have in common, and what answers them, in sentences."""
    reasons = []
    whole = simulation.factors[0]
    for what, usual, there in (
        ("Demand, conversion and basket value together are", whole.demand, whole.demand_worst),
        ("Media prices are", whole.media_price, whole.media_price_worst),
    ):
        off = there / usual - 1 if usual else 0.0
        if abs(off) >= _SLIGHT:
            side = "below" if off < 0 else "above"
            reasons.append(f"{what} {percent(abs(off))} {side} what all futures have on average.")
    reasons += [
        f"“{event.event}” happens in {percent(event.share_worst, 0)} of them, and in "
        f"{percent(event.share, 0)} of all futures."
        for event in simulation.events
        if event.share and event.share_worst >= _TELLING * event.share
    ]
    best, own = simulation.best_there, simulation.chosen
    if best == own:
        reasons.append(f"No other plan for this budget answers them better than the {own}.")
    else:
        more = simulation.there[best] - simulation.there[own]
        answer = f"{best[0].upper()}{best[1:]}"
        reasons.append(f"{answer} answers them best: {short(more)} more than the {own} there.")
    return reasons
