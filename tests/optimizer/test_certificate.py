"""The proof against independent methods: dynamic programming and a Lagrangian bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Period
from optimizer.errors import NoPlanInTime
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.response import response_of
from optimizer.rules import Band, Elasticity
from tests.optimizer.worlds import channel, problem

STEPS = 60


def best_on_a_grid(base: AllocationProblem) -> float:
    """The best split of one quarter's budget in STEPS equal lots, by dynamic programming."""
    budget = float(base.budget[0])
    lots = np.arange(STEPS + 1) * budget / STEPS
    best = np.full(STEPS + 1, -np.inf)
    best[0] = 0.0
    for c in range(len(base.channels)):
        gain = np.array([_value_of_one(base, c, lot) for lot in lots])
        best = np.array(
            [max(best[left] + gain[k - left] for left in range(k + 1)) for k in range(STEPS + 1)]
        )
    return float(best[-1])


def _value_of_one(base: AllocationProblem, c: int, amount: float) -> float:
    spend = np.zeros_like(base.current)
    spend[c, 0] = amount
    nothing = response_of(base).value(np.zeros_like(base.current))
    return response_of(base).value(spend) - nothing


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.5, 2.0), st.floats(0.1, 1.5), st.floats(0.5, 6.0)),
        min_size=2,
        max_size=4,
    ),
    st.sampled_from([0.0, 0.6]),
)
def test_no_split_on_a_fine_grid_beats_the_bound_and_the_plan_is_as_good(
    curves: list[tuple[float, float, float]], carryover: float
) -> None:
    channels = tuple(
        channel(f"c{i}", 100 * top, 100 * half, slope, carryover, Period.MONTH)
        for i, (top, half, slope) in enumerate(curves)
    )
    base = problem(channels, np.full((len(curves), 1), 120.0))
    plan = reallocate(base)
    grid = best_on_a_grid(base)
    assert plan.bound >= grid * (1 - 1e-9)
    assert plan.objective >= grid * (1 - 2e-4)
    assert plan.gap <= 1e-4 + 1e-6


def test_two_steep_curves_are_not_split_evenly() -> None:
    """Where local methods stop at the middle, all the money belongs on one of two S-curves."""
    twins = tuple(channel(name, 1000.0, 100.0, 5.0) for name in ("left", "right"))
    base = problem(twins, [[60.0], [60.0]])
    plan = reallocate(base)
    assert plan.objective > 2.5 * plan.current_objective
    assert plan.objective == pytest.approx(best_on_a_grid(base), rel=1e-3)


def lagrangian_bound(base: AllocationProblem, low: np.ndarray, high: np.ndarray) -> float:
    """An upper bound on any plan of one quarter within bounds, from prices on the budget alone."""
    grids = np.linspace(low, high, 4001)
    gains = np.stack(
        [[_value_of_one(base, c, x) for x in grids[::40, c]] for c in range(len(low))], axis=1
    )
    grids = grids[::40]
    step = (high - low) / 100
    bounds = []
    for price in np.geomspace(1e-3, 1e2, 300):
        # Between grid points a curve rises by at most its steepest slope times the step.
        inner = (gains - price * grids).max(axis=0) + price * step
        bounds.append(price * float(base.budget[0]) + float(inner.sum()))
    return min(bounds)


def test_the_bound_is_no_looser_than_a_lagrangian_one_on_many_channels() -> None:
    rng = np.random.default_rng(5)
    channels = tuple(
        channel(f"c{i}", 100 * rng.uniform(1, 3), 100 * rng.uniform(0.3, 2), rng.uniform(0.6, 4))
        for i in range(8)
    )
    base = problem(channels, np.full((8, 1), 100.0), (Elasticity(default=Band(0.3, 0.3)),))
    plan = reallocate(base)
    dual = lagrangian_bound(base, np.full(8, 70.0), np.full(8, 130.0))
    assert plan.objective <= dual
    assert plan.bound <= dual * (1 + 1e-6)


def test_a_clock_that_has_run_out_is_said_to_have() -> None:
    base = problem(
        (channel("a", slope=4.0), channel("b", slope=5.0)), [[100.0], [50.0]], time_limit=0.0
    )
    try:
        plan = reallocate(base)
    except NoPlanInTime:
        return
    assert plan.status == "time_limit"
    assert plan.objective >= plan.current_objective


def test_the_same_input_gives_the_same_plan_to_the_cent() -> None:
    channels = tuple(channel(f"c{i}", 500.0 + i, 300.0, 1.5, 0.5, Period.WEEK) for i in range(6))
    base = problem(channels, np.full((6, 4), 400.0), (Elasticity(default=Band(0.5, 0.5)),))
    first, second = reallocate(base), reallocate(base)
    assert np.array_equal(first.allocation.spend, second.allocation.spend)
    assert first.bound == second.bound


def in_units_of(scale: float) -> AllocationProblem:
    channels = tuple(channel(f"c{i}", scale * 900, scale * (100 + 100 * i), 2.0) for i in range(4))
    return problem(
        channels,
        np.full((4, 2), 200.0 * scale),
        (Elasticity(default=Band(0.5, 0.5)),),
        minor_unit=0.0,
    )


@pytest.mark.parametrize("scale", [1e-2, 1e6, 1e12])
def test_spends_of_any_size_solve_alike(scale: float) -> None:
    plan, plain = reallocate(in_units_of(scale)), reallocate(in_units_of(1.0))
    assert plan.gap <= 1e-4
    assert plan.objective / scale == pytest.approx(plain.objective, rel=1e-4)
    assert plan.allocation.spend / scale == pytest.approx(plain.allocation.spend, rel=1e-2)
