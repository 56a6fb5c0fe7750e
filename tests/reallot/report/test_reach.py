from dataclasses import replace

import numpy as np
import pytest

from optimizer.plan import Plan
from optimizer.reallocate import reallocate
from reallot.report.reach import standings, warnings_of
from tests.reallot.report.plans import plan_of, problem_of


def _seen(low: float, high: float) -> Plan:
    """A plan whose first channel was seen in this range only."""
    problem = problem_of()
    first, *rest = problem.channels
    assert first.curve is not None
    channel = replace(first, curve=replace(first.curve, observed=(low, high)))
    return reallocate(replace(problem, channels=(channel, *rest)))


def test_a_plan_within_its_history_adds_no_warning() -> None:
    assert warnings_of(plan_of()) == plan_of().warnings


def test_a_channel_above_its_history_is_named_with_its_quarters() -> None:
    (warning,) = set(warnings_of(_seen(1.0, 2.0))) - set(plan_of().warnings)
    assert warning.startswith("Search goes beyond its history in 2027Q1, 2027Q2")
    assert "more than" in warning


def test_a_channel_below_its_history_is_named_too() -> None:
    (warning,) = set(warnings_of(_seen(5000.0, 9000.0))) - set(plan_of().warnings)
    assert "less than the 5,000 seen so far" in warning


def test_warnings_read_back_from_a_file_are_not_doubled() -> None:
    plan = _seen(1.0, 2.0)
    again = replace(plan, warnings=warnings_of(plan))
    assert warnings_of(again) == warnings_of(plan)


def test_a_curve_is_drawn_at_steady_state_through_both_points() -> None:
    plan = plan_of()
    standing = standings(plan)["TV"]
    spend, response = standing.recommended
    assert spend == pytest.approx(plan.allocation.spend[1].sum() / 26)
    curve = standing.curve
    # The steady state, by waiting for it.
    adstock = 0.0
    for _ in range(200):
        adstock = spend + curve.carryover * adstock
    assert response == pytest.approx(float(curve.at(adstock)))


def test_dearer_media_move_the_range_that_was_seen() -> None:
    problem = problem_of()
    dearer = reallocate(replace(problem, media_price=np.full(problem.current.shape, 1.5)))
    seen, dear = standings(plan_of())["TV"].seen, standings(dearer)["TV"].seen
    assert seen is not None
    assert dear == pytest.approx((1.5 * seen[0], 1.5 * seen[1]))
