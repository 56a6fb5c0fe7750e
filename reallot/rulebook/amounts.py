"""Rules about single channels' amounts."""

from __future__ import annotations

from collections.abc import Callable

from optimizer import rules
from optimizer.channel import Channel
from optimizer.rules.rule import Rule
from reallot.project import policy as said
from reallot.rulebook.order import Order


def amounts(policy: said.Policy, channels: tuple[Channel, ...], order: Order) -> tuple[Rule, ...]:
    """Floors, caps, beginnings, fixed costs, what is signed, and what is settled."""
    entries = [policy.says_of(channel.name) for channel in channels]
    named: list[Rule] = []
    if floors := _given(entries, lambda entry: entry.floor):
        named.append(rules.Floor(floors))
    if caps := _given(entries, lambda entry: entry.cap):
        named.append(rules.Cap(caps))
    if launches := _given(entries, lambda entry: entry.launch_at):
        named.append(rules.Launch(launches))
    if any(channel.fixed_cost > 0 for channel in channels):
        named.append(rules.FixedCost())
    if any(channel.cost_of_result > 0 for channel in channels):
        named.append(rules.CostOfResult())
    if signed := _signed(entries, policy.plan.quarters):
        named.append(rules.Contracted(signed))
    if order.held:
        named.append(rules.Held(order.held))
    if order.frozen:
        named.append(rules.Freeze(order.frozen))
    if order.committed:
        named.append(rules.Committed(order.committed))
    if order.stopped:
        named.append(rules.Stop(order.stopped))
    return tuple(named)


def _given(
    entries: list[said.Channel], amount_of: Callable[[said.Channel], float | None]
) -> dict[str, float]:
    given = {entry.name: amount_of(entry) for entry in entries}
    return {name: amount for name, amount in given.items() if amount is not None}


def _signed(entries: list[said.Channel], quarters: int) -> dict[str, tuple[float, ...]]:
    given = {e.name: e.contracted for e in entries if e.contracted is not None}
    return {name: a * quarters if len(a) == 1 else a for name, a in given.items()}
