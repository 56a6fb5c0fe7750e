import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Floor, Pilots, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 300, 400),
    channel("Podcast", 4000, 100, tags=("pilot",)),
    channel("Games", 2000, 100, tags=("pilot",)),
)
BASE = problem(CHANNELS, [[160.0, 160.0], [20.0, 20.0], [20.0, 20.0]])
UP = Elasticity(default=Band(0.5, 3.0))


def test_no_pilot_gets_more_than_the_cap_in_a_quarter() -> None:
    plan = reallocate(with_rules(BASE, UP, Pilots("pilot", cap=30.0)))
    assert plan.allocation.spend[1:].ravel() == pytest.approx([30.0] * 4)
    reason = next(row.reason for row in plan.rows if row.channel == "Podcast")
    assert "Podcast has the most that a pilot may get: 30.00" in reason


def test_the_pilots_together_get_no_more_than_their_share() -> None:
    plan = reallocate(with_rules(BASE, UP, Pilots("pilot", share=0.25)))
    assert plan.allocation.spend[1:].sum() == pytest.approx(100.0, abs=0.02)
    assert plan.allocation.spend[1].sum() > 50.0
    text = next(e.text for e in plan.rules if e.rule == "pilots")
    assert "the pilots together have the most they may: 25 % of the budget" in text


def test_a_pilot_that_grew_is_noticed() -> None:
    base = with_rules(BASE, UP, Pilots("pilot", cap=30.0, share=0.25))
    found = violations(allocation(base, [[145.0, 140.0], [35.0, 30.0], [20.0, 30.0]]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [
        ("pilots", "Podcast", "2027Q1"),
        ("pilots", "total", None),
    ]
    assert [v.excess for v in found] == pytest.approx([5.0, 15.0])


def test_floors_above_the_cap_say_how_large_a_pilot_would_have_to_be() -> None:
    floors = Floor({"Podcast": 50.0, "Games": 40.0})
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, UP, floors, Pilots("pilot", cap=30.0)))
    assert "let a pilot have up to 50.00 CNY instead of 30.00" in collision.value.conflict.remedies


def test_one_unit_more_for_every_pilot_brings_the_prices_of_their_caps() -> None:
    base = with_rules(BASE, UP, Pilots("pilot", cap=30.0))
    brings = gain(base, (Budget(), UP, Pilots("pilot", cap=30.2), Reserve()))
    plan = solved(base)
    paid = sum(price(plan, "pilots", name, "max") for name in ("Podcast", "Games"))
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)


def test_one_point_more_for_the_pilots_together_brings_its_price() -> None:
    base = with_rules(BASE, UP, Pilots("pilot", share=0.25))
    brings = gain(base, (Budget(), UP, Pilots("pilot", share=0.252), Reserve()))
    assert 0.2 * price(solved(base), "pilots", "total", "max") == pytest.approx(brings, rel=0.02)
