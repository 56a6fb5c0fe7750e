from dataclasses import replace

import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Launch
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (channel("Search", 900, 200), channel("Live", 700, 40), channel("TV", 500, 300))
BASE = problem(CHANNELS, [[200.0], [0.0], [200.0]], (Launch({"Live": 80.0}),))


@pytest.mark.parametrize("amount", [0.0, 80.0, 120.0])
def test_nothing_or_enough_is_a_beginning(amount: float) -> None:
    assert violations(allocation(BASE, [[400.0 - amount], [amount], [0.0]])) == ()


def test_too_little_to_begin_with_is_noticed() -> None:
    found = violations(allocation(BASE, [[350.0], [50.0], [0.0]]))
    assert [(v.rule, v.key, v.excess) for v in found] == [("launch", "Live", 30.0)]


def test_a_channel_worth_it_begins_at_what_it_must() -> None:
    narrow = with_rules(
        replace(BASE, channels=(CHANNELS[0], channel("Live", 300, 20), *CHANNELS[2:])),
        Launch({"Live": 150.0}),
    )
    plan = reallocate(narrow)
    assert plan.allocation.spend[1, 0] == 150.0


def test_a_channel_not_worth_its_beginning_gets_nothing() -> None:
    weak = replace(BASE, channels=(CHANNELS[0], channel("Live", 60, 40), CHANNELS[2]))
    assert reallocate(with_rules(weak, Launch({"Live": 150.0}))).allocation.spend[1, 0] == 0.0


def test_the_price_is_what_a_smaller_beginning_brings() -> None:
    step = 0.5
    base = with_rules(
        replace(BASE, channels=(CHANNELS[0], channel("Live", 300, 20), CHANNELS[2])),
        Launch({"Live": 150.0}),
    )
    looser = with_rules(base, Launch({"Live": 150.0 - step})).rules
    paid = price(solved(base), "launch", "Live", "min")
    assert paid > 0
    assert step * paid == pytest.approx(gain(base, looser), rel=0.02)
