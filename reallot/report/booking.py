"""Booking: a plan's rows as exact decimals, as every file writes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from optimizer.plan import Plan, PlanRow
from reallot.project.currency import minor_unit

# Where rounding is turned off, amounts are written to a millionth.
_UNROUNDED = 6
# Digits of the objective that its parts by row must add up to.
_DIGITS = 10
_PERCENT_DECIMALS = 4
_MARGINAL_DIGITS = 6


@dataclass(frozen=True)
class BookedRow:
    """A row of the plan to the last digit that is written; fields as in `PlanRow`.

    Over all rows ``expected_response`` adds up to the plan's objective, rounded alike (to the
    response where the objective is least money).
    """

    quarter: str
    channel: str
    current: Decimal
    recommended: Decimal
    change: Decimal
    change_pct: Decimal | None
    expected_response: Decimal
    marginal_return: Decimal | None
    reason: str


def booked(plan: Plan) -> tuple[BookedRow, ...]:
    """The plan's rows, in their order, tied out.

    Raises ValueError where the rows' responses do not add up to the objective.
    """
    money = amount_decimals(plan)
    parts = [row.expected_response for row in plan.rows]
    whole = plan.objective if plan.sense == "max" else math.fsum(parts)
    responses = _tied_out(parts, whole)
    return tuple(
        _booked(row, money, response) for row, response in zip(plan.rows, responses, strict=True)
    )


def _booked(row: PlanRow, money: int, response: Decimal) -> BookedRow:
    current, recommended = rounded(row.current, money), rounded(row.recommended, money)
    change = recommended - current
    percent = round(100 * change / current, _PERCENT_DECIMALS) if current else None
    marginal = row.marginal_return
    return BookedRow(
        quarter=row.quarter,
        channel=row.channel,
        current=current,
        recommended=recommended,
        change=change,
        change_pct=percent,
        expected_response=response,
        marginal_return=None if marginal is None else significant(marginal),
        reason=row.reason,
    )


def amount_in_full(plan: Plan, amount: float) -> Decimal:
    """An amount with the decimals of the plan's money."""
    return rounded(amount, amount_decimals(plan))


def amount_decimals(plan: Plan) -> int:
    """The currency's decimals, or more where the plan is rounded to less than its minor unit."""
    smallest = plan.problem.minor_unit
    if smallest == 0:
        return _UNROUNDED
    exponents = (minor_unit(plan.problem.currency), Decimal(repr(smallest)))
    return max(0, *(-int(unit.normalize().as_tuple().exponent) for unit in exponents))


def _tied_out(parts: list[float], total: float) -> list[Decimal]:
    """The parts rounded so that they add up to the rounded total, by the largest remainder."""
    decimals = max(2, _DIGITS - 1 - _exponent(total))
    unit = Decimal(1).scaleb(-decimals)
    exact = [Decimal(repr(part)) / unit for part in parts]
    whole = [value.to_integral_value(ROUND_FLOOR) for value in exact]
    missing = int((Decimal(repr(total)) / unit).to_integral_value() - sum(whole))
    if not 0 <= missing <= len(parts):
        raise ValueError(f"the rows' responses add up to {math.fsum(parts)}, not to {total}")
    order = sorted(range(len(parts)), key=lambda i: whole[i] - exact[i])
    for i in order[:missing]:
        whole[i] += 1
    return [value * unit for value in whole]


def rounded(amount: float, decimals: int) -> Decimal:
    """An amount with so many decimals."""
    exact = round(Decimal(repr(amount)), decimals)
    return exact if exact else abs(exact)  # no minus before a zero


def significant(value: float) -> Decimal:
    """A rate in six digits."""
    return rounded(value, max(0, _MARGINAL_DIGITS - 1 - _exponent(value)))


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0
