import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Cap, Contracted, Elasticity, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem((channel("Search", 900, 200), channel("TV", 300, 400)), np.full((2, 2), 100.0))
PM50 = Elasticity(default=Band(0.5, 0.5))


def signed(first: float, second: float) -> Contracted:
    return Contracted({"TV": (first, second)})


def test_what_is_signed_in_a_quarter_is_spent_there_and_the_rest_may_move() -> None:
    plan = reallocate(with_rules(BASE, PM50, signed(80.0, 0.0)))
    assert plan.allocation.spend[1] == pytest.approx([80.0, 50.0])
    assert "what is signed: 80.00" in next(r.reason for r in plan.rows if r.channel == "TV")


def test_spending_less_than_is_signed_is_noticed() -> None:
    base = with_rules(BASE, PM50, signed(80.0, 0.0))
    found = violations(allocation(base, [[130.0, 130.0], [70.0, 70.0]]))
    assert [(v.rule, v.key, v.quarter, v.excess) for v in found] == [
        ("contracted", "TV", "2027Q1", 10.0)
    ]


def test_contracts_above_what_a_channel_may_get_say_how_much_to_free() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM50, Cap({"TV": 60.0}), signed(10.0, 80.0)))
    conflict = collision.value.conflict
    assert "TV stays at what is signed: 80.00" in conflict.rules
    assert "free 20.00 CNY a quarter of TV from what is signed" in conflict.remedies


def test_one_unit_less_of_contracts_brings_its_price() -> None:
    base = with_rules(BASE, PM50, signed(80.0, 0.0))
    brings = gain(base, (Budget(), PM50, signed(79.0, 0.0), Reserve()))
    assert price(solved(base), "contracted", "TV", "min") == pytest.approx(brings, rel=0.02)
