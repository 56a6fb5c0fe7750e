from dataclasses import replace

import pytest

from optimizer.errors import RulesCollide
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Earmark, Elasticity, Reserve, Stop
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 300, 400),
    channel("Social", 4000, 100),
    channel("TV", 200, 400),
    channel("Print", 100, 400),
)
BASE = problem(CHANNELS, [[100.0, 100.0], [100.0, 100.0], [100.0, 100.0], [20.0, 40.0]])
PM60 = Elasticity(default=Band(0.6, 0.6))
PRINT = frozenset({"Print"})
STOP = Stop(PRINT)
BEST = Earmark(("S", "A"), frozenset({"Search", "TV"}), PRINT)


def test_what_a_stopped_channel_frees_goes_to_the_best_tiers_in_that_quarter() -> None:
    free = reallocate(with_rules(BASE, PM60, STOP)).allocation.spend
    spend = reallocate(with_rules(BASE, PM60, STOP, BEST)).allocation.spend
    assert free[[0, 2]].sum(axis=0) == pytest.approx([160.0, 180.0], abs=0.02)
    assert spend[[0, 2]].sum(axis=0) == pytest.approx([220.0, 240.0], abs=0.02)


def test_nothing_is_earmarked_where_nothing_is_stopped() -> None:
    nothing = replace(BEST, stopped=frozenset())
    plan = reallocate(with_rules(BASE, PM60, nothing))
    assert not [entry for entry in plan.rules if entry.rule == "earmark"]


def test_freed_money_that_goes_elsewhere_is_noticed() -> None:
    base = with_rules(BASE, STOP, BEST)
    spend = [[110.0, 140.0], [115.0, 100.0], [95.0, 100.0], [0.0, 0.0]]
    found = violations(allocation(base, spend))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("earmark", "S, A", "2027Q1")]
    assert found[0].excess == pytest.approx(15.0)


def test_freed_money_that_finds_no_place_says_how_much() -> None:
    narrow = Elasticity(channel={"Search": Band(0.1, 0.1), "TV": Band(0.1, 0.1)})
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, narrow, STOP, BEST))
    conflict = collision.value.conflict
    assert (
        "tiers S, A gain the least they must: the 40.00 that stopped channels free"
        in conflict.rules
    )
    assert any(
        "20.00 CNY a quarter find no place in tiers S, A" in text for text in conflict.remedies
    )


def test_tiers_without_a_channel_cannot_take_it() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM60, STOP, replace(BEST, channels=frozenset())))
    assert "no channel of tiers S, A can take the 20.00" in str(collision.value)


class _Lenient(Earmark):
    """One unit of what is freed in a quarter may go elsewhere."""

    def _freed(self, problem: AllocationProblem, q: int) -> float:
        return super()._freed(problem, q) - 1


def test_one_unit_less_to_earmark_brings_its_price() -> None:
    base = with_rules(BASE, PM60, STOP, BEST)
    lenient = _Lenient(BEST.to, BEST.channels, BEST.stopped)
    brings = gain(base, (Budget(), PM60, STOP, lenient, Reserve()))
    assert brings > 0
    assert price(solved(base), "earmark", "S, A", "min") == pytest.approx(brings, rel=0.02)
