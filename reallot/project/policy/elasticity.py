"""[elasticity]: how far amounts may move."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reallot.project.policy.types import LARGEST_ELASTICITY, Fraction, Move, Section


class Sides(Section):
    """An elasticity with two sides, as shares of the current amount."""

    down: Fraction
    up: Move


def _both_sides(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= LARGEST_ELASTICITY:
            raise ValueError("a share of the current amount: 0.20 is 20 %")
        return Sides(down=min(float(value), 1.0), up=float(value))
    if not isinstance(value, dict | Sides):
        raise ValueError("a share such as 0.20, or { down = 0.30, up = 0.10 }")
    return value


Elasticity = Annotated[Sides, BeforeValidator(_both_sides)]


class Elasticities(Section):
    """[elasticity]: how far amounts may move.

    ``weak`` is what is left of it for channels whose curve is unsure.
    """

    default: Elasticity | None = None
    unit: dict[str, Elasticity] = Field(default_factory=dict)
    weak: Fraction = 1.0
