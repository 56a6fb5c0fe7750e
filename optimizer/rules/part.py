"""A part of the budget, named by its channels, units, tags, products, regions or audiences."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.channel import Channel
from optimizer.problem import AllocationProblem


@dataclass(frozen=True)
class Part:
    """The channels that match everything given; an empty set asks for nothing."""

    channels: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()

    def has(self, channel: Channel) -> bool:
        """Whether the channel belongs to this part."""
        return (
            (not self.channels or not {channel.name, channel.group}.isdisjoint(self.channels))
            and (not self.units or channel.unit in self.units)
            and (not self.tags or not self.tags.isdisjoint(channel.tags))
            and (not self.products or channel.product in self.products)
            and (not self.regions or channel.region in self.regions)
            and (not self.audiences or channel.audience in self.audiences)
        )

    def __str__(self) -> str:
        """The part as a planner says it."""
        named = self.channels | self.units | self.tags
        return ", ".join(sorted(named | self.products | self.regions | self.audiences))

    def members(self, problem: AllocationProblem) -> tuple[int, ...]:
        """Positions of this part's channels."""
        return tuple(i for i, channel in enumerate(problem.channels) if self.has(channel))
