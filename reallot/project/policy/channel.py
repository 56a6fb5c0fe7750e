"""[[channel]]: what is said of one channel."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from reallot.project.policy.elasticity import Elasticity
from reallot.project.policy.types import (
    Amount,
    Currency,
    Fraction,
    Listed,
    Names,
    PerQuarter,
    Section,
    as_tuple,
)


class Channel(Section):
    """[[channel]]: what is said of one channel.

    ``floor``, ``cap``, ``launch_at`` and ``fixed_cost`` are money per quarter. Money per unit of
    something are ``cost_of_result`` (a unit of response), ``cac_ceiling`` and ``lifetime_value``
    (a new customer) and ``exposure_value`` (an exposure). ``margin`` is the share of response that
    is profit, ``roi_floor`` the least response per unit of money. ``like`` names similar channels,
    whose curves stand in for one of its own. ``buys_in`` is the currency its media are paid in,
    where that is not the plan's: a scenario's ``exchange`` moves its price.
    """

    name: str
    unit: str | None = None
    buys_in: Currency | None = None
    tags: Listed = ()
    elasticity: Elasticity | None = None
    floor: Amount | None = None
    cap: Amount | None = None
    contracted: PerQuarter | None = None
    launch_at: Amount | None = None
    fixed_cost: Amount | None = None
    cost_of_result: Amount | None = None
    cac_ceiling: Amount | None = None
    roi_floor: Amount | None = None
    lifetime_value: Amount | None = None
    exposure_value: Amount | None = None
    margin: Fraction | None = None
    committed: bool = False
    stop: bool = False
    freeze: bool = False
    move_unknown: bool = False
    like: Names = ()
    pacing: Annotated[tuple[Amount, ...], BeforeValidator(as_tuple)] | None = None
