"""[[ratio]]: two parts of the budget that move together."""

from __future__ import annotations

import math
from typing import Self

from pydantic import model_validator

from reallot.project.policy.shares import Part
from reallot.project.policy.types import Multiples, Section


class Ratio(Section):
    """[[ratio]]: the money of one part as a multiple of another's."""

    name: str
    of: Part
    to: Part
    band: Multiples
    each_quarter: bool = False

    @model_validator(mode="after")
    def _begins_somewhere(self) -> Self:
        if math.isinf(self.band[0]):
            raise ValueError("band = [0.8, 1.2]: a lower end that is a finite multiple")
        return self
