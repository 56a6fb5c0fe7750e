from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reallot.errors import UnreadableError
from reallot.project.numbers import number
from tests.reallot.projects import HISTORY, the_finding


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200", "1200"),
        (" 1200.50 ", "1200.50"),
        ("-3", "-3"),
        ("+3", "3"),
        (".5", "0.5"),
        ("1.5e3", "1500"),
        ("1234,5", "1234.5"),
        ("1234,56", "1234.56"),
        ("12728.4888888889", "12728.4888888889"),
        ("0", "0"),
    ],
)
def test_a_plain_number_is_read_exactly(text, value):
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("1,234.50", "Write 1234.50, without thousands separators."),
        ("1.234,50", "Write 1234.50, without thousands separators."),
        ("1,234,567", "Write 1234567, without thousands separators."),
        ("1 234,50", "Write 1234.50, without thousands separators."),
        ("1'234.50", "Write 1234.50, without thousands separators."),
        ("1,234", "Write 1234 if the comma separates thousands, 1.234 if it is a decimal comma."),
        ("¥1,200", "Write 1200, in the plan's currency and without a sign."),
        ("10万元", "Write 100000, in full."),
        ("1.5亿", "Write 150000000, in full."),
        ("20 k", "Write 20000, in full."),
        ("12 USD", "Write 12, in the plan's currency and without a sign."),
        ("€5.50", "Write 5.50, in the plan's currency and without a sign."),
        ("nan", "Write a number."),
        ("-inf", "Write a number."),
        ("Infinity", "Write a number."),
        ("#N/A", "Write a number."),
        ("twelve", "Write a number."),
        ("=1+1", "Write a number."),
        ("1.2.3", "Write a number."),
        ("--1", "Write a number."),
        ("1e400", "Write a number below 10^15."),
        ("1000000000000000", "Write a number below 10^15."),
    ],
)
def test_what_could_be_meant_two_ways_is_refused_with_what_to_write(text, remedy):
    with pytest.raises(UnreadableError) as caught:
        number(text)
    assert str(caught.value) == remedy


@given(st.text(max_size=12))
def test_a_cell_holds_a_finite_number_or_is_refused(text):
    with suppress(UnreadableError):
        assert number(text).is_finite()


@given(st.decimals(-(10**14), 10**14, places=2))
def test_every_amount_with_two_decimals_survives(value):
    assert number(f"{value:f}") == value


def test_points_and_commas_in_one_column_are_refused(tmp_path: Path):
    history = HISTORY.replace("100,500", "100.5,500").replace("200,300", '"200,5",300')
    finding = the_finding(tmp_path, history__csv=history)
    assert (finding.row, finding.column) == (3, "spend")
    assert finding.found == "row 2 has a decimal point, row 3 a decimal comma"
