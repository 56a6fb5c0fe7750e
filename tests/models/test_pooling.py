"""Cells of one channel: what one with little of its own borrows from the others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Curves, History
from models.fit import fit
from models.lift import LiftTest
from tests.models.worlds import Truth, history, spends

WEEKS = 104
TRUTH = Truth(top=300_000, half=60_000, slope=1.2, carryover=0.3)


def divided(weeks_of_north: int, factor: float = 1.0) -> History:
    """Four regions of one channel alike, of which the first has results of a few weeks only."""
    random = np.random.default_rng(3)
    spend = spends(random, WEEKS, [50_000] * 4)
    revenue = np.stack([TRUTH.response(column) for column in spend.T], axis=1)
    revenue *= np.exp(random.normal(0, 0.1, revenue.shape))
    revenue[:, 0] *= factor
    revenue[: WEEKS - weeks_of_north, 0] = np.nan
    return replace(history(spend, revenue), groups=("Search",) * 4)


def kept_up(past: History) -> float:
    curve = fit(past)["A"]
    return float(curve.at(50_000 / (1 - curve.carryover)))


def test_a_cell_with_hardly_any_results_borrows_its_curve_and_says_so():
    curve = fit(divided(3))["A"]
    assert curve.known
    assert any("borrowed from Search" in note for note in curve.diagnostics.notes)
    assert not fit(replace(divided(3), groups=()))["A"].known
    assert kept_up(divided(3)) == pytest.approx(TRUTH.kept_up(50_000), rel=0.15)
    marginal = (TRUTH.kept_up(51_000) - TRUTH.kept_up(49_000)) / 2_000
    found = float(curve.marginal_at(50_000 / (1 - curve.carryover))) / (1 - curve.carryover)
    assert found == pytest.approx(marginal, rel=0.3)


def test_a_cell_with_much_data_goes_by_its_own():
    assert kept_up(divided(WEEKS, factor=3)) == pytest.approx(3 * TRUTH.kept_up(50_000), rel=0.05)


def test_the_less_a_cell_shows_the_nearer_it_stays_to_its_channel():
    expected = TRUTH.kept_up(50_000)
    little, much = (kept_up(divided(weeks, factor=2)) / expected for weeks in (2, 60))
    assert 1 < little < much < 2.1


def test_a_cell_that_never_spent_has_nothing_to_lend_to():
    past = divided(WEEKS)
    spend = past.spend.copy()
    spend[:, 0] = 0
    assert not fit(replace(past, spend=spend))["A"].known


def test_a_channel_of_one_cell_is_fitted_like_any_other():
    past = divided(WEEKS)
    alone = replace(past, groups=("Search", "Display", "Radio", "Print"))
    assert fit(alone).curves == fit(replace(past, groups=())).curves


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    periods=st.integers(1, 40),
    blanks=st.floats(0, 1),
    idle=st.floats(0, 1),
)
def test_no_division_into_cells_breaks_a_fit(seed, periods, blanks, idle):
    random = np.random.default_rng(seed)
    spend = random.lognormal(10, 2, (periods, 3))
    spend[random.random(spend.shape) < idle] = 0
    results = random.normal(0, 1e5, (periods, 3))
    results[random.random(results.shape) < blanks] = np.nan
    told = history(spend, results, outcome=np.nansum(results, axis=1))
    first, last = told.starts[0], told.starts[-1]
    told = replace(
        told,
        attributed=told.attributed | {"conversions": results},
        groups=("Search", "Search", "Print"),
        tests=(LiftTest("A", first, last, 1e4, 5e4, 1e4), LiftTest("C", first, last, -1e4, 0, 1e4)),
    )
    curves = fit(told)
    assert [curve.channel for curve in curves.curves] == list(told.channels)
    assert Curves.from_json(curves.to_json()) == curves
