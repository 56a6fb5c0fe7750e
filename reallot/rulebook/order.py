"""The order of rules: which of them decides over a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.channel import Channel
from reallot.project import policy as said
from reallot.rulebook.grading import Grades
from reallot.rulebook.parts import part


@dataclass(frozen=True)
class Order:
    """Channels by the highest rule that names them.

    Stopped or committed > frozen > changed > held; then elasticity. The lines of funds are none of
    these: their own rules say what they hold. ``stopped`` are those that the policy stops, ``out``
    those that their grade stops: contracts outlast grades. ``changed`` has the channels of every
    [[change]], by its name; several changes may name one channel.
    """

    committed: frozenset[str]
    stopped: frozenset[str]
    out: frozenset[str]
    frozen: frozenset[str]
    changed: Mapping[str, frozenset[str]]
    held: frozenset[str]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Changes that have nothing left to change."""
        return tuple(
            f"The change {name} says nothing: all its channels are stopped, committed or frozen."
            for name, channels in self.changed.items()
            if not channels
        )


def order_of(
    policy: said.Policy,
    channels: tuple[Channel, ...],
    grades: Grades,
    from_zero: frozenset[str] = frozenset(),
) -> Order:
    """Who decides over each channel of the budget; what is planned ``from_zero`` is not held."""
    entries = {channel.name: policy.says_of(channel.name) for channel in channels}
    committed = frozenset(name for name, entry in entries.items() if entry.committed)
    stopped = frozenset(name for name, entry in entries.items() if entry.stop)
    out = grades.stopped - committed - stopped
    above = committed | stopped | out
    frozen = frozenset(name for name, entry in entries.items() if entry.freeze) - above
    above |= frozen
    changed = {change.name: _of(change.of, channels) - above for change in policy.change}
    above = above.union(*changed.values())
    unknown = (c.name for c in channels if c.curve is None or not c.curve.known)
    above |= {fund.channel for fund in policy.funds} | from_zero
    held = frozenset(name for name in unknown if not entries[name].move_unknown) - above
    return Order(committed, stopped, out, frozen, changed, held)


def _of(of: said.Part, channels: tuple[Channel, ...]) -> frozenset[str]:
    whole = part(of)
    return frozenset(channel.name for channel in channels if whole.has(channel))
