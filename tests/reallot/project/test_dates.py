from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reallot.errors import UnreadableError
from reallot.project.dates import (
    day,
    first_day_of,
    quarter,
    quarter_of,
    quarters_from,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026/1/5",
        "20260105",
        "2026年1月5日",
        "2026.1.5",
        "46027",
        "2026-01-05 00:00:00",
    ],
)
def test_a_date_is_read_in_every_unambiguous_form(text):
    assert day(text) == date(2026, 1, 5)


def test_a_month_is_its_first_day():
    assert day("2026-01") == day("2026年1月") == date(2026, 1, 1)


@pytest.mark.parametrize(
    "text", ["05/01/2026", "1/5/26", "Jan 5, 2026", "", "2026", "2026-01-05 13:00"]
)
def test_a_date_that_could_be_another_is_refused(text):
    with pytest.raises(UnreadableError, match="2026-01-05"):
        day(text)


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(UnreadableError, match="no such day"):
        day("2026-02-30")


@given(st.dates())
def test_every_iso_date_survives(when):
    assert day(when.isoformat()) == when


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Q1 2027", "Write 2027Q1."),
        ("2027q3", "Write 2027Q3."),
        ("2027-Q2", "Write 2027Q2."),
        ("2027年第四季度", "Write 2027Q4."),
        ("2027Q5", "Write the year, Q and 1 to 4: 2027Q1."),
        ("spring", "Write the year, Q and 1 to 4: 2027Q1."),
        ("", "Write the year, Q and 1 to 4: 2027Q1."),
    ],
)
def test_a_quarter_spelled_otherwise_is_answered_with_its_spelling(text, remedy):
    with pytest.raises(UnreadableError) as caught:
        quarter(text)
    assert str(caught.value) == remedy


def test_quarters_run_across_the_years_end():
    assert quarters_from("2026Q3", 4) == ("2026Q3", "2026Q4", "2027Q1", "2027Q2")


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_lies_in_its_quarter(when):
    first, after = (first_day_of(q) for q in quarters_from(quarter_of(when), 2))
    assert first <= when < after
