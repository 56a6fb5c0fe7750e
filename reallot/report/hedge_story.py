"""What a hedge says, in sentences: what it brings, the playbook, and what the reserve is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from optimizer.form import Side
from optimizer.plan import Plan
from reallot.report.figures import gap, money, percent, short
from reallot.report.measure import MEASURES
from reallot.report.releases import released_by
from scenarios.hedge import Hedge
from scenarios.together import WHAT_IF


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
    if worthless and any(released_by(plan).sum() > 0 for plan in hedge.plans):
        yield (
            "What is left of it at the end counts nothing here, so all of it is released that "
            "brings anything; keep_value in [reserve] says what a unit kept is worth."
        )


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
