"""Story: a plan in sentences, the same ones in the report, the workbook and on the terminal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.comparable import comparable_spend, spent_lines
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.rules import Reserve
from reallot.report.doubt import how_sure
from reallot.report.figures import (
    counted,
    difference,
    full,
    gap,
    money,
    percent,
    percent_signed,
    short_signed,
    table_decimals,
)
from reallot.report.ranking import ranking

_NAMED = 3


@dataclass(frozen=True)
class Step:
    """One step from what the approved budget brings (or takes) to what the plan does."""

    name: str
    amount: float
    total: bool


@dataclass(frozen=True)
class Story:
    """What a plan does, brings and costs.

    ``moved`` is money; ``gain`` as in `Plan.gain`, its share of what it is measured against.
    ``sure`` is empty where the curves are certain, ``gave_way`` where every rule holds.
    """

    headline: str
    direction: str
    sure: str
    gave_way: str
    pool: str
    proof: str
    moved: float
    gain: float
    gain_share: float | None
    steps: tuple[Step, ...]


def story_of(plan: Plan) -> Story:
    """The plan's own account of itself."""
    moved, against = _moved(plan), plan.measured_against
    return Story(
        headline=_headline(plan, moved),
        direction=_direction(plan),
        sure=how_sure(plan),
        gave_way=_gave_way(plan),
        pool=_pool(plan),
        proof=proof_of(plan),
        moved=moved,
        gain=plan.gain,
        gain_share=plan.gain / abs(against) if against else None,
        steps=_steps(plan),
    )


def _steps(plan: Plan) -> tuple[Step, ...]:
    approved = Step("Approved budget", plan.current_objective, True)
    last = Step("This plan", plan.objective, True)
    if plan.sense == "min":
        saved = difference(plan.objective, plan.current_objective)
        return approved, Step("More or less money", saved, False), last
    if plan.problem.objective == "profit":
        return approved, Step("Moving money, or leaving it unspent", plan.gain, False), last
    base = plan.comparable_objective
    return (
        approved,
        Step("Money: budget and pool", difference(base, plan.current_objective), False),
        Step("Moving it", difference(plan.objective, base), False),
        last,
    )


def proof_of(plan: Plan) -> str:
    """How good the plan is at least, in a sentence."""
    if _nothing_known(plan):
        return "There is nothing to prove: of no channel is it known what it brings."
    currency = plan.problem.currency
    digits = table_decimals(plan.objective)
    limit, reached = (f"{full(value, digits)} {currency}" for value in (plan.bound, plan.objective))
    sentence = {
        "response": f"can bring more than {limit}; this one brings {reached}",
        "profit": f"can make more profit than {limit}; this one makes {reached}",
        "spend": f"meets the targets with less than {limit} on channels; this one takes {reached}",
    }[plan.problem.objective]
    sentence = f"No plan within these rules {sentence} (gap {gap(plan.gap)})."
    if plan.status == "time_limit":
        return f"{sentence} The time limit ended the search; a longer one may close the gap."
    return sentence


def _nothing_known(plan: Plan) -> bool:
    curves = [c.curve for c in plan.problem.channels if c.curve is not None and c.curve.known]
    return not curves and not ranking(plan)


def _moved(plan: Plan) -> float:
    """Money placed elsewhere than in the approved budget cut pro rata to the same total."""
    spend = plan.allocation.spend
    return float(np.abs(spend - comparable_spend(plan.problem, spend)).sum()) / 2


def _headline(plan: Plan, moved: float) -> str:
    problem, currency = plan.problem, plan.problem.currency
    budget = float(problem.budget.sum())
    least = max(problem.minor_unit, 1e-9 * budget) * problem.current.size
    if _nothing_known(plan):
        return "Nothing can be recommended: no channel's history shows what it brings."
    if plan.sense == "min":
        return _saving(plan, least)
    # What closed quarters left is nobody's move any more.
    unspent = float(plan.allocation.unspent[len(problem.closed_quarters) :].sum())
    if moved <= least and unspent <= least:
        return "Nothing needs to move: the approved split is the best that these rules allow."
    start = f"Moving {money(moved, currency)} ({percent(moved / budget)} of the budget)"
    if unspent > least:
        start += f" and leaving {money(unspent, currency)} unspent"
    base = plan.measured_against
    share = f" ({percent_signed(plan.gain / abs(base))})" if base else ""
    if problem.objective == "profit":
        what, than = "profit", "the approved budget"
    else:
        what, than = "response", "the same money spent as approved"
    if plan.gain < 0:
        return (
            f"{start} keeps the rules and costs {money(-plan.gain, currency)} of {what}{share} "
            f"against {than}, which they do not allow."
        )
    return f"{start} brings {money(plan.gain, currency)} more {what}{share} than {than}."


