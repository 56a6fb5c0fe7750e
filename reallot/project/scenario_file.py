"""A scenario file: one future's factors, and the rules that hold only there."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reallot.project.policy import (
    Channel,
    Elasticities,
    Layers,
    Lifecycle,
    NamedReserve,
    Operating,
    Part,
    Policy,
    Reserve,
    Section,
    Share,
    StrategicReserve,
    Tiers,
)
from reallot.project.policy.types import Band, Fraction, as_tuple


def _per_quarter(value: Any) -> Any:
    return (value,) if isinstance(value, int | float) else as_tuple(value)


# One factor for all quarters, or one for each.
Factors = Annotated[
    tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...],
    BeforeValidator(_per_quarter),
    Field(min_length=1),
]
Prices = Annotated[
    tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...],
    BeforeValidator(_per_quarter),
    Field(min_length=1),
]
ONE = (1.0,)


class ScenarioChannel(Channel):
    """[[channel]] of a scenario; its own demand and price go before those of all channels."""

    demand: Factors | None = None
    media_price: Prices | None = None


class ShareChange(Section):
    """[[share]] of a scenario: a new band, or what changes in one of the policy's."""

    name: str
    of: Part | None = None
    band: Band | None = None
    within: Part | None = None
    each_quarter: bool | None = None


class ScenarioFile(Section):
    """scenarios/NAME.toml."""

    probability: Fraction | None = None
    demand: Factors = ONE
    media_price: Prices = ONE
    budget: Factors = ONE
    signal: Any = None
    reserve: Reserve | None = None
    strategic_reserve: StrategicReserve | None = None
    named_reserve: Annotated[tuple[NamedReserve, ...], BeforeValidator(as_tuple)] = ()
    operating: Operating | None = None
    elasticity: Elasticities | None = None
    channel: Annotated[tuple[ScenarioChannel, ...], BeforeValidator(as_tuple)] = ()
    share: Annotated[tuple[ShareChange, ...], BeforeValidator(as_tuple)] = ()
    tiers: Tiers | None = None
    layers: Annotated[tuple[Layers, ...], BeforeValidator(as_tuple)] = ()
    lifecycle: Annotated[tuple[Lifecycle, ...], BeforeValidator(as_tuple)] = ()

    def over(self, policy: Policy) -> Policy:
        """The policy as it holds in this scenario: the same key replaces."""
        changes: dict[str, Any] = {
            "channel": _merged(policy.channel, self.channel, Channel),
            "share": _merged(policy.share, self.share, Share),
            "named_reserve": _merged(policy.named_reserve, self.named_reserve, NamedReserve),
            "layers": _merged(policy.layers, self.layers, Layers),
            "lifecycle": _merged(policy.lifecycle, self.lifecycle, Lifecycle, by="of"),
        }
        for table in ("strategic_reserve", "operating"):
            if getattr(self, table) is not None:
                changes[table] = getattr(self, table)
        if self.reserve is not None:
            known = {} if policy.reserve is None else policy.reserve.model_dump(exclude_unset=True)
            changes["reserve"] = Reserve(**known | self.reserve.model_dump(exclude_unset=True))
        if self.elasticity is not None:
            default = self.elasticity.default
            changes["elasticity"] = Elasticities(
                default=policy.elasticity.default if default is None else default,
                unit=policy.elasticity.unit | self.elasticity.unit,
            )
        if self.tiers is not None:
            changes["tiers"] = policy.tiers.model_copy(update=self.tiers.named)
        return policy.model_copy(update=changes)


def _merged(
    entries: tuple[Any, ...], changes: tuple[Any, ...], kind: type[Section], by: str = "name"
) -> tuple[Any, ...]:
    """Entries by name, each with what its change sets; new names at the end."""
    name_of = attrgetter(by)
    by_name = {name_of(entry): entry for entry in entries}
    for change in changes:
        known = by_name.get(name_of(change))
        given = {
            field: getattr(change, field)
            for field in change.model_fields_set & set(kind.model_fields)
        }
        by_name[name_of(change)] = (
            kind(**given) if known is None else known.model_copy(update=given)
        )
    return tuple(by_name.values())
