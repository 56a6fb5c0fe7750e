"""The objective against a plain simulation, period by period."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from models import Period
from models.curve import ResponseCurve
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from optimizer.response import response_of
from tests.optimizer.worlds import channel, problem, worlds


def simulated(base: AllocationProblem, c: int, spend: np.ndarray, horizon: bool) -> float:
    """Response of one channel, period by period, with or without the horizon's own spends."""
    curve = base.channels[c].curve
    assert curve is not None
    periods, rho = curve.period.per_quarter, curve.carryover
    pacing = base.pacing[c] or [1 / periods] * periods
    state = base.current[c, 0] / periods / (1 - rho)
    total = 0.0
    for q in range(len(base.quarters)):
        for p in range(periods):
            bought = spend[q] * pacing[p] / base.media_price[c, q] if horizon else 0.0
            state = bought + rho * state
            total += base.demand[c, q] * float(curve.at(state))
    later = base.current[c, -1] / periods / base.media_price[c, -1]
    for k in range(1, curve.period.longest_tail + 1):
        if rho**k < 1e-4:
            break
        state = later + rho * state
        total += base.demand[c, -1] * float(curve.at(state))
    return total


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_the_objective_is_what_a_simulation_period_by_period_gives(
    world: AllocationProblem,
) -> None:
    spend = world.current * 1.1
    expected = sum(
        simulated(world, c, spend[c], True) - simulated(world, c, spend[c], False)
        for c in range(len(world.channels))
    )
    assert response_of(world).value(spend) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_parts_by_spending_quarter_add_up_to_the_objective(world: AllocationProblem) -> None:
    response = response_of(world)
    parts = response.by_spending_quarter(world.current)
    assert parts.sum() == pytest.approx(response.value(world.current), rel=1e-9, abs=1e-12)
    assert np.all(parts >= -1e-12)


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_marginal_returns_are_the_slope_of_the_objective(world: AllocationProblem) -> None:
    response = response_of(world)
    spend = np.maximum(world.current, world.current.max() * 0.05 + 1.0)
    step = 1e-5 * spend
    for c in range(len(world.channels)):
        for q in range(len(world.quarters)):
            more, less = spend.copy(), spend.copy()
            more[c, q] += step[c, q]
            less[c, q] -= step[c, q]
            slope = (response.value(more) - response.value(less)) / (2 * step[c, q])
            # A difference of large sums is exact to their last digits only.
            noise = 1e-14 * response.value(spend) / step[c, q]
            marginal = response.marginal(spend)[c, q]
            assert marginal == pytest.approx(slope, rel=1e-3, abs=max(1e-6, noise))


def test_pacing_puts_the_money_where_it_says() -> None:
    """With everything in one of three months, the quarter brings what that month does."""
    tv = channel("TV", top=100.0, half=50.0, slope=2.0, period=Period.MONTH)
    base = problem((tv,), [[90.0]], pacing=((1.0, 0.0, 0.0),))
    assert tv.curve is not None
    assert response_of(base).value(base.current) == pytest.approx(float(tv.curve.at(90.0)))


def test_carry_over_from_the_history_is_not_counted_as_this_plans_success() -> None:
    curve = ResponseCurve(
        "TV",
        Form.HILL,
        100.0,
        50.0,
        1.0,
        0.5,
        Period.WEEK,
        last_adstock=1000.0,
        last_period=date(2026, 12, 25),
    )
    base = problem((Channel("TV", curve),), [[130.0]])
    assert response_of(base).value(np.zeros((1, 1))) == 0.0


def test_a_channel_without_a_curve_brings_nothing_known() -> None:
    base = problem((Channel("Print"), channel("TV")), [[100.0], [100.0]])
    alone = problem((channel("TV"),), [[100.0]])
    assert response_of(base).value(base.current) == response_of(alone).value(alone.current)
    assert response_of(base).marginal(base.current)[0, 0] == 0.0
