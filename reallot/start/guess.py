"""Guessing what the columns of a mix-modelling table mean, from their names and cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from reallot.errors import Finding, InputError, UnreadableError
from reallot.project.dates import day
from reallot.project.numbers import number
from reallot.project.tables import Table

_SPEND = (
    re.compile(r"(?P<name>.+?)[ _-]?(spend|cost|花费|花費|消耗|费用|費用)", re.I),
    re.compile(r"(spend|cost|mdsp)[ _-](?P<name>.+)", re.I),
    re.compile(r"(?P<name>.+)_S"),
    re.compile(r"(?P<name>x\d+)"),
)
_OUTCOME = (
    re.compile(
        r"revenue|total_revenue|sales|turnover|gmv|收入|营收|營收|销售额|銷售額|成交额", re.I
    ),
    re.compile(r"y|target|kpi|outcome|conversions|orders", re.I),
)
_UNIT_VALUE = re.compile(r"(revenue|sales|value)_per_(?P<unit>.+)", re.I)
# Exposure and clicks follow from spend, and the calendar is what trend and season stand for.
_NOT_A_CONTROL = re.compile(
    r".*(impression|click|reach|view|曝光|点击).*|mdip_.*|.*_[IP]|t|time|trend|index|seas_.*"
    r"|(.*_)?(year|yr|month|quarter|qtr|week|wk|day|prd)(_?of_?(year|month|week|yr))?(_in_yr)?"
    r"(_nbr)?|dayof(year|week|month)",
    re.I,
)
# A column of text with more words than this names things rather than events.
_MOST_WORDS = 12


@dataclass(frozen=True)
class Guess:
    """What a wide table's headings are taken for; ``left_out`` are used for nothing."""

    date: str
    spend: dict[str, str]
    outcome: str
    unit_value: str | None
    controls: tuple[str, ...]
    indicators: dict[str, str]
    left_out: tuple[str, ...]


def guess(table: Table) -> Guess:
    """The columns of a wide table; InputError where no date, spend or outcome is to be found."""
    cells = {
        heading: [text.strip() for _, text in table.cells(position)]
        for position, heading in enumerate(table.headings)
        if heading
    }
    date = _date_in(cells)
    numeric = [h for h in cells if h != date and all(map(_is_number, cells[h]))]
    spend = _spend_in([heading for heading in numeric if heading != date])
    rest = [heading for heading in numeric if heading not in spend.values()]
    outcome = _outcome_in(rest)
    missing = [
        (what, expected)
        for what, expected, found in (
            ("dates", "date", date),
            ("spend", "tv_spend or spend_tv, one column per channel", spend),
            ("the result", "revenue or sales", outcome),
        )
        if not found
    ]
    if date is None or outcome is None or not spend:
        raise InputError(
            Finding(table.file, 1, None, f"no column looks like {what}", f"Name it {expected}.")
            for what, expected in missing
        )
    value = next((h for h in rest if _unit_of(h) == _singular(outcome)), None)
    others = [heading for heading in rest if heading not in (outcome, value)]
    controls = [h for h in others if not _NOT_A_CONTROL.fullmatch(h) and len(set(cells[h])) > 1]
    words = [h for h in cells if h not in numeric and h != date]
    indicators = {h: _usual(cells[h]) for h in words if 1 < len(set(cells[h])) <= _MOST_WORDS}
    used = {date, outcome, value, *spend.values(), *controls, *indicators}
    left_out = tuple(heading for heading in cells if heading not in used)
    return Guess(date, spend, outcome, value, tuple(controls), indicators, left_out)


def _date_in(cells: dict[str, list[str]]) -> str | None:
    """The column whose cells are all dates; one that is called so goes first."""
    dates = [h for h, texts in cells.items() if all(map(_is_day, texts)) and len(set(texts)) > 1]
    called_so = [h for h in dates if re.search(r"date|dt|day|week|month|time|日期|周|月", h, re.I)]
    return next(iter([*called_so, *dates]), None)


def _spend_in(headings: list[str]) -> dict[str, str]:
    """Channel -> heading, by the first way of naming spend that any heading follows."""
    for pattern in _SPEND:
        found = {
            match["name"].strip(" _-"): heading
            for heading in headings
            if (match := pattern.fullmatch(heading))
        }
        if found:
            return found
    return {}


def _outcome_in(headings: list[str]) -> str | None:
    for pattern in _OUTCOME:
        for heading in headings:
            if pattern.fullmatch(heading):
                return heading
    return None


def _unit_of(heading: str) -> str | None:
    found = _UNIT_VALUE.fullmatch(heading)
    return None if found is None else _singular(found["unit"])


def _singular(word: str) -> str:
    return word.casefold().removesuffix("s")


def _usual(words: list[str]) -> str:
    return Counter(words).most_common(1)[0][0]


def _is_day(text: str) -> bool:
    try:
        day(text)
    except UnreadableError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        number(text)
    except UnreadableError:
        return False
    return True
