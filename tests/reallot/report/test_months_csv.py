import csv
import io
from collections import defaultdict
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reallot.report.months_csv import divided, month_shares, months_csv, months_of
from reallot.report.plan_csv import plan_csv
from tests.reallot.report.plans import plan_of


def test_a_channels_months_add_up_to_its_quarter_to_the_cent():
    plan = plan_of()
    quarters = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(months_csv(plan).decode())):
        quarter = f"{row['month'][:4]}Q{(int(row['month'][5:]) + 2) // 3}"
        quarters[quarter, row["channel"]] += Decimal(row["recommended"])
    planned = csv.DictReader(io.StringIO(plan_csv(plan).decode()))
    assert quarters == {
        (row["quarter"], row["channel"]): Decimal(row["recommended"]) for row in planned
    }


def test_a_quarter_without_pacing_has_three_months_alike():
    assert months_of("2027Q4") == ("2027-10", "2027-11", "2027-12")
    assert divided(Decimal("100.00"), month_shares("2027Q4", None), 2) == [
        Decimal("33.34"), Decimal("33.33"), Decimal("33.33"),
    ]  # fmt: skip


def test_weeks_are_divided_by_the_days_of_their_months():
    # All money in the fifth week of 2027Q1: 29 January to 4 February, three days of them January.
    weekly = [0.0] * 13
    weekly[4] = 1.0
    assert month_shares("2027Q1", weekly) == pytest.approx([3 / 7, 4 / 7, 0])


@given(st.lists(st.floats(0.01, 1), min_size=13, max_size=13), st.integers(0, 10**9))
def test_nothing_is_lost_whatever_the_pacing(weights, cents):
    pacing = (np.array(weights) / sum(weights)).tolist()
    parts = divided(Decimal(cents).scaleb(-2), month_shares("2028Q1", pacing), 2)
    assert sum(parts) == Decimal(cents).scaleb(-2)
    assert min(parts) >= 0
