from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.plan import Plan
from reallot.report.booking import booked
from tests.reallot.report.plans import plan_of, problem_of


def _with_responses(parts: list[float], objective: float) -> Plan:
    plan = plan_of()
    rows = tuple(
        replace(row, expected_response=part) for row, part in zip(plan.rows, parts, strict=True)
    )
    return replace(plan, rows=rows, objective=objective)


def test_every_change_is_the_difference_of_the_amounts_beside_it() -> None:
    for row in booked(plan_of()):
        assert row.change == row.recommended - row.current


def test_every_quarter_adds_up_to_its_budget_to_the_cent() -> None:
    plan = plan_of()
    for quarter, budget in zip(plan.problem.quarters, plan.problem.budget, strict=True):
        placed = sum(row.recommended for row in booked(plan) if row.quarter == quarter)
        assert placed == Decimal(repr(round(float(budget), 2)))


@given(st.lists(st.floats(0, 1e9), min_size=10, max_size=10))
def test_responses_still_add_up_to_the_objective_once_they_are_written(parts: list[float]) -> None:
    objective = sum(parts)
    total = sum(row.expected_response for row in booked(_with_responses(parts, objective)))
    assert float(total) == pytest.approx(objective, rel=1e-9, abs=1e-9)


def test_responses_that_do_not_add_up_are_never_written() -> None:
    with pytest.raises(ValueError, match="add up to 10"):
        booked(_with_responses([1.0] * 10, 11.0))


def test_a_currency_without_decimals_is_written_without_any() -> None:
    plan = plan_of()
    yen = replace(plan, problem=problem_of(currency="JPY", minor_unit=1.0))
    assert all(row.recommended == int(row.recommended) for row in booked(yen))
    assert "." not in f"{booked(yen)[0].recommended}"


def test_a_plan_that_is_not_rounded_keeps_more_decimals_than_the_currency() -> None:
    plan = plan_of()
    exact = replace(plan.rows[0], recommended=1000.123456)
    rows = (exact, *plan.rows[1:])
    unrounded = replace(plan, problem=problem_of(minor_unit=0.0), rows=rows)
    assert booked(unrounded)[0].recommended == Decimal("1000.123456")


def test_a_channel_that_had_nothing_has_no_change_in_per_cent() -> None:
    plan = plan_of()
    rows = (replace(plan.rows[0], current=0.0), *plan.rows[1:])
    first, second = booked(replace(plan, rows=rows))[:2]
    assert first.change_pct is None
    assert second.change_pct is not None
