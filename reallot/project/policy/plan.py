"""[plan] and [history]: the horizon, the money, and how tables are laid out."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reallot.project.policy.types import (
    LONGEST_HORIZON,
    Amount,
    Currency,
    Fraction,
    Listed,
    Quarter,
    Section,
)

# Draws of the curves that a cautious plan looks at: each is a copy of the whole response.
MOST_CURVES = 20


class Caution(Section):
    """caution = { … }: the mean of the ``worst`` share of so many ``curves`` is what counts."""

    worst: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.2
    curves: Annotated[int, Field(ge=1, le=MOST_CURVES)] = MOST_CURVES


class Plan(Section):
    """[plan]: the horizon, the money, and what it is to bring."""

    name: str | None = None
    currency: Currency
    first_quarter: Quarter
    quarters: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)]
    budget: Annotated[Amount, Field(gt=0)] | None = None
    objective: Literal["response", "profit", "spend"] = "response"
    value: Literal["all", "direct"] = "all"
    margin: Fraction | None = None
    shift_between_quarters: Fraction = 0.0
    rounding: Amount | None = None
    caution: Caution | None = None


class HistoryTable(Section):
    """[history]: how the history's table is laid out.

    A wide table has a row per date: ``spend`` maps each channel to its heading, ``outcome`` is the
    heading of the total result, ``unit_value`` that of the money one unit of it brings, where the
    result does not count money; ``controls`` are headings of numbers, ``indicators`` headings of
    text with the word that means nothing happened.
    """

    layout: Literal["long", "wide"] = "long"
    date: str | None = None
    spend: dict[str, str] = Field(default_factory=dict)
    outcome: str | None = None
    unit_value: str | None = None
    controls: Listed = ()
    indicators: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_layout(self) -> Self:
        given = self.model_fields_set - {"layout", "indicators"}
        if self.layout == "long" and given:
            raise ValueError(f'layout = "wide" beside {", ".join(sorted(given))}')
        if self.layout == "wide" and not self.spend:
            raise ValueError('spend = { Channel = "heading", … } beside layout = "wide"')
        if self.outcome is None and self.unit_value is not None:
            raise ValueError("outcome beside unit_value")
        return self
