"""Plain figures: what is written for programs, without the noise in floats' last digits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

# Floats carry a few digits more than money has; what is beyond a millionth is their noise.
_DECIMALS = 6


def plain(value: float | None) -> Decimal | None:
    """A figure for a table; None where there is none."""
    if value is None:
        return None
    rounded = round(Decimal(repr(value)), _DECIMALS).normalize()
    return rounded if rounded else Decimal(0)


def rounded(value: Any) -> Any:
    """A document with all its floats rounded."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
