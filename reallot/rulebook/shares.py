"""Rules about parts of the budget."""

from __future__ import annotations

from optimizer import rules
from optimizer.problem import Channel
from reallot.project import policy as said
from reallot.rulebook.grading import Grades


def shares(policy: said.Policy) -> tuple[rules.Share, ...]:
    """The bands of [[share]], in the file's order."""
    return tuple(_share(share) for share in policy.share)


def tiers(
    policy: said.Policy, channels: tuple[Channel, ...], grades: Grades
) -> tuple[rules.Tiers, ...]:
    """The rule over the grades, if there are any."""
    if not grades.tiers:
        return ()
    committed = frozenset(c.name for c in channels if policy.says_of(c.name).committed)
    return (rules.Tiers(grades.tiers, grades.by_channel, committed),)


def part(of: said.Part) -> rules.Part:
    """A part of the budget as the engine has it."""
    return rules.Part(frozenset(of.channel), frozenset(of.unit), frozenset(of.tag))


def _share(share: said.Share) -> rules.Share:
    within = None if share.within is None else part(share.within)
    return rules.Share(share.name, part(share.of), share.band, within, share.each_quarter)
