from datetime import date, timedelta

import numpy as np
import pytest

from models import Curves, History, Period, ResponseCurve
from models.last_year import last_year, quarters_of
from models.returns import results_per_return
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from optimizer.response import response_of


def history(spend, period=Period.WEEK, **attributed):
    table = np.asarray(spend, dtype=float).reshape(-1, 1)
    days = {Period.WEEK: 7, Period.MONTH: 30.5, Period.QUARTER: 91.5}[period]
    last = date(2026, 12, 27)
    count = len(table)
    starts = tuple(last - timedelta(days=round(days * (count - 1 - p))) for p in range(count))
    results = {name: np.asarray(v, dtype=float).reshape(-1, 1) for name, v in attributed.items()}
    observed = np.ones(table.shape, dtype=bool)
    return History(period, starts, ("TV",), table, observed, results, None, {})


def curve(carryover=0.0, period=Period.WEEK, form=Form.HILL):
    return ResponseCurve("TV", form, 900, 40, 1.5, carryover, period)


def test_without_carry_over_it_is_what_the_curve_makes_of_every_week():
    spend = np.linspace(10, 60, 104)
    given = curve()
    expected = float(given.at(spend[-52:]).sum())
    assert last_year(history(spend), Curves((given,))) == pytest.approx(expected)


@pytest.mark.parametrize("carryover", [0.0, 0.4, 0.8])
def test_it_counts_as_a_plan_of_the_same_money_does(carryover):
    """Steady spending last year, planned again for a year that begins where the history ends."""
    weekly = 30.0
    past = history(np.full(104, weekly))
    given = curve(carryover)
    year = np.full((1, 4), 13 * weekly)
    problem = AllocationProblem(
        scenario="again",
        currency="CNY",
        first_day=date(2027, 1, 3),
        quarters=("2027Q1", "2027Q2", "2027Q3", "2027Q4"),
        channels=(Channel("TV", given),),
        current=year,
        current_pool=np.zeros(4),
        budget=year.sum(axis=0),
        demand=np.ones((1, 4)),
        media_price=np.ones((1, 4)),
        pacing=(None,),
    )
    assert last_year(past, Curves((given,))) == pytest.approx(response_of(problem).value(year))


def test_a_short_history_is_scaled_up_to_a_year():
    spend = np.full(26, 30.0)
    assert quarters_of(history(spend)) == 2
    whole = last_year(history(np.full(52, 30.0)), Curves((curve(),)))
    assert last_year(history(spend), Curves((curve(),))) == pytest.approx(whole)


def test_a_curve_of_another_period_takes_the_money_as_spent_evenly():
    given = curve(period=Period.QUARTER, form=Form.LINEAR)
    spend = np.linspace(10, 60, 104)
    assert last_year(history(spend), Curves((given,))) == pytest.approx(
        900 / 40 * spend[-52:].sum()
    )


def test_a_channel_without_curve_brought_nothing_that_is_known():
    assert last_year(history(np.full(60, 30.0)), Curves(())) == 0


def test_customers_per_unit_of_return_are_those_of_the_last_twelve_months():
    revenue = np.concatenate([np.full(12, 100.0), np.full(12, 200.0)])
    customers = np.concatenate([np.full(12, 50.0), np.full(12, 10.0)])
    past = history(np.full(24, 9.0), Period.MONTH, revenue=revenue, new_customers=customers)
    rates = results_per_return(past, Curves(()), "new_customers")
    assert rates == {"TV": pytest.approx(10 / 200)}


def test_periods_that_lack_one_of_both_do_not_count():
    revenue, customers = np.full(12, 100.0), np.full(12, 10.0)
    customers[3] = np.nan
    revenue[5] = np.nan
    past = history(np.full(12, 9.0), Period.MONTH, revenue=revenue, new_customers=customers)
    assert results_per_return(past, Curves(()), "new_customers") == {"TV": pytest.approx(0.1)}


def test_without_customers_or_return_there_is_no_rate():
    past = history(np.full(12, 9.0), Period.MONTH, revenue=np.zeros(12), new_customers=np.ones(12))
    assert results_per_return(past, Curves(()), "new_customers") == {}
    assert results_per_return(past, Curves(()), "exposures") == {}


def test_totals_count_customers_by_what_the_curve_says():
    past = history(np.full(52, 30.0), new_customers=np.full(52, 9.0))
    brings = float(curve().at(30.0))
    rates = results_per_return(past, Curves((curve(),)), "new_customers")
    assert rates == {"TV": pytest.approx(9 / brings)}
