"""[pilots]: experiments that stay small."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from reallot.project.policy.types import Amount, Fraction, Section


class Pilots(Section):
    """[pilots]: the most that each channel with the tag gets per quarter, and all of them get."""

    tag: str
    cap: Annotated[Amount, Field(gt=0)] | None = None
    share: Annotated[Fraction, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.cap is None and self.share is None:
            raise ValueError("cap = 50_000, share = 0.02, or both, beside tag")
        return self
