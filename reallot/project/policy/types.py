"""What values of the policy may be: amounts, shares, names, and the table that holds them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from reallot.errors import UnreadableError
from reallot.project.currency import DECIMALS
from reallot.project.dates import quarter
from reallot.project.nearest import did_you_mean

# A change of more than this is taken for a percentage written as a number: 15 instead of 0.15.
LARGEST_ELASTICITY = 10.0
# Quarters: ten years.
LONGEST_HORIZON = 40
# Beyond this, sums of amounts would lose cents.
LARGEST_AMOUNT = 1e15


def _known_currency(code: str) -> str:
    if code not in DECIMALS:
        near = " Did you mean 'CNY'?" if code in ("RMB", "CNH") else did_you_mean(code, DECIMALS)
        raise ValueError(f"an ISO 4217 code such as CNY or USD.{near}")
    return code


def _readable_quarter(text: str) -> str:
    try:
        return quarter(text)
    except UnreadableError as remedy:
        raise ValueError(str(remedy)) from None


def _ascending(band: tuple[float, float]) -> tuple[float, float]:
    if band[0] > band[1]:
        raise ValueError("the lower end first: [lower, upper]")
    return band


def as_tuple(value: Any) -> Any:
    """A list of the file as the tuple it becomes; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def number_or_list(value: Any) -> Any:
    """One number for all quarters as a tuple of one, a list as the tuple it becomes."""
    return (value,) if isinstance(value, int | float) else as_tuple(value)


def one_or_many(value: Any) -> Any:
    """One name as a tuple of one, a list as the tuple it becomes."""
    return (value,) if isinstance(value, str) else as_tuple(value)


Amount = Annotated[float, Field(ge=0, le=LARGEST_AMOUNT, allow_inf_nan=False)]
# One amount for all quarters, or one for each.
PerQuarter = Annotated[tuple[Amount, ...], BeforeValidator(number_or_list), Field(min_length=1)]
Positive = Annotated[float, Field(gt=0, le=LARGEST_AMOUNT, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Band = Annotated[tuple[Fraction, Fraction], BeforeValidator(as_tuple), AfterValidator(_ascending)]
Multiple = Annotated[float, Field(ge=0)]
Multiples = Annotated[
    tuple[Multiple, Multiple], BeforeValidator(as_tuple), AfterValidator(_ascending)
]
Names = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]
Listed = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Quarter = Annotated[str, AfterValidator(_readable_quarter)]
Currency = Annotated[str, AfterValidator(_known_currency)]
# A change with its sign: -0.05 is 5 % less.
SignedMove = Annotated[float, Field(ge=-1, le=LARGEST_ELASTICITY, allow_inf_nan=False)]
# A weight beyond this is taken for a percentage: 120 instead of 1.2.
Weight = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Move = Annotated[float, Field(ge=0, le=LARGEST_ELASTICITY, allow_inf_nan=False)]


class Section(BaseModel):
    """A table of the file: nothing unknown, nothing converted in silence, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
