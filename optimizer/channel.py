"""The channel: a line of the budget, and what is known of what it brings and costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isclose

from models.curve import ResponseCurve

# What a value may be made of; the last is no return, only a preference.
DIRECT, CUSTOMERS, EXPOSURES, WEIGHT = "direct", "new customers", "exposures", "strategic weight"


@dataclass(frozen=True)
class Result:
    """What a channel brings beside its response (new customers, say), by a curve of its own.

    ``value`` is what a unit of it counts in the objective, ``parts`` what that is made of, by name.
    """

    curve: ResponseCurve
    value: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        _check_parts(self.curve.channel, self.parts, self.value)


@dataclass(frozen=True)
class Channel:
    """A line of the budget.

    ``curve`` is None where nothing is known of what the channel brings (no history and no given
    curve): it counts in every budget and share and adds nothing to the objective. ``value`` is
    what a unit of its response counts in the objective, ``parts`` what that is made of, by name
    (empty where it is of one piece). ``results`` are what it brings beside its response, by metric,
    where that has a curve of its own. Of its amount, ``fixed_cost`` is paid in every quarter in
    which the channel gets money at all, and ``cost_of_result`` (a rate on its response) for what it
    brings; the rest buys media, paid in the currency that it ``buys_in`` (None for the plan's), at
    the plan's ``media_price``. A planning cell is part of the channel ``group`` and serves a
    ``product``, ``region`` or ``audience``; these are None where nothing is divided so.
    """

    name: str
    curve: ResponseCurve | None = None
    unit: str | None = None
    tags: frozenset[str] = frozenset()
    value: float = 1.0
    fixed_cost: float = 0.0
    cost_of_result: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()
    group: str | None = None
    product: str | None = None
    region: str | None = None
    audience: str | None = None
    results: Mapping[str, Result] = field(default_factory=dict)
    buys_in: str | None = None

    def __post_init__(self) -> None:
        _check_parts(self.name, self.parts, self.value)


def _check_parts(name: str, parts: tuple[tuple[str, float], ...], value: float) -> None:
    if parts and not isclose(sum(worth for _, worth in parts), value):
        raise ValueError(f"{name!r}: the parts of its value do not add up to it")
