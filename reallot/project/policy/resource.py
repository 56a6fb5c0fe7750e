"""[[resource]]: what spending uses up besides money."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from reallot.project.policy.types import Amount, Section


class Resource(Section):
    """[[resource]]: how much there is, and what one unit of money uses of it, by channel."""

    name: str
    unit: str
    limit: Amount
    per_unit: dict[str, Amount]
    each_quarter: bool = False

    @model_validator(mode="after")
    def _is_used(self) -> Self:
        if not any(self.per_unit.values()):
            raise ValueError("per_unit = { Channel = 0.0002 }, above 0 for one channel at least")
        return self
