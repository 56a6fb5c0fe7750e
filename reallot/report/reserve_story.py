"""What the reserve is worth, in sentences: how much is set aside, released, kept and counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from optimizer.form import Side
from optimizer.plan import Plan
from reallot.report.figures import money, percent, rate, short
from reallot.report.releases import left_in_pool, released_by
from scenarios.hedge import Hedge, Held
from scenarios.together import WHAT_IF


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
    return f"{size}: {until}.", *_kept(hedge), *_steps(hedge)


def counts_what_is_kept(hedge: Hedge) -> bool:
    """Whether money left in the pool at the end is part of the figures."""
    return hedge.terms.release and any(future.keep_value > 0 for future in hedge.futures)


def _kept(hedge: Hedge) -> Iterator[str]:
    """What is left in the pool at the end, and what that counts."""
    if counts_what_is_kept(hedge):
        yield (
            "What is left in the pool at the end counts in every figure here, by keep_value in "
            f"[reserve]: {'; '.join(_kept_in_each(hedge))}."
        )
    elif hedge.plans[0].problem.objective != "spend" and any(
        released_by(plan).sum() > 0 for plan in hedge.plans
    ):
        yield (
            "What is left of it at the end counts nothing here, so all of it is released that "
            "brings anything; keep_value in [reserve] says what a unit kept is worth."
        )


def _kept_in_each(hedge: Hedge) -> Iterator[str]:
    for plan, future in zip(hedge.plans, hedge.futures, strict=True):
        left = left_in_pool(plan)
        counts = f"{money(left, plan.problem.currency)} at {rate(future.keep_value)} count "
        yield f"in {plan.problem.scenario} {counts}{short(left * future.keep_value)}"


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


def reserve_rows(hedge: Hedge) -> list[tuple[str, str, str]]:
    """Share, whether the pool's band has room for it, and value; a dash where there is no plan."""
    return [
        (
            percent(own.share, 0),
            _by_the_rules(own, len(hedge.plans)),
            "–" if own.value is None else short(own.value),
        )
        for own in hedge.reserve
    ]


def _by_the_rules(own: Held, scenarios: int) -> str:
    """Whose band has no room for a size of the pool."""
    if not own.outside:
        return "allowed"
    if len(own.outside) == scenarios:
        return "outside its band"
    whose = " and ".join(f"{name}'s" for name in own.outside)
    return f"outside {whose} band"
