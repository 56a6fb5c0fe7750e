"""What a hedge says, in sentences: what it brings, the playbook, and what the reserve is worth."""

from __future__ import annotations

from dataclasses import dataclass

from reallot.report.figures import gap, money, percent, short
from reallot.report.measure import MEASURES
from scenarios.hedge import Hedge

# Two figures of one proof differ by so much where they are the same.
_NOISE = 1e-9


def sought_of(hedge: Hedge) -> str:
    """What was sought, in a few words."""
    what = MEASURES[hedge.plans[0].problem.objective].sought.lower()
    return {
        "expectation": f"expected {what}",
        "regret": "largest regret",
        "cvar": f"{what} in the worst {percent(hedge.terms.worst, 0)} of cases",
    }[hedge.terms.sought]


def reached(hedge: Hedge) -> float:
    """What was sought, as the hedge has it; a regret that is only noise is 0."""
    if hedge.terms.sought != "regret":
        return hedge.objective
    return _beyond_noise(hedge.objective, max(map(abs, hedge.known)))


def _beyond_noise(distance: float, scale: float) -> float:
    """A distance between figures so large; 0 where it is no more than arithmetic leaves."""
    return distance if abs(distance) > _NOISE * scale else 0.0


def headline(hedge: Hedge) -> str:
    """What hedging comes to, in one sentence."""
    amount = money(reached(hedge), hedge.plans[0].problem.currency)
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
        sign = plan.problem.sign
        gain = sign * (plan.objective - approved)
        regret = _beyond_noise(sign * (known - plan.objective), abs(known))
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


def _unseen(hedge: Hedge) -> float:
    """Up to which distance the proof cannot tell the hedge from another."""
    proof = hedge.plans[0].problem.tolerance * max(abs(hedge.objective), abs(hedge.wait_and_see))
    return max(proof, _NOISE * max(map(abs, hedge.known)))


def distance_in_words(hedge: Hedge, distance: float) -> str:
    """How far something is from the hedge, as far as the proof can tell."""
    return short(distance) if distance > _unseen(hedge) else "about 0"


def worth_of_it(hedge: Hedge) -> tuple[str, ...]:
    """What hedging costs against knowing the future, and brings against planning for the mean."""
    currency, unseen = hedge.plans[0].problem.currency, _unseen(hedge)
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


def notes(hedge: Hedge) -> tuple[str, ...]:
    """What the plans warn of, once each."""
    return tuple(dict.fromkeys(text for plan in hedge.plans for text in plan.warnings))


def short_probability(probability: float) -> str:
    """How probable, where that is a round number without decimals."""
    points = 100 * probability
    return percent(probability, 0 if abs(points - round(points)) < 1e-9 else 1)
