"""Dates and quarters as people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from reallot.errors import Finding, UnreadableError, quoted
from reallot.project.headings import Columns

_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/年](\d{1,2})月?")
_SERIAL = re.compile(r"\d{5}")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_CHINESE_DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4"}
# Day 0 of a spreadsheet's calendar, which counts a 29 February 1900 that never was.
_SPREADSHEET_EPOCH = date(1899, 12, 30)


def day(text: str) -> date:
    """The date of a cell: 2026-01-05, 2026/1/5, 20260105, 2026年1月5日, a spreadsheet's day number.

    2026-01 is the month's first day. Raises `UnreadableError` with what to write instead.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[3]), int(found[4]))
        if found := _COMPACT.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.fullmatch(text):
            return date(int(found[1]), int(found[2]), 1)
        if _SERIAL.fullmatch(text):
            return _SPREADSHEET_EPOCH + timedelta(days=int(text))
    except ValueError:
        raise UnreadableError("There is no such day. Write it as 2026-01-05.") from None
    raise UnreadableError("Write the date as year-month-day: 2026-01-05.")


def quarter(text: str) -> str:
    """A quarter, written 2027Q1 and no other way; raises `UnreadableError` with what to write."""
    text = text.strip()
    if _QUARTER.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", text)
    year = re.search(r"(?:19|20)\d\d", plain)
    rest = plain.replace(year[0], " ", 1) if year else ""
    number = re.search(r"[1-4一二三四]", rest)
    if year and number and not re.search(r"[5-90]", rest):
        digit = _CHINESE_DIGITS.get(number[0], number[0])
        raise UnreadableError(f"Write {year[0]}Q{digit}.")
    raise UnreadableError("Write the year, Q and 1 to 4: 2027Q1.")


def quarters_from(first: str, count: int) -> tuple[str, ...]:
    """So many quarters, beginning with ``first``."""
    start = int(first[:4]) * 4 + int(first[5]) - 1
    return tuple(f"{n // 4}Q{n % 4 + 1}" for n in range(start, start + count))


def quarter_of(when: date) -> str:
    """The calendar quarter of a day."""
    return f"{when.year}Q{(when.month - 1) // 3 + 1}"


def first_day_of(quarter_: str) -> date:
    """The first day of a quarter."""
    return date(int(quarter_[:4]), 3 * int(quarter_[5]) - 2, 1)


def column_of_days(
    columns: Columns, findings: list[Finding], field: str = "date"
) -> list[date | None]:
    """The dates of one column; None where none could be read, which is added to ``findings``."""
    table, place = columns.table, columns.places[field]
    days: list[date | None] = []
    for row, text in table.cells(place.position):
        try:
            days.append(day(text))
        except UnreadableError as remedy:
            found = f"found {quoted(text)}" if text.strip() else "the cell is empty"
            findings.append(table.finding(row, place.position, found, str(remedy)))
            days.append(None)
    return days


def column_of_quarters(columns: Columns, findings: list[Finding]) -> list[str | None]:
    """The quarters of a table; None where none could be read, which is added to ``findings``."""
    position = columns.places["quarter"].position
    quarters: list[str | None] = []
    for row, text in columns.table.cells(position):
        try:
            quarters.append(quarter(text))
        except UnreadableError as remedy:
            found = f"found {quoted(text)}" if text.strip() else "the cell is empty"
            findings.append(columns.table.finding(row, position, found, str(remedy)))
            quarters.append(None)
    return quarters
