"""What a hedge says, in sentences: what it brings, the playbook, and what the reserve is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.form import Side
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from reallot.report.figures import gap, money, percent, percent_signed, share_of, short
from reallot.report.measure import MEASURES
from reallot.report.story import emergency_layer
from scenarios.hedge import Hedge
from scenarios.together import WHAT_IF

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
    """What hedging comes to, in one sentence."""
    amount = money(hedge.objective, hedge.plans[0].problem.currency)
    when = "whichever scenario comes" if len(hedge.plans) > 1 else "for the one scenario there is"
    return f"One plan for now, {when}: {sought_of(hedge)} {amount}"


def gain_in_words(hedge: Hedge) -> str:
    """What the hedge brings on top of what is approved, in one sentence."""
    amount, more = money(abs(hedge.gain), hedge.plans[0].problem.currency), hedge.gain >= 0
    word, other = ("more", "less") if more else ("less", "more")
    comes = {
        "response": f"brings {amount} {word} than the same money spent as approved",
        "profit": f"makes {amount} {word} profit than the approved budget",
        "spend": f"needs {amount} {other} on channels than approved",
    }[hedge.plans[0].problem.objective]
    return f"On average over the scenarios it {comes}."


@dataclass(frozen=True)
class InScenario:
    """What the hedge comes to in one scenario, by the policy's objective.

    ``regret`` is what could be had more (or less money needed) if the scenario were known now.
    """

    scenario: str
    probability: float
    approved: float
    hedged: float
    gain: float
    known: float
    regret: float


def in_each_scenario(hedge: Hedge) -> list[InScenario]:
    """A line for every scenario."""
    lines = []
    for plan, future, known, approved in zip(
        hedge.plans, hedge.futures, hedge.known, hedge.approved, strict=True
    ):
        sign = 1.0 if plan.sense == "max" else -1.0
        gain, regret = sign * (plan.objective - approved), sign * (known - plan.objective)
        lines.append(
            InScenario(
                plan.problem.scenario,
                future.probability,
                approved,
                plan.objective,
                gain,
                known,
                regret,
            )
        )
    return lines


def worth_of_it(hedge: Hedge) -> tuple[str, ...]:
    """What hedging costs against knowing the future, and brings against planning for the mean."""
    currency = hedge.plans[0].problem.currency
    unseen = hedge.plans[0].problem.tolerance * max(abs(hedge.objective), abs(hedge.wait_and_see))
    if hedge.evpi <= unseen:
        known = "Knowing the future before deciding would bring nothing that the proof can tell"
    else:
        known = f"Knowing the future before deciding would be worth {money(hedge.evpi, currency)}"
    if hedge.vss is None:
        average = "The plan for the average of all scenarios does not fit some of them"
    elif hedge.vss <= unseen:
        average = (
            "The plan for the average of all scenarios does as well, as far as the proof can tell"
        )
    else:
        average = (
            "Against planning for the average of all scenarios, hedging brings "
            f"{money(hedge.vss, currency)}"
        )
    side = "less" if hedge.sense == "min" else "more"
    end = "" if hedge.status == "optimal" else ", where the clock stopped the proof"
    bound = money(hedge.bound, currency)
    # A regret is the small difference of large figures: its gap is a share of these.
    of = " of what the approved budget comes to" if hedge.terms.sought == "regret" else ""
    proof = f"No hedge within these rules has {side} than {bound} (gap {gap(hedge.gap)}{of}{end})"
    return f"{known}.", f"{average}.", f"{proof}."


def reserve_words(hedge: Hedge) -> tuple[str, ...]:
    """Until which size one more unit held back pays, and what the steps between sizes bring."""
    shares = [float(p.allocation.pool.sum() / p.problem.budget.sum()) for p in hedge.plans]
    low, high = percent(min(shares)), percent(max(shares))
    size = f"The hedge sets aside {low if low == high else f'{low} to {high}'} of the budget"
    at_most, at_least = (all(_reached(p, side) for p in hedge.plans) for side in ("max", "min"))
    if at_most and at_least:
        until = "as the rules have it"
    elif at_most:
        until = "the most that the rules allow; up to there, one more unit held back pays"
    elif at_least:
        until = "the least that the rules allow; one more unit held back does not pay"
    else:
        until = "beyond, one more unit held back no longer pays"
    return f"{size}: {until}.", *_spent_up(hedge), *_steps(hedge)


def _spent_up(hedge: Hedge) -> Iterator[str]:
    """Why nothing is left of the pool, where it could be."""
    worthless = all(future.keep_value == 0 for future in hedge.futures)
    if worthless and any(_released_by(plan).sum() > 0 for plan in hedge.plans):
        yield (
            "What is left of it at the end counts nothing here, so all of it is released that "
            "brings anything; keep_value in [reserve] says what a unit kept is worth."
        )


def _released_by(plan: Plan) -> Floats:
    """(Q,) what is released from the pool in each quarter."""
    return np.asarray((plan.allocation.spend - plan.allocation.own).sum(axis=0))


def _reached(plan: Plan, side: Side) -> bool:
    """Whether the pool holds the most (least) that the rules allow."""
    pools = [rule for rule in plan.rules if (rule.rule, rule.side) == ("reserve", side)]
    return bool(pools) and all(rule.binding for rule in pools if rule.key == "pool")


def _steps(hedge: Hedge) -> Iterator[str]:
    """What a further point held back brings, between the sizes that were looked at."""
    held = [(own.share, own.value) for own in hedge.reserve if own.value is not None]
    sign = -1.0 if hedge.sense == "min" else 1.0
    currency = hedge.plans[0].problem.currency
    for (low, before), (high, after) in pairwise(held):
        between = f"From {percent(low, 0)} to {percent(high, 0)}"
        gain = sign * (after - before)
        if abs(gain) <= WHAT_IF * max(abs(before), abs(after)):
            yield f"{between}, it makes no difference that the proof can tell."
        else:
            word = "brings" if gain > 0 else "costs"
            point = money(abs(gain) / (100 * (high - low)), currency)
            yield f"{between}, every further point {word} {point}."


def notes(hedge: Hedge) -> tuple[str, ...]:
    """What the plans warn of, once each."""
    return tuple(dict.fromkeys(text for plan in hedge.plans for text in plan.warnings))


def playbook(hedge: Hedge, signals: Mapping[str, str | None]) -> tuple[Chapter, ...]:
    """What to do later, scenario by scenario."""
    return tuple(
        Chapter(
            plan.problem.scenario,
            future.probability,
            signals.get(plan.problem.scenario),
            tuple(_sentences(plan, hedge.now)),
            tuple(_lines(plan, hedge.now)),
        )
        for plan, future in zip(hedge.plans, hedge.futures, strict=True)
    )


def _lines(plan: Plan, now: int) -> list[tuple[str, tuple[tuple[float, float | None], ...]]]:
    quarters = range(now + 1, len(plan.problem.quarters))
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


def _sentences(plan: Plan, now: int) -> list[str]:
    """One per later quarter: what is released, and who gets more or less."""
    problem, allocation = plan.problem, plan.allocation
    released, to_approve = _released_by(plan), _to_approve(plan)
    said = []
    for q, quarter in enumerate(problem.quarters[now + 1 :], start=now + 1):
        # What a channel has without any release: its part of the budget, or what was approved.
        without = np.maximum(problem.base[:, q], problem.current[:, q])
        given = _to_whom(float(released[q]), allocation.spend[:, q] - without)
        balance = float(allocation.pool[:q].sum() - released[:q].sum())
        parts = _released(problem, given, balance)
        if parts and to_approve[q] > 0:
            layer = money(float(to_approve[q]), problem.currency)
            parts.append(f"{layer} of it from the emergency layer, which needs approval")
        parts += _moved(problem.names, allocation.spend[:, q], problem.current[:, q], given == 0)
        said.append(f"{quarter}: {', '.join(parts) if parts else 'as approved'}.")
    return said


def _to_approve(plan: Plan) -> Floats:
    """(Q,) what of the money released is of the emergency layer, which is the last to go."""
    layer = emergency_layer(plan.problem)
    if layer is None:
        return np.zeros(len(plan.problem.quarters))
    base = max(float(plan.allocation.pool.sum()) - layer, 0.0)
    beyond = np.maximum(np.cumsum(_released_by(plan)) - base, 0.0)
    return np.diff(beyond, prepend=0.0)


def _to_whom(released: float, more: Floats) -> Floats:
    """(C,) what is released, to those that get more than they would have without.

    Money has no marks on it: whose it is, is a matter of words.
    """
    raised = np.maximum(more, 0.0)
    whole = float(raised.sum())
    return raised * min(1.0, released / whole) if whole > 0 else 0 * raised


def _released(problem: AllocationProblem, amounts: Floats, balance: float) -> list[str]:
    """release 4 % of the pool, 60.0 k CNY, to Private Domain; or to several, the most first.

    The pool is the ``balance`` that is in it by then.
    """
    given, names = float(amounts.sum()), problem.names
    if balance <= 0 or given < _WORTH_NAMING * balance:
        return []
    chosen = [c for c in _largest(amounts) if amounts[c] >= _WORTH_NAMING * balance]
    rest = given - float(amounts[chosen].sum())
    release = f"release {percent(given / balance, 0)} of the pool, {money(given, problem.currency)}"
    if len(chosen) == 1 and rest < _WORTH_NAMING * balance:
        return [f"{release}, to {names[chosen[0]]}"]
    to = [f"{percent(float(amounts[c]) / balance, 0)} to {names[c]}" for c in chosen]
    if rest >= _WORTH_NAMING * balance:
        to.append(f"{percent(rest / balance, 0)} to others")
    return [f"{release} ({', '.join(to)})"]


def _moved(
    names: Sequence[str], amounts: Floats, current: Floats, of: NDArray[np.bool_]
) -> list[str]:
    """Outdoor −5 %, for those ``of`` the channels (C,) whose money changes most."""
    change = np.where(of, amounts - current, 0.0)
    shares = np.divide(change, current, out=np.zeros_like(change), where=current > 0)
    chosen = [c for c in _largest(np.abs(change)) if abs(shares[c]) >= _WORTH_NAMING]
    return [f"{names[c]} {percent_signed(float(shares[c]), 0)}" for c in chosen]


def _largest(amounts: Floats) -> list[int]:
    return [int(c) for c in np.argsort(-amounts, kind="stable")[:_NAMED] if amounts[c] > 0]


def short_probability(probability: float) -> str:
    """How probable, where that is a round number without decimals."""
    points = 100 * probability
    return percent(probability, 0 if abs(points - round(points)) < 1e-9 else 1)


def reserve_rows(hedge: Hedge) -> list[tuple[str, str, str]]:
    """Share, whether the pool's band has room for it, and value; a dash where there is no plan."""
    return [
        (
            percent(own.share, 0),
            "allowed" if own.allowed else "outside its band",
            "–" if own.value is None else short(own.value),
        )
        for own in hedge.reserve
    ]
