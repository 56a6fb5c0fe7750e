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
    if rule == "elasticity":
        if path[1] == "unit":
            yield rule, f"unit {path[-1]}"
        yield from ((rule, channel.name) for channel in channels if _takes(channel, policy) == path)
        return
    name = next((own for own, star in zip(path, pattern, strict=True) if star == "*"), "")
    layers = [tag for own in policy.layers if own.name == name for tag in own.shares]
    keys = {
        key.format(name=name, line=_line(path[0], policy), channel=channel.name, layer=layer)
        for channel in channels
        for layer in (layers if "{layer}" in key else [""])
    }
    yield from ((rule, key) for key in sorted(keys))


def _line(table: str, policy: said.Policy) -> str:
    """The line of the budget, or the tier, that a table speaks of."""
    if table == "strategic_reserve" and policy.strategic_reserve is not None:
        return policy.strategic_reserve.channel
    if table == "exploration" and policy.exploration is not None:
        return policy.exploration.tier
    return ""


def _takes(channel: Channel, policy: said.Policy) -> Named:
    """Where the policy says how far a channel may move."""
    if policy.says_of(channel.name).elasticity is not None:
        return ("channel", channel.name, "elasticity")
    if channel.unit in policy.elasticity.unit:
        return ("elasticity", "unit", channel.unit)
    return ("elasticity", "default")
