"""Rules about how far parts of the budget must move."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said
from reallot.rulebook.order import Order


def changes(policy: said.Policy, order: Order) -> tuple[rules.Change, ...]:
    """The moves of [[change]], in the file's order."""
    return tuple(
        rules.Change(change.name, order.changed[change.name], change.least, change.most)
        for change in policy.change
    )
