from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from scenarios.scenario import Scenario, apply, tied_out


def problem(current=((100.0, 200.0), (300.0, 400.0)), minor_unit=0.01):
    amounts = np.array(current)
    return AllocationProblem(
        scenario="base",
        currency="CNY",
        first_day=date(2027, 1, 1),
        quarters=("2027Q1", "2027Q2"),
        channels=(Channel("Search"), Channel("TV")),
        current=amounts,
        current_pool=np.zeros(2),
        budget=amounts.sum(axis=0),
        demand=np.ones((2, 2)),
        media_price=np.ones((2, 2)),
        pacing=(None, None),
        minor_unit=minor_unit,
    )


def test_a_scenario_without_factors_changes_nothing_but_the_name():
    future = apply(Scenario("flat"), problem())
    assert future.scenario == "flat"
    for field in ("budget", "demand", "media_price", "current"):
        assert getattr(future, field).tolist() == getattr(problem(), field).tolist()


def test_one_factor_holds_in_every_quarter_and_several_in_theirs():
    future = apply(Scenario("growth", demand=(1.1,), budget=(1.0, 2.0)), problem())
    assert future.demand.tolist() == [[1.1, 1.1], [1.1, 1.1]]
    assert future.budget.tolist() == [400, 1200]


def test_a_channels_own_factors_take_the_place_of_the_general_ones():
    scenario = Scenario(
        "recession",
        demand=(0.9,),
        channel_demand={"Search": (1.0,)},
        channel_media_price={"TV": (1.0, 0.8)},
    )
    future = apply(scenario, problem())
    assert future.demand.tolist() == [[1.0, 1.0], [0.9, 0.9]]
    assert future.media_price.tolist() == [[1.0, 1.0], [1.0, 0.8]]


def test_the_approved_amounts_stay_what_was_approved():
    future = apply(Scenario("recession", budget=(0.5,)), problem())
    assert future.current.tolist() == problem().current.tolist()


amounts = st.lists(st.integers(0, 10**13), min_size=1, max_size=8)


@given(amounts, st.floats(0.01, 3), st.sampled_from(["0.01", "1", "0.001", "1000"]))
def test_quarters_tie_out_to_the_rounded_total(cents, factor, minor):
    unit = Decimal(minor)
    exact = np.array(cents) * float(unit) * factor
    rounded = tied_out(exact, float(unit))
    whole = [Decimal(repr(float(amount))) / unit for amount in rounded]
    assert all(w == w.to_integral_value() for w in whole)
    assert abs(rounded - exact).max() <= float(unit) * (1 + 1e-6)
    # Sums this large are themselves exact to a thousandth of a unit or so.
    noise = 1e-3 + 1e-15 * exact.sum() / float(unit)
    assert abs(float(sum(whole)) - exact.sum() / float(unit)) <= 0.5 + noise


def test_amounts_that_are_whole_already_stay():
    assert tied_out(np.array([0.07, 4.35, 1.10]), 0.01).tolist() == [0.07, 4.35, 1.10]


def test_the_largest_remainder_gets_the_missing_cent():
    assert tied_out(np.array([1.006, 1.003, 1.001]), 0.01).tolist() == [1.01, 1.0, 1.0]


def test_nothing_is_rounded_where_rounding_is_off():
    assert tied_out(np.array([1 / 3]), 0).tolist() == [1 / 3]


@pytest.mark.parametrize("budget", [(0.92,), (1.1, 0.97)])
def test_a_scenarios_budget_has_whole_cents(budget):
    odd = problem(((100.01, 200.02), (300.03, 400.07)))
    future = apply(Scenario("odd", budget=budget), odd)
    assert np.allclose(future.budget * 100, np.round(future.budget * 100), atol=1e-9)
