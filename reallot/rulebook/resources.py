"""Rules about what spending uses up besides money."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said


def resources(policy: said.Policy) -> tuple[rules.Resource, ...]:
    """The limits of [[resource]], in the file's order."""
    return tuple(
        rules.Resource(r.name, r.unit, r.limit, r.per_unit, r.each_quarter) for r in policy.resource
    )
