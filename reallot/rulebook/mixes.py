"""Rules about how the money of a line or a product is mixed."""

from __future__ import annotations

from optimizer import rules
from optimizer.rules.lifecycle import STAGES
from reallot.project import policy as said
from reallot.rulebook.parts import part


def layers(policy: said.Policy) -> tuple[rules.Layers, ...]:
    """The splits of [[layers]], in the file's order."""
    return tuple(
        rules.Layers(own.name, part(own.of), own.shares, own.leeway, own.each_quarter)
        for own in policy.layers
    )


def lifecycle(policy: said.Policy) -> tuple[rules.Lifecycle, ...]:
    """The stages of [[lifecycle]], with their usual tag and share unless the policy has its own."""
    return tuple(_lifecycle(own) for own in policy.lifecycle)


def _lifecycle(own: said.Lifecycle) -> rules.Lifecycle:
    tag, share = STAGES[own.stage]
    return rules.Lifecycle(
        part(own.of),
        own.stage,
        tag if own.tag is None else own.tag,
        share if own.share is None else own.share,
    )
