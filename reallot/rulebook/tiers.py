"""Rules about what the grades of channels get."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said
from reallot.rulebook.grading import Grades
from reallot.rulebook.order import Order


def tiers(grades: Grades, order: Order) -> tuple[rules.Tiers, ...]:
    """The rule over the grades, if there are any."""
    if not grades.tiers:
        return ()
    return (rules.Tiers(grades.tiers, grades.by_channel, order.committed),)


def exploration(policy: said.Policy, grades: Grades) -> tuple[rules.Exploration, ...]:
    """What is set aside for a tier."""
    aside = policy.exploration
    if aside is None:
        return ()
    return (rules.Exploration(aside.tier, grades.of(aside.tier), aside.share),)


def earmark(policy: said.Policy, grades: Grades, order: Order) -> tuple[rules.Earmark, ...]:
    """Where the money of stopped channels goes."""
    if policy.earmark is None:
        return ()
    stopped = order.stopped | order.out
    graded = frozenset().union(*(grades.of(tier) for tier in policy.earmark.to))
    return (rules.Earmark(policy.earmark.to, graded - stopped, stopped),)
