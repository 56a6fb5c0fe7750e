"""[[share]] and [tiers]: bands for parts of the budget."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from reallot.project.policy.types import Amount, Band, Multiples, Names, Section


class Part(Section):
    """A part of the budget: the channels that match everything given."""

    channel: Names = ()
    unit: Names = ()
    tag: Names = ()
    product: Names = ()
    region: Names = ()
    audience: Names = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not any(getattr(self, kind) for kind in Part.model_fields):
            raise ValueError('a channel, a unit or a tag: { tag = "core" }')
        return self


class Share(Section):
    """[[share]]: a band for a part of the budget."""

    name: str
    of: Part
    band: Band
    within: Part | None = None
    of_amount: Annotated[Amount, Field(gt=0)] | None = None
    each_quarter: bool = False


class Tier(Section):
    """A grade: return on spend as a multiple, and the share of the budget that the grade gets."""

    roi: Multiples
    share: Band | None = None
    months: Annotated[int, Field(ge=1)] | None = None


class Tiers(Section):
    """[tiers]: the grades."""

    S: Tier | None = None
    A: Tier | None = None
    B: Tier | None = None
    out: Tier | None = None

    @property
    def named(self) -> dict[str, Tier]:
        """The grades that the policy names, best first."""
        grades = {"S": self.S, "A": self.A, "B": self.B, "out": self.out}
        return {name: tier for name, tier in grades.items() if tier is not None}
