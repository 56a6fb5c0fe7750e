"""Parts of the budget as the engine has them."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said


def part(of: said.Part) -> rules.Part:
    """The channels that match everything given."""
    return rules.Part(
        *map(frozenset, (of.channel, of.unit, of.tag, of.product, of.region, of.audience))
    )
