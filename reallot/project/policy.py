"""The policy: what reallot.toml and the scenario files may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else as_tuple(value)


Amount = Annotated[float, Field(ge=0, le=LARGEST_AMOUNT, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Band = Annotated[tuple[Fraction, Fraction], BeforeValidator(as_tuple), AfterValidator(_ascending)]
Multiple = Annotated[float, Field(ge=0)]
Multiples = Annotated[
    tuple[Multiple, Multiple], BeforeValidator(as_tuple), AfterValidator(_ascending)
]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Listed = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Quarter = Annotated[str, AfterValidator(_readable_quarter)]
Currency = Annotated[str, AfterValidator(_known_currency)]
Move = Annotated[float, Field(ge=0, le=LARGEST_ELASTICITY, allow_inf_nan=False)]


class Section(BaseModel):
    """A table of the file: nothing unknown, nothing converted in silence, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Plan(Section):
    """[plan]: the horizon and the money."""

    name: str | None = None
    currency: Currency
    first_quarter: Quarter
    quarters: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)]
    budget: Annotated[Amount, Field(gt=0)] | None = None
    objective: Literal["response"] = "response"
    rounding: Amount | None = None


class Reserve(Section):
    """[reserve]: the pool's band, as shares of the whole budget."""

    share: Band


class Moves(Section):
    """An elasticity with two sides, as shares of the current amount."""

    down: Fraction
    up: Move


def _both_sides(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= LARGEST_ELASTICITY:
            raise ValueError("a share of the current amount: 0.20 is 20 %")
        return Moves(down=min(float(value), 1.0), up=float(value))
    if not isinstance(value, dict | Moves):
        raise ValueError("a share such as 0.20, or { down = 0.30, up = 0.10 }")
    return value


Elasticity = Annotated[Moves, BeforeValidator(_both_sides)]


class Elasticities(Section):
    """[elasticity]: how far amounts may move."""

    default: Elasticity | None = None
    unit: dict[str, Elasticity] = {}


class Channel(Section):
    """[[channel]]: what is said of one channel. Amounts are per quarter."""

    name: str
    unit: str | None = None
    tags: Listed = ()
    elasticity: Elasticity | None = None
    floor: Amount | None = None
    cap: Amount | None = None
    committed: bool = False
    move_unknown: bool = False
    pacing: Annotated[tuple[Amount, ...], BeforeValidator(as_tuple)] | None = None


class Part(Section):
    """A part of the budget: the channels that match everything given."""

    channel: Names = ()
    unit: Names = ()
    tag: Names = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.channel or self.unit or self.tag):
            raise ValueError('a channel, a unit or a tag: { tag = "core" }')
        return self


class Share(Section):
    """[[share]]: a band for a part of the budget."""

    name: str
    of: Part
    band: Band
    within: Part | None = None
    each_quarter: bool = False


class Tier(Section):
    """A grade: return on spend as a multiple, and the share of the budget that the grade gets."""

    roi: Multiples
    share: Band | None = None
    months: Annotated[int, Field(ge=1)] | None = None


class Tiers(Section):
    """[tiers]: the grades."""

    S: Tier | None = None
    A: Tier | None = None
    B: Tier | None = None
    out: Tier | None = None

    @property
    def named(self) -> dict[str, Tier]:
        """The grades that the policy names, best first."""
        grades = {"S": self.S, "A": self.A, "B": self.B, "out": self.out}
        return {name: tier for name, tier in grades.items() if tier is not None}


class HistoryTable(Section):
    """[history]: how the history's table is laid out.

    A wide table has a row per date: ``spend`` maps each channel to its heading, ``outcome`` is the
    heading of the total result, ``unit_value`` that of the money one unit of it brings, where the
    result does not count money; ``controls`` are headings of numbers, ``indicators`` headings of
    text with the word that means nothing happened.
    """

    layout: Literal["long", "wide"] = "long"
    date: str | None = None
    spend: dict[str, str] = {}
    outcome: str | None = None
    unit_value: str | None = None
    controls: Listed = ()
    indicators: dict[str, str] = {}

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


class Policy(Section):
    """reallot.toml."""

    plan: Plan
    reserve: Reserve | None = None
    elasticity: Elasticities = Elasticities()
    channel: Annotated[tuple[Channel, ...], BeforeValidator(as_tuple)] = ()
    share: Annotated[tuple[Share, ...], BeforeValidator(as_tuple)] = ()
    tiers: Tiers = Tiers()
    columns: dict[str, Names] = {}
    history: HistoryTable = HistoryTable()

    def says_of(self, channel: str) -> Channel:
        """What the policy says of a channel; nothing in particular where it does not name it."""
        named = (entry for entry in self.channel if entry.name == channel)
        return next(named, Channel(name=channel))
