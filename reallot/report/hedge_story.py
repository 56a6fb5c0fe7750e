"""What a hedge says, in sentences: what it brings, the playbook, and what the reserve is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.saturation import Floats
from optimizer.plan import Plan
from reallot.report.figures import gap, money, percent, percent_signed, share_of, short
from reallot.report.measure import MEASURES
from scenarios.hedge import Hedge

# What is named of a quarter: so many channels at most, those that move at least so far.
_NAMED, _WORTH_NAMING = 4, 0.005


@dataclass(frozen=True)
class Chapter:
    """The playbook of one scenario: sentences, and a line per channel and the pool.

    ``lines`` are a name, and per later quarter the amount with its change on the approved one.
    """

    scenario: str
    probability: float
    signal: str | None
    sentences: tuple[str, ...]
    lines: tuple[tuple[str, tuple[tuple[float, float | None], ...]], ...]


def sought_of(hedge: Hedge) -> str:
    """What was sought, in a few words."""
    what = MEASURES[hedge.plans[0].problem.objective].sought.lower()
    return {
        "expectation": f"expected {what}",
        "regret": "largest regret",
        "cvar": f"{what} in the worst {percent(hedge.terms.worst, 0)} of cases",
    }[hedge.terms.sought]


def headline(hedge: Hedge) -> str:
    """What hedging brings, in one sentence."""
    amount = money(hedge.objective, hedge.plans[0].problem.currency)
    ways = "whichever scenario comes" if len(hedge.plans) > 1 else "in the one scenario there is"
    verb = "keep" if hedge.sense == "min" else "hold"
    end = "at" if hedge.sense == "min" else "of"
    if len(hedge.plans) == 1:
        return f"One plan for now, {ways}: {sought_of(hedge)} {amount}"
    return f"One plan for now, {ways}: it can {verb} the {sought_of(hedge)} {end} {amount}"


def worth_of_it(hedge: Hedge) -> tuple[str, ...]:
    """What hedging costs against knowing the future, and brings against planning for the mean."""
    currency = hedge.plans[0].problem.currency
    known = f"Knowing the future before deciding would be worth {money(hedge.evpi, currency)}"
    if hedge.vss is None:
        average = "The plan for the average of all scenarios does not fit some of them"
    elif hedge.vss == 0:
        average = "The plan for the average of all scenarios does as well, and is the one proposed"
    else:
        average = (
            "Against planning for the average of all scenarios, hedging brings "
            f"{money(hedge.vss, currency)}"
        )
    side = "less" if hedge.sense == "min" else "more"
    end = "" if hedge.status == "optimal" else ", where the clock stopped the proof"
    bound = money(hedge.bound, currency)
    proof = f"No hedge within these rules has {side} than {bound} (gap {gap(hedge.gap)}{end})"
    return f"{known}.", f"{average}.", f"{proof}."


def reserve_words(hedge: Hedge) -> str:
    """The size at which one more unit held back no longer pays."""
    held = [(own.share, own.value) for own in hedge.reserve if own.value is not None]
    if not held:
        return "The rules allow none of 0, 5, 10 and 15 % of the budget to be set aside."
    if len(held) == 1:
        only = percent(held[0][0], 0)
        return f"Of 0, 5, 10 and 15 % of the budget, the rules allow {only} alone to be set aside."
    sign = -1.0 if hedge.sense == "min" else 1.0
    noise = hedge.plans[0].problem.tolerance * max(abs(value) for _, value in held)
    currency = hedge.plans[0].problem.currency
    for (low, before), (high, after) in pairwise(held):
        gain = sign * (after - before)
        point = money(abs(gain) / (100 * (high - low)), currency)
        if gain < -noise:
            begin = "Holding money back does not pay" if low == held[0][0] else "It pays"
            until = (
                f" beyond {percent(low, 0)}" if low == held[0][0] else f" up to {percent(low, 0)}"
            )
            return (
                f"{begin}{until} of the budget: from there to {percent(high, 0)}, every further "
                f"point costs {point}."
            )
        if gain <= noise:
            return (
                f"It pays up to {percent(low, 0)} of the budget; from there to {percent(high, 0)} "
                "one more unit held back makes no difference that the proof can tell."
            )
    return (
        f"It pays up to {percent(held[-1][0], 0)} of the budget, the most that the rules allow or "
        f"that was looked at; the last point brought {point}."
    )


def playbook(hedge: Hedge, signals: dict[str, str | None]) -> tuple[Chapter, ...]:
    """What to do later, scenario by scenario."""
    return tuple(
        Chapter(
            plan.problem.scenario,
            future.probability,
            signals.get(plan.problem.scenario),
            tuple(_sentences(plan)),
            tuple(_lines(plan)),
        )
        for plan, future in zip(hedge.plans, hedge.futures, strict=True)
    )


def _lines(plan: Plan) -> list[tuple[str, tuple[tuple[float, float | None], ...]]]:
    quarters = range(1, len(plan.problem.quarters))
    approved, amounts = plan.approved, plan.recommended
    return [
        (
            name,
            tuple(
                (float(amounts[n, q]), share_of(float(amounts[n, q]), float(approved[n, q])))
                for q in quarters
            ),
        )
        for n, name in enumerate(plan.lines)
    ]


def _sentences(plan: Plan) -> list[str]:
    """One per later quarter: what is released, and who gets more or less."""
    problem, allocation = plan.problem, plan.allocation
    released = (
        np.zeros_like(allocation.spend) if allocation.released is None else allocation.released
    )
    own = allocation.spend - released
    said = []
    for q, quarter in enumerate(problem.quarters):
        if q == 0:
            continue
        parts = _released(problem.names, released[:, q], float(allocation.pool[:q].sum()))
        parts += _moved(problem.names, own[:, q], problem.current[:, q])
        said.append(f"{quarter}: {', '.join(parts) if parts else 'as approved'}.")
    return said


def _released(names: Sequence[str], amounts: Floats, set_aside: float) -> list[str]:
    """release 4 % of the pool to Private Domain, for the channels that get most."""
    if set_aside <= 0 or amounts.sum() < _WORTH_NAMING * set_aside:
        return []
    chosen = [c for c in _largest(amounts) if amounts[c] >= _WORTH_NAMING * set_aside]
    to = [f"{percent(float(amounts[c]) / set_aside, 0)} to {names[c]}" for c in chosen]
    rest = float(amounts.sum() - amounts[chosen].sum()) / set_aside
    if rest >= _WORTH_NAMING:
        to.append(f"{percent(rest, 0)} to others")
    return [f"release {percent(float(amounts.sum()) / set_aside, 0)} of the pool ({', '.join(to)})"]


def _moved(names: Sequence[str], amounts: Floats, current: Floats) -> list[str]:
    """Outdoor −5 %, for the channels whose money changes most; without what is released."""
    change = amounts - current
    shares = np.divide(change, current, out=np.zeros_like(change), where=current > 0)
    chosen = [c for c in _largest(np.abs(change)) if abs(shares[c]) >= _WORTH_NAMING]
    return [f"{names[c]} {percent_signed(float(shares[c]), 0)}" for c in chosen]


def _largest(amounts: Floats) -> list[int]:
    return [int(c) for c in np.argsort(-amounts, kind="stable")[:_NAMED] if amounts[c] > 0]


def short_probability(probability: float) -> str:
    """How probable, where that is a round number without decimals."""
    points = 100 * probability
    return percent(probability, 0 if abs(points - round(points)) < 1e-9 else 1)


def reserve_rows(hedge: Hedge) -> list[tuple[str, str]]:
    """Share and value, a dash where the rules forbid the share."""
    return [
        (percent(own.share, 0), "–" if own.value is None else short(own.value))
        for own in hedge.reserve
    ]
