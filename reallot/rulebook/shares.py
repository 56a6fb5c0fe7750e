"""Rules about parts of the budget."""

from __future__ import annotations

from optimizer import rules
from reallot.project import policy as said
from reallot.rulebook.parts import part


def shares(policy: said.Policy) -> tuple[rules.Share, ...]:
    """The bands of [[share]], in the file's order."""
    return tuple(_share(share) for share in policy.share)


def ratios(policy: said.Policy) -> tuple[rules.Ratio, ...]:
    """The bands of [[ratio]], in the file's order."""
    return tuple(
        rules.Ratio(ratio.name, part(ratio.of), part(ratio.to), ratio.band, ratio.each_quarter)
        for ratio in policy.ratio
    )


def capacities(policy: said.Policy) -> tuple[rules.Capacity, ...]:
    """The markets of [[capacity]], in the file's order."""
    return tuple(
        rules.Capacity(capacity.name, part(capacity.of), capacity.response)
        for capacity in policy.capacity
    )


def _share(share: said.Share) -> rules.Share:
    within = None if share.within is None else part(share.within)
    return rules.Share(
        share.name, part(share.of), share.band, within, share.each_quarter, share.of_amount
    )
