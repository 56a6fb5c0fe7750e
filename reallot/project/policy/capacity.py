"""[[capacity]]: how much a market holds."""

from __future__ import annotations

from reallot.project.policy.shares import Part
from reallot.project.policy.types import Amount, Section


class Capacity(Section):
    """The most response that a part of the budget may bring in a quarter."""

    name: str
    of: Part
    response: Amount
