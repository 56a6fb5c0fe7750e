"""Rules about experiments."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said


def pilots(policy: said.Policy) -> tuple[rules.Pilots, ...]:
    """The limits of [pilots]."""
    small = policy.pilots
    return () if small is None else (rules.Pilots(small.tag, small.cap, small.share),)