def _saving(plan: Plan, least: float) -> str:
    """What meeting the targets takes, against the approved budget."""
    currency, base = plan.problem.currency, plan.current_objective
    takes = f"The targets are met with {money(plan.objective, currency)} on channels"
    if abs(plan.gain) <= least:
        return f"{takes}, as much as approved."
    word = "less" if plan.gain > 0 else "more"
    share = f" ({percent_signed(-plan.gain / base)})" if base else ""
    return f"{takes}, {money(abs(plan.gain), currency)} {word} than approved{share}."


def _direction(plan: Plan) -> str:
    """Which channels get and which give, the largest first."""
    change = (plan.allocation.spend - plan.problem.current).sum(axis=1)
    order = np.argsort(change, kind="stable")
    least = max(plan.problem.minor_unit, 1e-9 * float(plan.problem.budget.sum()))
    names, spent = plan.problem.names, spent_lines(plan.problem)
    more = [(names[c], float(change[c])) for c in order[::-1] if spent[c] and change[c] > least]
    less = [(names[c], float(change[c])) for c in order if spent[c] and change[c] < -least]
    sentences = [
        f"{word} for {_listed(found)}." for word, found in (("More", more), ("Less", less)) if found
    ]
    return " ".join(sentences)


def _listed(changes: list[tuple[str, float]]) -> str:
    parts = [f"{name} ({short_signed(amount)})" for name, amount in changes[:_NAMED]]
    others = len(changes) - len(parts)
    if others:
        parts.append(counted(others, "other"))
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _gave_way(plan: Plan) -> str:
    """The rule that gave way furthest, and how many others did."""
    if not plan.bent:
        return ""
    furthest = max(plan.bent, key=lambda bent: bent.excess / (abs(bent.limit) or 1.0))
    others = len(plan.bent) - 1
    more = f" So did {counted(others, 'other limit')}." if others else ""
    text = furthest.text
    return f"The rules cannot all hold. {text[0].upper()}{text[1:]}.{more}"


def _pool(plan: Plan) -> str:
    """The pools and the budget, and what they alone do to the response."""
    problem, currency = plan.problem, plan.problem.currency
    pool, pool_now = float(plan.allocation.pool.sum()), float(problem.current_pool.sum())
    budget = float(problem.budget.sum())
    budget_now = float(problem.current.sum()) + pool_now
    least = max(problem.minor_unit, 1e-9 * budget) * len(problem.quarters)

    def kept(name: str, then: float, now: float) -> str:
        holds = f"{name} holds {money(then, currency)} ({percent(then / budget)} of the budget)"
        return holds + _against(then - now, least, currency, "as today", "than today") + "."

    holds = kept("The pool", pool, pool_now)
    if (emergency := emergency_layer(problem)) is not None:
        layer = f"{money(emergency, currency)} is the emergency layer, which needs approval"
        base = money(pool - emergency, currency) if pool - emergency > least else "empty"
        holds += f" Of that, {layer}; the base layer is {base}."
    for c in np.flatnonzero(~spent_lines(problem)).tolist():
        then, now = plan.allocation.spend[c].sum(), problem.current[c].sum()
        holds += f" {kept(problem.names[c], float(then), float(now))}"
    unspent = float(plan.allocation.unspent.sum())
    effect = plan.measured_against - plan.current_objective
    by_budget = _against(budget - budget_now, least, currency, "", "than approved")
    if abs(budget - budget_now) > least:
        holds += f" The budget of this scenario is {by_budget.removeprefix(', ')}."
    if unspent > least:
        holds += f" {money(unspent, currency)} of the budget stays unspent."
    if abs(effect) > 1e-6 * abs(plan.current_objective):
        word = "costs" if effect < 0 else "brings"
        holds += f" That alone {word} {money(abs(effect), currency)} of response."
    if abs(budget - budget_now) > least:
        holds += " Elasticity is measured from each channel's part of this scenario's budget;"
        holds += " changes are shown against the approved amounts."
    return holds


def emergency_layer(problem: AllocationProblem) -> float | None:
    """Money of the pool that needs approval; None where the policy names no such layer."""
    for rule in problem.rules:
        if isinstance(rule, Reserve) and rule.emergency is not None:
            return rule.emergency * float(problem.budget.sum())
    return None


def _against(difference: float, least: float, currency: str, same: str, than: str) -> str:
    if abs(difference) <= least:
        return f", {same}"
    word = "more" if difference > 0 else "less"
    return f", {money(abs(difference), currency)} {word} {than}"
