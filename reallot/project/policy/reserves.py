"""[reserve] and its kin: money that is kept, and not assigned to what a channel brings."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from reallot.project.policy.shares import Part
from reallot.project.policy.types import Amount, Band, Fraction, Quarter, Section


class Reserve(Section):
    """[reserve]: the pool's band and its emergency layer, as shares of the whole budget.

    ``keep_value`` is what a unit of the pool counts in a hedge that is left at the horizon's end.
    """

    share: Band | None = None
    emergency: Fraction | None = None
    keep_value: Amount = 0.0

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("share = [0.10, 0.15], emergency = 0.05 or keep_value = 0.5")
        return self


class StrategicReserve(Section):
    """[strategic_reserve]: a second pool in a line of the budget, as a share of the whole."""

    channel: str
    share: Band
    owner: Annotated[str, Field(min_length=1)]


class NamedReserve(Section):
    """[[named_reserve]]: money kept inside a line, as a share of that line with it."""

    name: str
    channel: str
    of: Part
    share: Band
    until: Quarter | None = None


class Operating(Section):
    """[operating]: months of running cost that the pool holds ready."""

    months: Annotated[Amount, Field(gt=0)]
    monthly: Annotated[Amount, Field(gt=0)] | None = None
    of: Part | None = None

    @model_validator(mode="after")
    def _says_the_cost_once(self) -> Self:
        if (self.monthly is None) == (self.of is None):
            raise ValueError('either monthly = 400_000 or of = { tag = "basic" }')
        return self

    @property
    def cost(self) -> Part | float:
        """What a month costs, or the part of the budget whose cost it is."""
        given = (cost for cost in (self.of, self.monthly) if cost is not None)
        return next(given)
