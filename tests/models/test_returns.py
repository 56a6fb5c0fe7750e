"""Returns by calendar month."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models import Curves, FitDiagnostics, Period, ResponseCurve
from models.returns import monthly_returns, results_per_return
from models.saturation import Form
from tests.models.worlds import history

NONE = Curves(())
LINE = ResponseCurve("A", Form.LINEAR, 5.0, 1.0, 1.0, 0.0, Period.WEEK)


def weeks(spend, revenue, **more):
    return history(np.array(spend, float), np.array(revenue, float), **more)


def test_a_week_belongs_to_the_month_of_its_first_day():
    # 2023: weeks begin on 2, 9, 16, 23 and 30 January and on 6 February.
    returns = monthly_returns(weeks([[1.0]] * 6, [[1], [1], [1], [1], [6], [3]]), NONE)
    assert returns.months("A") == 2
    assert returns.monthly_roi("A", 2) == (2.0, 3.0)
    assert returns.roi("A", 2) == pytest.approx(13 / 6)
    assert returns.roi("A", 1) == 3.0
    assert returns.channels["A"].source == "attributed"


def test_a_quarter_counts_for_a_third_in_each_of_its_months():
    returns = monthly_returns(weeks([[3.0]] * 4, [[6], [6], [6], [9]], period=Period.QUARTER), NONE)
    assert returns.months("A") == 12
    assert returns.roi("A", 12) == pytest.approx(27 / 12)
    assert returns.monthly_roi("A", 4) == pytest.approx((2, 3, 3, 3))


def test_a_month_that_cost_nothing_has_no_multiple():
    spend = [[1.0]] * 5 + [[0.0]] * 4
    assert np.isnan(monthly_returns(weeks(spend, [[1]] * 9), NONE).monthly_roi("A", 2)[1])


def test_a_period_without_a_row_counts_neither_as_cost_nor_as_return():
    whole = weeks([[1.0], [50.0], [1.0]], [[2], [7], [2]])
    gap = replace(whole, observed=np.array([[True], [False], [True]]))
    assert monthly_returns(gap, NONE).roi("A", 1) == 2.0


def test_a_channel_has_months_since_its_first_row_until_the_history_ends():
    late = weeks([[1.0, 0.0]] * 9 + [[1.0, 4.0]] * 4, np.ones((13, 2)))
    late = replace(late, observed=np.c_[np.ones(13, bool), np.arange(13) >= 9])
    returns = monthly_returns(late, NONE)
    assert (returns.months("A"), returns.months("B")) == (3, 1)


def test_without_results_of_its_own_a_channel_returns_what_its_curve_says():
    totals = history(np.full((13, 1), 2.0), outcome=np.ones(13))
    returns = monthly_returns(totals, Curves((LINE,)))
    assert returns.roi("A", 3) == 5.0
    assert returns.channels["A"].source == "curve"


@pytest.mark.parametrize(
    "curve",
    [None, replace(LINE, known=False), replace(LINE, period=Period.MONTH)],
)
def test_nothing_is_known_of_a_channel_without_results_and_without_a_curve_that_fits(curve):
    totals = history(np.full((13, 1), 2.0), outcome=np.ones(13))
    returns = monthly_returns(totals, Curves(() if curve is None else (curve,)))
    assert returns.months("A") == 0
    with pytest.raises(KeyError):
        returns.roi("A", 1)


def test_the_last_day_of_the_history_decides_which_months_are_the_last():
    returns = monthly_returns(weeks([[1.0]] * 60, [[k] for k in range(60)]), NONE)
    last = date(2023, 1, 2).toordinal() + 59 * 7
    month = date.fromordinal(last).month
    in_month = [k for k in range(53, 60) if date.fromordinal(last - 7 * (59 - k)).month == month]
    assert returns.roi("A", 1) == pytest.approx(np.mean(in_month))


def test_a_channel_that_claims_too_much_is_judged_by_what_it_brings():
    claimed = weeks([[1.0]] * 9, [[1.2]] * 9)
    corrected = replace(LINE, diagnostics=FitDiagnostics(source="combined", correction=0.75))
    assert monthly_returns(claimed, NONE).roi("A", 2) == pytest.approx(1.2)
    assert monthly_returns(claimed, Curves((corrected,))).roi("A", 2) == pytest.approx(0.9)


def test_customers_are_counted_per_unit_of_the_corrected_return():
    claimed = weeks([[1.0]] * 9, [[1.2]] * 9)
    told = replace(
        claimed, attributed={**claimed.attributed, "new_customers": np.full((9, 1), 0.3)}
    )
    corrected = replace(LINE, diagnostics=FitDiagnostics(source="combined", correction=0.5))
    assert results_per_return(told, NONE, "new_customers") == {"A": pytest.approx(0.25)}
    found = results_per_return(told, Curves((corrected,)), "new_customers")
    assert found == {"A": pytest.approx(0.5)}
