"""Which rows of which rule give way, and at which level."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.problem import Channel
from reallot.project import policy as said
from reallot.project.bends import LIMITS, Bends, Named, limit_at


def bends_of(
    bends: Bends, policy: said.Policy, channels: tuple[Channel, ...]
) -> dict[tuple[str, str], int]:
    """The level of every rule and key that gives way; ``bends`` are those of the policy's values.

    Where two values govern one row, as both ends of a change may, it gives way at the higher level.
    """
    found: dict[tuple[str, str], int] = {}
    for path, level in bends.items():
        for row in _rows(path, policy, channels):
            found[row] = max(level, found.get(row, level))
    return found


def _rows(
    path: Named, policy: said.Policy, channels: tuple[Channel, ...]
) -> Iterator[tuple[str, str]]:
    pattern = limit_at(path)
    if pattern is None:
        return
    rule, key = LIMITS[pattern]
    name = next((own for own, star in zip(path, pattern, strict=True) if star == "*"), "")
    tier = "" if policy.exploration is None else policy.exploration.tier
    if "{channel}" not in key:
        yield rule, key.format(name=name, tier=tier)
    for channel in channels:
        if rule == "elasticity" and _takes(channel, policy) == path:
            yield rule, channel.name
        elif rule != "elasticity" and "{channel}" in key:
            yield rule, key.format(channel=channel.name)


def _takes(channel: Channel, policy: said.Policy) -> Named:
    """Where the policy says how far a channel may move."""
    if policy.says_of(channel.name).elasticity is not None:
        return ("channel", channel.name, "elasticity")
    if channel.unit in policy.elasticity.unit:
        return ("elasticity", "unit", channel.unit)
    return ("elasticity", "default")
