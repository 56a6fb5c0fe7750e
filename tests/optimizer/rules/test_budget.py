from dataclasses import replace

import pytest

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
