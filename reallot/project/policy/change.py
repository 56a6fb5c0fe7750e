"""[[change]]: how far a part of the budget must move, or may move at most."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from reallot.project.policy.shares import Part
from reallot.project.policy.types import Section, SignedMove


class Change(Section):
    """[[change]]: shares of the part's current amount, with their sign; -0.05 is 5 % less."""

    name: str
    of: Part
    least: SignedMove | None = None
    most: SignedMove | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.least is None and self.most is None:
            raise ValueError("least = 0.20, most = 0.50, or both, beside of")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("a least that is not above most; -0.05 is 5 % less")
        return self
