"""[simulate] and [[event]]: how far the future may fall from what is expected."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from reallot.project.policy.types import Fraction, Section, as_tuple

Factor = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)]
MOST_FUTURES = 100_000


class Simulate(Section):
    """[simulate]: how many futures, and their spreads (standard deviations, as shares)."""

    futures: Annotated[int, Field(ge=1, le=MOST_FUTURES)] = 1000
    seed: Annotated[int, Field(ge=0)] = 1
    demand: Fraction = 0.10
    media_price: Fraction = 0.05
    conversion: Fraction = 0.05
    basket: Fraction = 0.05
    exchange: Fraction = 0.05
    correlation: Fraction = 0.5
    persistence: Fraction = 0.5


class EventChannel(Section):
    """[[event.channel]]: a channel that an event hits otherwise than the rest."""

    name: str
    demand: Factor | None = None
    media_price: Factor | None = None


class Event(Section):
    """[[event]]: what happens seldom, and what it does for so many quarters."""

    name: str
    probability: Fraction
    quarters: Annotated[int, Field(ge=1)] = 1
    demand: Factor = 1.0
    media_price: Factor = 1.0
    channel: Annotated[tuple[EventChannel, ...], BeforeValidator(as_tuple)] = ()

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.demand == self.media_price == 1 and not self.channel:
            raise ValueError("demand = 0.8, media_price = 1.1, or [[event.channel]]")
        return self
