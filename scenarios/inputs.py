"""Inputs: what a plan is made from, each to be moved by a factor while the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.curve import Member, ResponseCurve
from models.saturation import Floats
from optimizer.channel import CUSTOMERS, EXPOSURES, WEIGHT, Channel
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from scenarios.limits import limits_reached
from scenarios.scenario import tied_out

# Carry-over stays below 1 by so much.
_MOST_CARRYOVER = 0.99
# Channels whose effect is moved one by one: those with most money.
MOST_CHANNELS = 20
EFFECT, BUDGET = "effect", "budget"


@dataclass(frozen=True)
class Input:
    """Something that a plan is made from.

    ``name`` in words, ``channel`` whose own it is (None for all), ``moved`` the problem in which it
    is multiplied by a factor. ``alike`` names the inputs that would do exactly the same. ``share``
    is the figure itself, where it is an end of a band of shares.
    """

    name: str
    moved: Callable[[AllocationProblem, float], AllocationProblem]
    channel: str | None = None
    alike: tuple[str, ...] = ()
    share: float | None = None


def inputs_of(plan: Plan) -> tuple[list[Input], tuple[str, ...]]:
    """The inputs of a plan, and what is left out of them, in sentences.

    Limits are those that the plan reaches, or nearly.
    """
    problem = plan.problem
    apart = any(
        channel.results or {CUSTOMERS, EXPOSURES} & {name for name, _ in channel.parts}
        for channel in problem.channels
    )
    inputs = [Input(EFFECT, _effect, alike=("conversion",) + (() if apart else ("basket value",)))]
    if apart:
        inputs.append(Input("basket value", _basket))
    inputs += [Input("media price", _media_price)]
    currencies = dict.fromkeys(c.buys_in for c in problem.channels if c.buys_in is not None)
    inputs += [_exchange_rate(currency) for currency in currencies]
    inputs += [Input(BUDGET, _budget)]
    if any(curve.carryover > 0 for _, _, curve in problem.expected):
        inputs.append(Input("carry-over", _carry_over))
    known = [c for c, channel in enumerate(problem.channels) if channel.curve is not None]
    known.sort(key=lambda c: -float(plan.allocation.spend[c].sum()))
    inputs += [_effect_of(problem.names, c) for c in sorted(known[:MOST_CHANNELS])]
    inputs += [
        Input(one.name, one.moved, share=one.share) for one in limits_reached(problem, plan.rules)
    ]
    left_out = len(known) - MOST_CHANNELS
    notes: tuple[str, ...] = ()
    if left_out > 0:
        notes = (f"The effects of the {left_out} channels with least money are not moved alone.",)
    return inputs, notes


def _effect(problem: AllocationProblem, factor: float) -> AllocationProblem:
    return replace(problem, demand=problem.demand * _ahead(problem, factor))


def _effect_of(names: Sequence[str], c: int) -> Input:
    def moved(problem: AllocationProblem, factor: float) -> AllocationProblem:
        demand = problem.demand.copy()
        demand[c] *= _ahead(problem, factor)
        return replace(problem, demand=demand)

    return Input(f"effect of {names[c]}", moved, channel=names[c])


def _media_price(problem: AllocationProblem, factor: float) -> AllocationProblem:
    return replace(problem, media_price=problem.media_price * _ahead(problem, factor))


def _exchange_rate(currency: str) -> Input:
    def moved(problem: AllocationProblem, factor: float) -> AllocationProblem:
        abroad = [channel.buys_in == currency for channel in problem.channels]
        price = problem.media_price.copy()
        price[abroad] *= _ahead(problem, factor)
        return replace(problem, media_price=price)

    return Input(f"exchange rate of {currency}", moved)


def _budget(problem: AllocationProblem, factor: float) -> AllocationProblem:
    return replace(problem, budget=tied_out(problem.budget_times(factor), problem.minor_unit))


def _ahead(problem: AllocationProblem, factor: float) -> Floats:
    """(Q,) the factor on quarters that are not closed: those are as they were."""
    factors = np.full(len(problem.quarters), factor)
    factors[: len(problem.closed_quarters)] = 1.0
    return factors


def _basket(problem: AllocationProblem, factor: float) -> AllocationProblem:
    """Customers bring more money, but there are no more of them."""
    channels = tuple(_with_basket(channel, factor) for channel in problem.channels)
    return replace(_effect(problem, factor), channels=channels)


def _with_basket(channel: Channel, factor: float) -> Channel:
    """A channel whose response is to be multiplied, and nothing that comes with it."""
    results = {
        metric: replace(result, curve=replace(result.curve, top=result.curve.top / factor))
        for metric, result in channel.results.items()
    }
    weighed = dict(channel.parts).get(WEIGHT, 0.0)
    returned = channel.value - weighed
    weight = channel.value / returned if returned else 1.0
    parts = [
        (name, worth / factor if name in (CUSTOMERS, EXPOSURES) else worth)
        for name, worth in channel.parts
        if name != WEIGHT
    ]
    if weighed:
        parts.append((WEIGHT, (weight - 1) * sum(worth for _, worth in parts)))
    value = sum(worth for _, worth in parts) if parts else channel.value
    return replace(channel, results=results, parts=tuple(parts), value=value)


def _carry_over(problem: AllocationProblem, factor: float) -> AllocationProblem:
    """More (or less) of a period's effect comes later; at a steady spend as much in all."""
    channels = tuple(
        replace(
            channel,
            curve=None if channel.curve is None else _lasting(channel.curve, factor),
            results={
                metric: replace(result, curve=_lasting(result.curve, factor))
                for metric, result in channel.results.items()
            },
        )
        for channel in problem.channels
    )
    return replace(problem, channels=channels)


def _lasting(curve: ResponseCurve, factor: float) -> ResponseCurve:
    """A curve whose carry-over is multiplied, the same at every steady spend."""

    def lasts(carryover: float) -> tuple[float, float]:
        longer = float(np.minimum(factor * carryover, max(_MOST_CARRYOVER, carryover)))
        return longer, (1 - carryover) / (1 - longer)

    carryover, wider = lasts(curve.carryover)
    members = []
    for member in curve.members:
        of, by = lasts(member.carryover)
        members.append(Member(member.top, by * member.half, member.slope, of))
    last = None if curve.last_adstock is None else wider * curve.last_adstock
    half = wider * curve.half
    return replace(curve, half=half, carryover=carryover, last_adstock=last, members=tuple(members))
