"""Rules about single channels' amounts."""

from __future__ import annotations

from collections.abc import Callable

from optimizer import rules
from optimizer.problem import Channel
from optimizer.rules.rule import Rule
from reallot.project import policy as said
from reallot.rulebook.grading import Grades


def amounts(policy: said.Policy, channels: tuple[Channel, ...], grades: Grades) -> tuple[Rule, ...]:
    """Floors, caps, what is committed, and what is held because nothing is known of it."""
    entries = [policy.says_of(channel.name) for channel in channels]
    committed = frozenset(entry.name for entry in entries if entry.committed)
    kept = frozenset(fund.channel for fund in policy.funds)
    held = frozenset(
        channel.name
        for channel, entry in zip(channels, entries, strict=True)
        if (channel.curve is None or not channel.curve.known)
        and not entry.move_unknown
        and channel.name not in committed | grades.stopped | kept
    )
    named: list[Rule] = []
    if floors := _given(entries, lambda entry: entry.floor):
        named.append(rules.Floor(floors))
    if caps := _given(entries, lambda entry: entry.cap):
        named.append(rules.Cap(caps))
    if committed:
        named.append(rules.Committed(committed))
    if held:
        named.append(rules.Held(held))
    return tuple(named)


def _given(
    entries: list[said.Channel], amount_of: Callable[[said.Channel], float | None]
) -> dict[str, float]:
    given = {entry.name: amount_of(entry) for entry in entries}
    return {name: amount for name, amount in given.items() if amount is not None}
