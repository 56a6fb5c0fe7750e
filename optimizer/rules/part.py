"""A part of the budget, named by its channels, units or tags."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.problem import AllocationProblem, Channel


@dataclass(frozen=True)
class Part:
    """The channels that match everything given; an empty set asks for nothing."""

    channels: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def has(self, channel: Channel) -> bool:
        """Whether the channel belongs to this part."""
        return (
            (not self.channels or channel.name in self.channels)
            and (not self.units or channel.unit in self.units)
            and (not self.tags or not self.tags.isdisjoint(channel.tags))
        )

    def __str__(self) -> str:
        """The part as a planner says it."""
        return ", ".join(sorted(self.channels | self.units | self.tags))

    def members(self, problem: AllocationProblem) -> tuple[int, ...]:
        """Positions of this part's channels."""
        return tuple(i for i, channel in enumerate(problem.channels) if self.has(channel))
