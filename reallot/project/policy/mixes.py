"""[[layers]] and [[lifecycle]]: how the money of a line or a product is mixed."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from optimizer.rules.lifecycle import Stage
from reallot.project.policy.shares import Part
from reallot.project.policy.types import Fraction, Section

SHARES_SLACK = 1e-6


def _whole(shares: dict[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    if abs(total - 1) > SHARES_SLACK:
        raise ValueError(f"shares that add to 1; these add to {total:.9g}")
    return shares


class Layers(Section):
    """[[layers]]: a line's split between its layers; the keys of ``shares`` are tags."""

    name: str
    of: Part
    shares: Annotated[dict[str, Fraction], AfterValidator(_whole)]
    leeway: Fraction = 0.0
    each_quarter: bool = False


class Lifecycle(Section):
    """[[lifecycle]]: the stage of a product; its tag and share where they are not the usual."""

    of: Part
    stage: Stage
    tag: Annotated[str, Field(min_length=1)] | None = None
    share: Fraction | None = None
