import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Exploration, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (channel("Search", 900, 100), channel("Social", 600, 200), channel("Podcast", 60, 400))
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM80 = Elasticity(default=Band(0.8, 0.8))


def aside(share: float = 0.2) -> Exploration:
    return Exploration("B", frozenset({"Podcast"}), share)


def test_a_share_of_the_whole_budget_is_spent_on_what_is_still_to_prove_itself() -> None:
    plan = reallocate(with_rules(BASE, PM80, aside()))
    assert plan.allocation.spend[2].sum() == pytest.approx(0.2 * 600, abs=0.02)
    text = next(e.text for e in plan.rules if e.rule == "exploration")
    assert "tier B has the least that is set aside for exploration: 20 % of the budget" in text


def test_too_little_for_exploration_is_noticed() -> None:
    base = with_rules(BASE, PM80, aside())
    found = violations(allocation(base, [[120.0] * 2, [130.0] * 2, [50.0] * 2]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("exploration", "B", None)]
    assert found[0].excess == pytest.approx(20.0)


def test_a_tier_that_no_channel_has_says_so() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM80, Exploration("B", frozenset(), 0.1)))
    conflict = collision.value.conflict
    assert conflict.rules == ("no channel has tier B, for which 10 % are set aside",)
    assert "delete [exploration]" in conflict.remedies[0]


def test_more_than_elasticity_lets_the_tier_take_says_how_much_it_can() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, Elasticity(default=Band(0.2, 0.2)), aside(0.5)))
    assert "set 40 % aside for exploration instead of 50 %" in collision.value.conflict.remedies


def test_one_point_less_of_exploration_brings_its_price() -> None:
    base = with_rules(BASE, PM80, aside())
    brings = gain(base, (Budget(), PM80, aside(0.198), Reserve()))
    assert 0.2 * price(solved(base), "exploration", "B", "min") == pytest.approx(brings, rel=0.02)
