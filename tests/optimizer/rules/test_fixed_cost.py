from dataclasses import replace

import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.response import response_of
from optimizer.rules import FixedCost
from optimizer.rules.rule import responses
from tests.optimizer.worlds import allocation, channel, problem

SEARCH = channel("Search", 900, 200)
EVENT = replace(channel("Event", 700, 100), fixed_cost=60.0)
BASE = problem((SEARCH, EVENT), [[200.0], [200.0]], (FixedCost(),))


@pytest.mark.parametrize("amount", [0.0, 60.0, 200.0])
def test_an_active_channel_covers_its_fixed_cost(amount: float) -> None:
    assert violations(allocation(BASE, [[400.0 - amount], [amount]])) == ()


def test_money_that_does_not_cover_the_fixed_cost_is_noticed() -> None:
    found = violations(allocation(BASE, [[360.0], [40.0]]))
    assert [(v.rule, v.key, v.excess) for v in found] == [("fixed_cost", "Event", 20.0)]


def test_only_what_is_left_of_the_amount_buys_media() -> None:
    brought = responses(allocation(BASE, [[200.0], [200.0]]))
    assert brought[1, 0] == pytest.approx(700 * 140 / (140 + 100))
    assert response_of(BASE).media(np.array([[200.0], [50.0]]))[1, 0] == 0.0


def test_an_event_is_held_or_not_whichever_brings_more() -> None:
    assert reallocate(BASE).allocation.spend[1, 0] > 60
    dear = replace(BASE, channels=(SEARCH, replace(EVENT, fixed_cost=350.0)))
    assert reallocate(dear).allocation.spend[1, 0] == 0.0
