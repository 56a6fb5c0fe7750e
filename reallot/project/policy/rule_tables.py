"""The tables of rules that are written alike in the policy and in a scenario."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from reallot.project.policy.capacity import Capacity
from reallot.project.policy.change import Change
from reallot.project.policy.earmark import Earmark
from reallot.project.policy.exploration import Exploration
from reallot.project.policy.mixes import Layers, Lifecycle
from reallot.project.policy.pilots import Pilots
from reallot.project.policy.ratio import Ratio
from reallot.project.policy.reserves import NamedReserve, Operating, Reserve, StrategicReserve
from reallot.project.policy.resource import Resource
from reallot.project.policy.targets import Moves, Target
from reallot.project.policy.types import Section, Weight, as_tuple


class RuleTables(Section):
    """Rules by table; one that is not written is no rule."""

    reserve: Reserve | None = None
    strategic_reserve: StrategicReserve | None = None
    named_reserve: Annotated[tuple[NamedReserve, ...], BeforeValidator(as_tuple)] = ()
    operating: Operating | None = None
    change: Annotated[tuple[Change, ...], BeforeValidator(as_tuple)] = ()
    ratio: Annotated[tuple[Ratio, ...], BeforeValidator(as_tuple)] = ()
    resource: Annotated[tuple[Resource, ...], BeforeValidator(as_tuple)] = ()
    capacity: Annotated[tuple[Capacity, ...], BeforeValidator(as_tuple)] = ()
    exploration: Exploration | None = None
    earmark: Earmark | None = None
    pilots: Pilots | None = None
    layers: Annotated[tuple[Layers, ...], BeforeValidator(as_tuple)] = ()
    lifecycle: Annotated[tuple[Lifecycle, ...], BeforeValidator(as_tuple)] = ()
    weights: dict[str, Weight] = Field(default_factory=dict)
    target: Target = Target()
    moves: Moves = Moves()
