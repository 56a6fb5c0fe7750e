"""[target] and [moves]: what a plan must bring, and how much may change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reallot.project.policy.types import Amount, Positive, Section


class Target(Section):
    """[target]: what the plan must bring; several may stand.

    ``response`` is in units of the curves, ``growth`` a share on top of last year's response,
    ``roi`` response per unit of money, ``new_customers`` a number of them.
    """

    response: Positive | None = None
    growth: Annotated[float, Field(gt=-1, le=10, allow_inf_nan=False)] | None = None
    roi: Positive | None = None
    new_customers: Positive | None = None

    @property
    def named(self) -> dict[str, float]:
        """The targets that the policy names, by key."""
        given = {field: getattr(self, field) for field in type(self).model_fields}
        return {key: value for key, value in given.items() if value is not None}


class Moves(Section):
    """[moves]: ``most`` channels change in a quarter, each by ``least`` money at least."""

    most: Annotated[int, Field(ge=0)] | None = None
    least: Amount | None = None
