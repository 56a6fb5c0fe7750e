"""Which rows of which rule a value of the policy governs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reallot.project import policy as said
from reallot.project.bends import Named, pattern_of


def rows_of(
    path: Named,
    governs: Mapping[Named, tuple[str, str]],
    policy: said.Policy,
    channels: Sequence[str],
) -> Iterator[tuple[str, str]]:
    """Rule and key of every row that what stands at a path governs; ``governs`` is as `LIMITS`."""
    pattern = pattern_of(path, governs)
    if pattern is None:
        return
    rule, key = governs[pattern]
    if rule == "elasticity":
        if path[1] == "unit":
            yield rule, f"unit {path[-1]}"
        yield from ((rule, name) for name in channels if _takes(name, policy) == path)
        return
    name = next((own for own, star in zip(path, pattern, strict=True) if star == "*"), "")
    layers = [tag for own in policy.layers if own.name == name for tag in own.shares]
    keys = {
        key.format(name=name, line=_line(path[0], policy), channel=channel, layer=layer)
        for channel in channels
        for layer in (layers if "{layer}" in key else [""])
    }
    yield from ((rule, key) for key in sorted(keys))


def _line(table: str, policy: said.Policy) -> str:
    """The line of the budget, or the tiers, that a table speaks of."""
    if table == "strategic_reserve" and policy.strategic_reserve is not None:
        return policy.strategic_reserve.channel
    if table == "exploration" and policy.exploration is not None:
        return policy.exploration.tier
    if table == "earmark" and policy.earmark is not None:
        return ", ".join(policy.earmark.to)
    return ""


def _takes(channel: str, policy: said.Policy) -> Named:
    """Where the policy says how far a channel may move."""
    entry = policy.says_of(channel)
    if entry.elasticity is not None:
        return ("channel", channel, "elasticity")
    if entry.unit is not None and entry.unit in policy.elasticity.unit:
        return ("elasticity", "unit", entry.unit)
    return ("elasticity", "default")
