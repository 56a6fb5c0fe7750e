from dataclasses import replace

import pytest

from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Elasticity
from tests.optimizer.rules.pricing import price, solved
from tests.optimizer.worlds import allocation, channel, problem

BASE = problem(
    (channel("Search", 900, 200), channel("TV", 500, 400)),
    [[100.0, 120.0], [200.0, 180.0]],
    (Elasticity(default=Band(0.2, 0.2)),),
    pool=30.0,
)


def test_every_quarter_is_spent_to_the_cent() -> None:
    plan = reallocate(BASE)
    placed = plan.allocation.spend.sum(axis=0) + plan.allocation.pool
    assert placed.tolist() == BASE.budget.tolist()


def test_money_left_over_is_noticed() -> None:
    found = violations(allocation(BASE, [[100.0, 119.0], [200.0, 180.0]]))
    assert [(v.rule, v.quarter, v.excess) for v in found] == [("budget", "2027Q2", 1.0)]


def test_the_price_of_money_is_what_one_more_unit_brings() -> None:
    step = 0.5
    base = problem(BASE.channels, [[100.0], [200.0]])
    more = replace(base, budget=base.budget + step)
    plan = solved(base)
    gained = solved(more).objective - plan.objective
    assert price(plan, "budget", "total", "max") * step == pytest.approx(gained, rel=0.02)


def test_the_price_of_money_is_that_of_the_channel_which_takes_it_all() -> None:
    wide = (Elasticity(default=Band(1.0, 9.0)),)
    base = problem((channel("Search", 900, 200), channel("TV", 50, 400)), [[50.0], [50.0]], wide)
    plan = solved(base)
    assert plan.allocation.spend[:, 0].tolist() == [100.0, 0.0]
    search = 900 * 200 / (100 + 200) ** 2
    assert price(plan, "budget", "total", "max") == pytest.approx(search, rel=0.02)


def shifting(share: float, **fields: object) -> AllocationProblem:
    wide = (Elasticity(default=Band(1.0, 2.0)),)
    return problem(BASE.channels, [[50.0, 250.0], [50.0, 250.0]], wide, shift=share, **fields)


def test_money_may_move_to_another_quarter_as_far_as_it_may() -> None:
    assert violations(allocation(shifting(0.1), [[50.0, 250.0], [60.0, 240.0]])) == ()
    found = violations(allocation(shifting(0.1), [[50.0, 250.0], [80.0, 220.0]]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("budget", "shift", "2027Q1")]
    assert found[0].excess == pytest.approx(20.0)


def test_money_moves_to_the_quarter_where_it_brings_more() -> None:
    plan = reallocate(shifting(0.1))
    assert plan.allocation.spend.sum(axis=0).tolist() == [110.0, 490.0]
    assert plan.objective > reallocate(shifting(0.0)).objective


def test_the_price_of_the_shift_is_what_a_wider_one_brings() -> None:
    step = 0.01
    plan = solved(shifting(0.1))
    gained = solved(shifting(0.1 + 0.01 * step)).objective - plan.objective
    # One number in the policy: the quarter that gets and the quarter that gives both bind.
    paid = price(plan, "budget", "shift", "max") + price(plan, "budget", "shift", "min")
    assert step * paid == pytest.approx(gained, rel=0.02)


def test_profit_leaves_money_that_would_not_come_back() -> None:
    """Search brings back its last unit at 900 * 200 / (x + 200)^2 = 1, TV 500 * 400 / ..."""
    base = problem(BASE.channels, [[400.0], [400.0]], objective="profit")
    plan = reallocate(base)
    assert plan.allocation.spend[:, 0] == pytest.approx(
        [180_000**0.5 - 200, 200_000**0.5 - 400], abs=0.5
    )
    assert plan.allocation.unspent[0] == pytest.approx(800 - plan.allocation.spend.sum())
    assert plan.rows[-1].channel == "unspent"
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)
