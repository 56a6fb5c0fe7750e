import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import RoiFloor
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

# Search returns 900 / (x + 200) times its money: 2 times at 250.
BASE = problem(
    (channel("Search", 900, 200), channel("TV", 300, 400)),
    [[200.0], [200.0]],
    (RoiFloor({"Search": 2.0}),),
)


@pytest.mark.parametrize("amount", [0.0, 150.0, 250.0])
def test_money_that_returns_enough_is_spent(amount: float) -> None:
    assert violations(allocation(BASE, [[amount], [400.0 - amount]])) == ()


def test_money_that_returns_too_little_is_noticed() -> None:
    found = violations(allocation(BASE, [[260.0], [140.0]]))
    assert [(v.rule, v.key) for v in found] == [("roi_floor", "Search")]
    assert found[0].excess == pytest.approx(2 * 260 - 900 * 260 / 460)


def test_a_channel_grows_as_far_as_it_returns_enough() -> None:
    assert reallocate(BASE).allocation.spend[0, 0] == pytest.approx(250.0, abs=0.02)


def test_an_s_shaped_channel_has_a_least_and_a_most_that_return_enough() -> None:
    steep = problem(
        (channel("Live", 900, 200, slope=3.0), channel("TV", 300, 400)),
        [[100.0], [300.0]],
        (RoiFloor({"Live": 2.0}),),
    )
    plan = reallocate(steep)
    spent = plan.allocation.spend[0, 0]
    assert spent == 0 or 900 * spent**2 / (spent**3 + 200**3) >= 2 * (1 - 1e-6)
    assert plan.status == "optimal"


def test_the_price_is_what_a_lower_multiple_brings() -> None:
    step = 0.01
    looser = with_rules(BASE, RoiFloor({"Search": 2.0 - step})).rules
    paid = price(solved(BASE), "roi_floor", "Search", "min")
    assert step * paid == pytest.approx(gain(BASE, looser), rel=0.02)
