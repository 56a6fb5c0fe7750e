"""Rules about how far amounts may move, and how many."""

from __future__ import annotations

from optimizer import rules
from optimizer.channel import Channel
from reallot.project import policy as said


def elasticity(said_: said.Policy, channels: tuple[Channel, ...]) -> tuple[rules.Elasticity, ...]:
    """One rule for all bands, or none where the policy names no band."""
    default = said_.elasticity.default
    unit = {name: _band(sides) for name, sides in said_.elasticity.unit.items()}
    entries = [said_.says_of(channel.name) for channel in channels]
    channel = {e.name: _band(e.elasticity) for e in entries if e.elasticity is not None}
    if default is None and not unit and not channel:
        return ()
    unsure = frozenset(
        c.name
        for c, entry in zip(channels, entries, strict=True)
        if c.curve is not None and c.curve.diagnostics.flags and not entry.move_unknown
    )
    whole = None if default is None else _band(default)
    return (rules.Elasticity(whole, unit, channel, unsure, said_.elasticity.weak),)


def _band(sides: said.Sides) -> rules.Band:
    return rules.Band(sides.down, sides.up)


def moves(policy: said.Policy) -> tuple[rules.Moves, ...]:
    """How many channels change and by how much at least, if the policy says."""
    asked = policy.moves
    if asked.most is None and asked.least is None:
        return ()
    return (rules.Moves(asked.most, asked.least),)
