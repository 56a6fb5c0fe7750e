"""[[channel]]: what is said of one channel."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from reallot.project.policy.elasticity import Elasticity
from reallot.project.policy.types import Amount, Listed, PerQuarter, Section, as_tuple


class Channel(Section):
    """[[channel]]: what is said of one channel. Amounts are per quarter."""

    name: str
    unit: str | None = None
    tags: Listed = ()
    elasticity: Elasticity | None = None
    floor: Amount | None = None
    cap: Amount | None = None
    contracted: PerQuarter | None = None
    committed: bool = False
    stop: bool = False
    freeze: bool = False
    move_unknown: bool = False
    pacing: Annotated[tuple[Amount, ...], BeforeValidator(as_tuple)] | None = None
