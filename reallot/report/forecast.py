"""What comes anyway: the forecast of revenue without the channels, as a file and in a sentence."""

from __future__ import annotations

from decimal import Decimal

from models.forecast import Forecast
from reallot.project.currency import DECIMALS
from reallot.report.booking import rounded
from reallot.report.figures import money, percent, short
from reallot.report.plan_csv import csv_bytes

_ERROR_DECIMALS = 4


def forecast_csv(anyway: Forecast, currency: str) -> bytes:
    """A row per quarter in money; ``error`` is a share of a past quarter's total revenue."""
    error = None if anyway.error is None else Decimal(f"{anyway.error:.{_ERROR_DECIMALS}f}")
    columns = (anyway.quarters, anyway.mean, anyway.low, anyway.high)
    rows = [
        (quarter, *(rounded(amount, DECIMALS[currency]) for amount in amounts), error)
        for quarter, *amounts in zip(*columns, strict=True)
    ]
    return csv_bytes(("quarter", "baseline", "low", "high", "error"), rows)


def anyway_sentence(anyway: Forecast, currency: str) -> str:
    """What comes without the channels over the horizon, and how far off such forecasts were."""
    low, high = short(sum(anyway.low)), short(sum(anyway.high))
    sentence = (
        f"{money(sum(anyway.mean), currency)} of revenue comes anyway, beside what the curves "
        f"bring ({percent(anyway.level, 0)} sure between {low} and {high})."
    )
    if anyway.error is None:
        return sentence
    return f"{sentence} Past quarters were forecast to {percent(anyway.error)} on average."
