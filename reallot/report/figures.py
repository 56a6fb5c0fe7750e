"""Figures as people read them: rounded sensibly, thousands apart, signs that are seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
# Between a figure and its unit, so that no line breaks there.
SPACE = "\N{NO-BREAK SPACE}"
_NOISE = 1e-12
# From how much on, in what, and its name.
_SCALES = ((1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def difference(amount: float, current: float) -> float:
    """A change; 0 where only floating-point noise is left of it."""
    return 0.0 if math.isclose(amount, current, rel_tol=_NOISE) else amount - current


def share_of(amount: float, current: float) -> float | None:
    """A change as a share of the current amount; None where that is 0."""
    return difference(amount, current) / current if current else None


def short(amount: float) -> str:
    """An amount in a few digits: 126.4 M, 1.25 M, 48.0 k, 9,876, 0.0123."""
    size = abs(amount)
    if size == 0:
        return "0"
    for start, unit, name in _SCALES:
        # 999,960 is 1.00 M and not 1,000.0 k.
        if size >= start * (1 - 5e-5):
            value = size / unit
            return f"{_sign(amount)}{value:,.{2 if value < 9.995 else 1}f}{SPACE}{name}"
    return full(amount, max(0, min(8, 2 - _exponent(size))))


def money(amount: float, currency: str) -> str:
    """A short amount with its currency."""
    return f"{short(amount)}{SPACE}{currency}"


def full(amount: float, decimals: int = 0) -> str:
    """An amount with its thousands apart: 1,569,097."""
    text = f"{abs(amount):,.{decimals}f}"
    return f"{_sign(amount) if text.strip('0.,') else ''}{text}"


def counted(number: int, noun: str) -> str:
    """So many of something: 1 future, 1,000 futures."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def span(quarters: Sequence[str]) -> str:
    """The quarters from the first to the last."""
    return quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}"


def signed(amount: float, decimals: int = 0) -> str:
    """A change: +1,569, −20, 0."""
    text = full(amount, decimals)
    return f"+{text}" if amount > 0 and text.strip("0.,") else text


def short_signed(amount: float) -> str:
    """A change in a few digits: +1.25 M."""
    return f"+{short(amount)}" if amount > 0 else short(amount)


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 as per cent: 3.3 %."""
    return f"{full(100 * share, decimals)}{SPACE}%"


def percent_signed(share: float, decimals: int = 1) -> str:
    """A change as a share of 1: +3.3 %."""
    return f"{signed(100 * share, decimals)}{SPACE}%"


def gap(share: float) -> str:
    """A proof's gap: 0.004 %, with two digits where it is larger."""
    points = 100 * share
    if 0 < points < 0.001:
        return f"below 0.001{SPACE}%"
    return f"{points:.3f}{SPACE}%" if points < 0.1 else f"{points:.2g}{SPACE}%"


def rate(value: float) -> str:
    """A return per unit of money: 1.87, 0.239, 12.3."""
    return full(value, max(0, min(6, 2 - _exponent(value)))) if value else "0"


def table_decimals(largest: float) -> int:
    """Decimals that a table of amounts needs: none from 1,000 on."""
    return max(0, min(8, 3 - _exponent(largest)))


def _sign(amount: float) -> str:
    return MINUS if amount < 0 else ""


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0
