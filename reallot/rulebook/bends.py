"""Which rows of which rule give way, and at which level."""

from __future__ import annotations

from collections.abc import Sequence

from reallot.project import policy as said
from reallot.project.bends import LIMITS, Bends
from reallot.rulebook.rows import rows_of


def bends_of(
    bends: Bends, policy: said.Policy, channels: Sequence[str]
) -> dict[tuple[str, str], int]:
    """The level of every rule and key that gives way; ``bends`` are those of the policy's values.

    Where two values govern one row, as both ends of a change may, it gives way at the higher level.
    """
    found: dict[tuple[str, str], int] = {}
    for path, level in bends.items():
        for row in rows_of(path, LIMITS, policy, channels):
            found[row] = max(level, found.get(row, level))
    return found
