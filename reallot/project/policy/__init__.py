"""The policy: what reallot.toml and the scenario files may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from reallot.project.policy.capacity import Capacity
from reallot.project.policy.chance import Event, EventChannel, Simulate
from reallot.project.policy.change import Change
from reallot.project.policy.channel import Channel
from reallot.project.policy.earmark import Earmark
from reallot.project.policy.elasticity import Elasticities, Elasticity, Sides
from reallot.project.policy.exploration import Exploration
from reallot.project.policy.mixes import Layers, Lifecycle
from reallot.project.policy.packages import Packages
from reallot.project.policy.pilots import Pilots
from reallot.project.policy.plan import HistoryTable, Plan
from reallot.project.policy.ratio import Ratio
from reallot.project.policy.reserves import NamedReserve, Operating, Reserve, StrategicReserve
from reallot.project.policy.resource import Resource
from reallot.project.policy.rule_tables import RuleTables
from reallot.project.policy.shares import Part, Share, Tier, Tiers
from reallot.project.policy.targets import Moves, Target
from reallot.project.policy.types import Names, Section, as_tuple

__all__ = [
    "Capacity",
    "Change",
    "Channel",
    "Earmark",
    "Elasticities",
    "Elasticity",
    "Event",
    "EventChannel",
    "Exploration",
    "HistoryTable",
    "Layers",
    "Lifecycle",
    "Moves",
    "NamedReserve",
    "Operating",
    "Packages",
    "Part",
    "Pilots",
    "Plan",
    "Policy",
    "Ratio",
    "Reserve",
    "Resource",
    "RuleTables",
    "Section",
    "Share",
    "Sides",
    "Simulate",
    "StrategicReserve",
    "Target",
    "Tier",
    "Tiers",
]


class Policy(RuleTables):
    """reallot.toml."""

    plan: Plan
    elasticity: Elasticities = Elasticities()
    channel: Annotated[tuple[Channel, ...], BeforeValidator(as_tuple)] = ()
    share: Annotated[tuple[Share, ...], BeforeValidator(as_tuple)] = ()
    tiers: Tiers = Tiers()
    packages: Packages = Packages()
    simulate: Simulate = Simulate()
    event: Annotated[tuple[Event, ...], BeforeValidator(as_tuple)] = ()
    columns: dict[str, Names] = Field(default_factory=dict)
    history: HistoryTable = HistoryTable()

    @property
    def funds(self) -> tuple[StrategicReserve | NamedReserve, ...]:
        """The reserves that have a line of the budget."""
        strategic = self.strategic_reserve
        return (*(() if strategic is None else (strategic,)), *self.named_reserve)

    def says_of(self, channel: str) -> Channel:
        """What the policy says of a channel; nothing in particular where it does not name it."""
        named = (entry for entry in self.channel if entry.name == channel)
        return next(named, Channel(name=channel))
