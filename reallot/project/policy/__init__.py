"""The policy: what reallot.toml and the scenario files may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from reallot.project.policy.change import Change
from reallot.project.policy.channel import Channel
from reallot.project.policy.earmark import Earmark
from reallot.project.policy.elasticity import Elasticities, Elasticity, Moves
from reallot.project.policy.exploration import Exploration
from reallot.project.policy.pilots import Pilots
from reallot.project.policy.plan import HistoryTable, Plan
from reallot.project.policy.ratio import Ratio
from reallot.project.policy.resource import Resource
from reallot.project.policy.shares import Part, Reserve, Share, Tier, Tiers
from reallot.project.policy.types import Names, Section, as_tuple

__all__ = [
    "Change",
    "Channel",
    "Earmark",
    "Elasticities",
    "Elasticity",
    "Exploration",
    "HistoryTable",
    "Moves",
    "Part",
    "Pilots",
    "Plan",
    "Policy",
    "Ratio",
    "Reserve",
    "Resource",
    "Section",
    "Share",
    "Tier",
    "Tiers",
]


class Policy(Section):
    """reallot.toml."""

    plan: Plan
    reserve: Reserve | None = None
    elasticity: Elasticities = Elasticities()
    channel: Annotated[tuple[Channel, ...], BeforeValidator(as_tuple)] = ()
    change: Annotated[tuple[Change, ...], BeforeValidator(as_tuple)] = ()
    share: Annotated[tuple[Share, ...], BeforeValidator(as_tuple)] = ()
    ratio: Annotated[tuple[Ratio, ...], BeforeValidator(as_tuple)] = ()
    resource: Annotated[tuple[Resource, ...], BeforeValidator(as_tuple)] = ()
    tiers: Tiers = Tiers()
    exploration: Exploration | None = None
    earmark: Earmark | None = None
    pilots: Pilots | None = None
    columns: dict[str, Names] = Field(default_factory=dict)
    history: HistoryTable = HistoryTable()

    def says_of(self, channel: str) -> Channel:
        """What the policy says of a channel; nothing in particular where it does not name it."""
        named = (entry for entry in self.channel if entry.name == channel)
        return next(named, Channel(name=channel))
