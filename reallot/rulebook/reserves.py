"""Rules about money that is kept."""

from __future__ import annotations

from optimizer import rules
from optimizer.rules.rule import Rule
from reallot.project import policy as said
from reallot.rulebook.parts import part


def reserve(policy: said.Policy) -> tuple[rules.Reserve, ...]:
    """The pool's band and emergency layer; without a band the pool stays as it is."""
    if policy.reserve is None:
        return (rules.Reserve(),)
    return (rules.Reserve(policy.reserve.share, policy.reserve.emergency),)


def reserves(policy: said.Policy) -> tuple[Rule, ...]:
    """The second pool, the reserves inside lines, and what has to run on."""
    named: list[Rule] = []
    if policy.strategic_reserve is not None:
        second = policy.strategic_reserve
        named.append(rules.StrategicReserve(second.channel, second.share, second.owner))
    named += [
        rules.NamedReserve(own.channel, own.name, part(own.of), own.share, own.until)
        for own in policy.named_reserve
    ]
    if policy.operating is not None:
        named.append(_operating(policy.operating))
    return tuple(named)


def _operating(own: said.Operating) -> rules.Operating:
    cost = own.cost
    return rules.Operating(own.months, cost if isinstance(cost, float) else part(cost))
