import pytest

from optimizer.channel import Channel
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Reserve, StrategicReserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (channel("Search", 900, 200), channel("TV", 500, 400), Channel("CFO reserve"))
BASE = problem(CHANNELS, [[90.0] * 2, [90.0] * 2, [10.0] * 2], pool=10.0)
PM50 = Elasticity(default=Band(0.5, 0.5))


def held(low: float, high: float) -> StrategicReserve:
    return StrategicReserve("CFO reserve", (low, high), "cfo office")


def test_the_second_pool_holds_its_share_of_the_whole_budget_beside_the_first() -> None:
    plan = reallocate(with_rules(BASE, PM50, held(0.08, 0.10)))
    assert plan.allocation.spend[2].sum() == pytest.approx(0.08 * 400)
    assert plan.allocation.pool.sum() == pytest.approx(20)


def test_its_elasticity_is_its_band_alone() -> None:
    """It doubles, though nothing else may move that far."""
    plan = reallocate(with_rules(BASE, PM50, held(0.16, 0.20)))
    assert plan.allocation.spend[2].sum() == pytest.approx(0.16 * 400)


def test_it_is_left_out_of_the_total_of_its_unit() -> None:
    base = problem((CHANNELS[0], channel("TV", unit="HQ"), Channel("CFO reserve", unit="HQ")),
                   BASE.current, pool=10.0)  # fmt: skip
    rule = Elasticity(default=Band(0.5, 0.5), unit={"HQ": Band(0.05, 0.05)})
    plan = reallocate(with_rules(base, rule, held(0.16, 0.20)))
    assert plan.allocation.spend[2].sum() == pytest.approx(0.16 * 400)
    assert plan.allocation.spend[1].min() >= 0.95 * 90 - 0.01


def test_it_brings_nothing_and_its_reason_names_its_owner() -> None:
    plan = reallocate(with_rules(BASE, PM50, held(0.08, 0.10)))
    rows = [row for row in plan.rows if row.channel == "CFO reserve"]
    assert [row.expected_response for row in rows] == [0.0, 0.0]
    assert all("cfo office decides on its use" in row.reason for row in rows)


def test_a_second_pool_outside_its_band_is_noticed() -> None:
    base = with_rules(BASE, PM50, held(0.08, 0.10))
    found = violations(allocation(base, BASE.current))
    assert [(v.rule, v.key) for v in found] == [("strategic_reserve", "CFO reserve")]
    assert found[0].excess == pytest.approx(0.08 * 400 - 20)
    assert not violations(allocation(base, [[86.0] * 2, [86.0] * 2, [18.0] * 2]))


def test_one_point_less_of_the_second_pool_brings_its_price() -> None:
    base = with_rules(BASE, PM50, held(0.08, 0.10))
    brings = gain(base, (Budget(), PM50, held(0.078, 0.10), Reserve()))
    paid = price(solved(base), "strategic_reserve", "CFO reserve", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)
