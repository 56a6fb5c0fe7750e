"""Numbers as people write them, read strictly: what could be meant two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from models.saturation import Floats
from reallot.errors import Finding, UnreadableError, quoted
from reallot.project.headings import Columns

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")
_ONE_COMMA = re.compile(r"([+-]?\d{1,3}),(\d{3})")
_GROUPED = re.compile(r"[+-]?\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+([.,]\d+)?")
# Beyond these powers of ten sums of amounts would lose cents, or a float its value.
LARGEST_POWER, _SMALLEST_POWER = 15, -300
_SIGN = r"[^\d\s.,+-]{1,4}"
_SCALES = {
    "千": 3,
    "k": 3,
    "万": 4,
    "萬": 4,
    "百万": 6,
    "百萬": 6,
    "m": 6,
    "亿": 8,
    "億": 8,
    "bn": 9,
}
_WITH_SCALE = re.compile(
    rf"(?:{_SIGN})?\s*(?P<amount>[+-]?[\d.,]*\d)\s*(?P<scale>{'|'.join(_SCALES)})\s*(?:{_SIGN})?",
    re.IGNORECASE,
)
_WITH_CURRENCY = re.compile(rf"(?:{_SIGN})?\s*(?P<amount>[+-]?[\d.,]*\d)\s*(?:{_SIGN})?")


def number(text: str) -> Decimal:
    """The number a cell holds, with a point or a comma before the decimals.

    Raises `UnreadableError` with what to write instead.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text) or _DECIMAL_COMMA.fullmatch(text):
        value = Decimal(text.replace(",", "."))
        if value and not _SMALLEST_POWER < value.adjusted() < LARGEST_POWER:
            raise UnreadableError(f"Write a number below 10^{LARGEST_POWER}.")
        return value
    if one := _ONE_COMMA.fullmatch(text):
        whole, rest = one.groups()
        raise UnreadableError(
            f"Write {whole}{rest} if the comma separates thousands, {whole}.{rest} if it is a "
            "decimal comma."
        )
    if _GROUPED.fullmatch(text):
        raise UnreadableError(f"Write {_ungrouped(text)}, without thousands separators.")
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity", "#n/a", "n/a", "na", "null", "none"):
        raise UnreadableError("Write a number.")
    if (scaled := _WITH_SCALE.fullmatch(text)) and (plain := _plain(scaled["amount"])):
        raise UnreadableError(f"Write {_times(plain, scaled['scale'])}, in full.")
    if (money := _WITH_CURRENCY.fullmatch(text)) and (plain := _plain(money["amount"])):
        raise UnreadableError(f"Write {plain}, in the plan's currency and without a sign.")
    raise UnreadableError("Write a number.")


def column_of_numbers(
    columns: Columns,
    field: str,
    findings: list[Finding],
    *,
    least: Decimal | None = None,
    blank: str | None = None,
) -> list[Decimal | None]:
    """One column's numbers, times the unit of its heading; None where none could be read.

    ``blank`` is the remedy for an empty cell; where it is None, an empty cell is a missing value.
    Every problem is added to ``findings``.
    """
    table, place = columns.table, columns.places[field]
    numbers: list[Decimal | None] = []
    with_comma: int | None = None
    with_point: int | None = None
    for row, text in table.cells(place.position):
        value: Decimal | None = None
        if not text.strip():
            if blank is not None:
                findings.append(table.finding(row, place.position, "the cell is empty", blank))
        else:
            try:
                value = number(text)
            except UnreadableError as remedy:
                findings.append(
                    table.finding(row, place.position, f"found {quoted(text)}", str(remedy))
                )
            else:
                with_comma = row if with_comma is None and "," in text else with_comma
                with_point = row if with_point is None and "." in text else with_point
                if least is not None and value < least:
                    expected = f"Write {least} or more."
                    findings.append(
                        table.finding(row, place.position, f"found {quoted(text)}", expected)
                    )
                    value = None
        numbers.append(None if value is None else value * place.factor)
    if with_comma is not None and with_point is not None:
        found = f"row {with_point} has a decimal point, row {with_comma} a decimal comma"
        later = max(with_comma, with_point)
        findings.append(table.finding(later, place.position, found, "Write points throughout."))
    return numbers


def floats(numbers: Sequence[Decimal | None]) -> Floats:
    """The numbers as an array, NaN where there is none."""
    return np.asarray([np.nan if n is None else float(n) for n in numbers], dtype=float)


def _plain(amount: str) -> str | None:
    """An amount without its thousands separators; None where it is no number."""
    if _GROUPED.fullmatch(amount):
        return _ungrouped(amount)
    return amount if _PLAIN.fullmatch(amount) else None


def _times(amount: str, scale: str) -> str:
    """An amount written out: 1.5 of 万 is 15000."""
    return f"{Decimal(amount).scaleb(_SCALES[scale.lower()]).normalize():f}"


def _ungrouped(text: str) -> str:
    """A grouped number without its separators; the last one is kept, as a point, where it is the
    only one of its kind among several: that is how decimals are set apart.
    """
    marks = [c for c in text if not c.isdigit() and c not in "+-"]
    has_decimals = len(marks) > 1 and marks[-1] in ".," and marks.count(marks[-1]) == 1
    whole, part = text.rsplit(marks[-1], 1) if has_decimals else (text, "")
    digits = "".join(c for c in whole if c.isdigit() or c in "+-")
    return f"{digits}.{part}" if has_decimals else digits
