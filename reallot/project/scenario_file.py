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
    Packages,
    Part,
    Policy,
    Reserve,
    RuleTables,
    Section,
    Share,
    Tiers,
)
from reallot.project.policy.types import Amount, Band, Fraction, as_tuple, number_or_list
from reallot.project.signal import Signals

# One factor for all quarters, or one for each.
Factors = Annotated[
    tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...],
    BeforeValidator(number_or_list),
    Field(min_length=1),
]
Prices = Annotated[
    tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...],
    BeforeValidator(number_or_list),
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
    of_amount: Annotated[Amount, Field(gt=0)] | None = None
    each_quarter: bool | None = None


class ScenarioFile(RuleTables):
    """scenarios/NAME.toml."""

    probability: Fraction | None = None
    demand: Factors = ONE
    media_price: Prices = ONE
    budget: Factors = ONE
    signal: Signals | None = None
    exchange: dict[str, Prices] = Field(default_factory=dict)
    elasticity: Elasticities | None = None
    channel: Annotated[tuple[ScenarioChannel, ...], BeforeValidator(as_tuple)] = ()
    share: Annotated[tuple[ShareChange, ...], BeforeValidator(as_tuple)] = ()
    tiers: Tiers | None = None
    packages: Packages | None = None

    def over(self, policy: Policy) -> Policy:
        """The policy as it holds in this scenario: the same key replaces."""
        changes: dict[str, Any] = {
            "channel": _merged(policy.channel, self.channel, Channel),
            "share": _merged(policy.share, self.share, Share),
            "change": _replaced(policy.change, self.change),
            "ratio": _replaced(policy.ratio, self.ratio),
            "resource": _replaced(policy.resource, self.resource),
            "capacity": _replaced(policy.capacity, self.capacity),
            "named_reserve": _merged(policy.named_reserve, self.named_reserve, NamedReserve),
            "layers": _merged(policy.layers, self.layers, Layers),
            "lifecycle": _merged(policy.lifecycle, self.lifecycle, Lifecycle, by="of"),
        }
        for table in ("strategic_reserve", "operating", "exploration", "earmark", "pilots"):
            if (own := getattr(self, table)) is not None:
                changes[table] = own
        if self.reserve is not None:
            known = {} if policy.reserve is None else policy.reserve.model_dump(exclude_unset=True)
            changes["reserve"] = Reserve(**known | self.reserve.model_dump(exclude_unset=True))
        if self.elasticity is not None:
            unit = policy.elasticity.unit | self.elasticity.unit
            changes["elasticity"] = policy.elasticity.model_copy(
                update=_given(self.elasticity) | {"unit": unit}
            )
        if self.tiers is not None:
            changes["tiers"] = policy.tiers.model_copy(update=self.tiers.named)
        changes["weights"] = policy.weights | self.weights
        changes["target"] = policy.target.model_copy(update=_given(self.target))
        changes["moves"] = policy.moves.model_copy(update=_given(self.moves))
        if self.packages is not None and self.packages.protect is not None:
            changes["packages"] = self.packages
        return policy.model_copy(update=changes)


def _replaced(entries: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
    """Entries by name, each replaced as a whole; new names at the end."""
    return tuple({entry.name: entry for entry in (*entries, *others)}.values())


def _given(section: Section) -> dict[str, Any]:
    """What a section sets itself."""
    return {field: getattr(section, field) for field in section.model_fields_set}


def _merged(
    entries: tuple[Any, ...], changes: tuple[Any, ...], kind: type[Section], by: str = "name"
) -> tuple[Any, ...]:
    """Entries by name, each with what its change sets; new names at the end."""
    name_of = attrgetter(by)
    by_name = {name_of(entry): entry for entry in entries}
    for change in changes:
        known = by_name.get(name_of(change))
        given = {
            field: value for field, value in _given(change).items() if field in kind.model_fields
        }
        by_name[name_of(change)] = (
            kind(**given) if known is None else known.model_copy(update=given)
        )
    return tuple(by_name.values())
