"""[earmark]: where the money of stopped channels goes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reallot.project.policy.types import Section, one_or_many


class Earmark(Section):
    """[earmark]: the tiers that alone may take what stopped channels free."""

    to: Annotated[
        tuple[Literal["S", "A", "B"], ...], BeforeValidator(one_or_many), Field(min_length=1)
    ]
