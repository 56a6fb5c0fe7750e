from dataclasses import replace

import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import CacCeiling, Ceiling
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

# Search brings 900 * x / (x + 200), and a customer with every 10 of it: x / customers is
# (x + 200) / 90, so that 4.5 each are reached at 205.
CEILING = CacCeiling({"Search": Ceiling(4.5, 0.1)})
BASE = problem(
    (channel("Search", 900, 200), channel("TV", 300, 400)), [[200.0], [200.0]], (CEILING,)
)


@pytest.mark.parametrize("amount", [0.0, 150.0, 205.0])
def test_customers_that_cost_little_enough_are_bought(amount: float) -> None:
    assert violations(allocation(BASE, [[amount], [400.0 - amount]])) == ()


def test_customers_that_cost_too_much_are_noticed() -> None:
    found = violations(allocation(BASE, [[300.0], [100.0]]))
    assert [(v.rule, v.key) for v in found] == [("cac_ceiling", "Search")]


def test_a_channel_grows_as_far_as_its_customers_stay_cheap() -> None:
    plan = reallocate(BASE)
    assert plan.allocation.spend[0, 0] == pytest.approx(205.0, abs=0.02)


def test_the_price_is_what_a_dearer_customer_brings() -> None:
    step = 0.01
    looser = with_rules(BASE, CacCeiling({"Search": Ceiling(4.5 + step, 0.1)})).rules
    paid = price(solved(BASE), "cac_ceiling", "Search", "max")
    assert step * paid == pytest.approx(gain(BASE, looser), rel=0.02)


def test_a_channel_that_never_gets_cheap_enough_gets_nothing() -> None:
    never = with_rules(replace(BASE), CacCeiling({"Search": Ceiling(2.0, 0.1)}))
    assert reallocate(never).allocation.spend[0, 0] == 0.0
