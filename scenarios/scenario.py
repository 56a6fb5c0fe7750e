"""A scenario: one future, as factors on what the plan knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from models.saturation import Floats
from optimizer.problem import AllocationProblem

Factors = tuple[float, ...]


@dataclass(frozen=True)
class Scenario:
    """Factors for one future; each holds one number for all quarters, or one per quarter.

    ``demand`` multiplies response, ``media_price`` what a unit of media costs, ``budget`` the money
    of a quarter. A channel named in ``channel_demand`` or ``channel_media_price`` takes its own
    factors in place of the general ones. ``probability`` is None where it was not given, ``signal``
    says what shows that the future has arrived.
    """

    name: str
    demand: Factors = (1.0,)
    media_price: Factors = (1.0,)
    budget: Factors = (1.0,)
    channel_demand: Mapping[str, Factors] = field(default_factory=dict)
    channel_media_price: Mapping[str, Factors] = field(default_factory=dict)
    probability: float | None = None
    signal: str | None = None


def apply(scenario: Scenario, problem: AllocationProblem) -> AllocationProblem:
    """The problem as it is in this future.

    Budgets stay whole minor units, and their sum is the rounded sum of the exact ones.
    """
    return replace(
        problem,
        scenario=scenario.name,
        budget=tied_out(problem.budget * np.asarray(scenario.budget), problem.minor_unit),
        demand=_each_cell(problem, problem.demand, scenario.demand, scenario.channel_demand),
        media_price=_each_cell(
            problem, problem.media_price, scenario.media_price, scenario.channel_media_price
        ),
    )


def tied_out(amounts: Floats, minor_unit: float) -> Floats:
    """Amounts in whole minor units whose sum is the rounded sum, by the largest remainder.

    ``amounts`` (Q,) money; a ``minor_unit`` of 0 leaves them as they are.
    """
    if minor_unit == 0:
        return amounts
    # Cents as floats are a hair off; what is whole but for that is whole.
    exact = np.round(amounts / minor_unit, 6)
    whole = np.floor(exact)
    missing = round(float(exact.sum() - whole.sum()))
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    unit = Decimal(str(minor_unit))
    return np.asarray([float(int(amount) * unit) for amount in whole])


def _each_cell(
    problem: AllocationProblem, base: Floats, general: Factors, own: Mapping[str, Factors]
) -> Floats:
    """(C, Q) factors on ``base``: a channel's own, else the general ones."""
    quarters = len(problem.quarters)
    rows = [np.broadcast_to(own.get(name, general), quarters) for name in problem.names]
    return np.asarray(base * np.stack(rows))
