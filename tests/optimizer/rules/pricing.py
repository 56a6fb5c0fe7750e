"""Prices against solving again with the limit moved."""

from dataclasses import replace

from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.rules.rule import Rule


def solved(base: AllocationProblem) -> Plan:
    """A plan certified closely enough to compare objectives."""
    return reallocate(replace(base, tolerance=1e-7, minor_unit=0.0))


def price(plan: Plan, rule: str, key: str, side: str) -> float:
    """The price of a key: the sum over its rows."""
    return sum(e.price for e in plan.rules if e.rule == rule and e.key == key and e.side == side)


def gain(base: AllocationProblem, loosened: tuple[Rule, ...]) -> float:
    """What the objective gains under the loosened rules."""
    return solved(replace(base, rules=loosened)).objective - solved(base).objective
