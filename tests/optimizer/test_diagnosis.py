import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.rules import (
    Band,
    Cap,
    Committed,
    Elasticity,
    Floor,
    Layers,
    Part,
    Reserve,
    RoiTarget,
    Share,
    Target,
)
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import channel, problem, with_rules

CHANNELS = tuple(
    channel(name, unit=unit, tags=(tag,))
    for name, unit, tag in [
        ("Search", "ecommerce", "core"),
        ("Social", "ecommerce", "brand"),
        ("TV", "offline", "brand"),
        ("Print", "offline", "print"),
    ]
)
BASE = problem(CHANNELS, np.full((4, 4), 100.0))


def collision(*rules: Rule, base: AllocationProblem = BASE) -> RulesCollide:
    with pytest.raises(RulesCollide) as raised:
        reallocate(with_rules(base, *rules))
    return raised.value


def test_a_reserve_that_elasticity_cannot_free_names_both_and_what_would_help() -> None:
    conflict = collision(Elasticity(default=Band(0.05, 0.05)), Reserve((0.10, 0.15))).conflict
    assert len(conflict.rules) == 3
    assert any("10 % of the budget" in text for text in conflict.rules)
    assert any("5 % down" in text for text in conflict.rules)
    cells = {("elasticity", channel.name) for channel in CHANNELS}
    assert set(conflict.names) == {("budget", "total"), ("reserve", "pool"), *cells}
    assert "allow 10 % down instead of 5 % (elasticity)" in conflict.remedies
    assert "set the reserve to at least 5 % instead of 10 %" in conflict.remedies


def test_shares_of_separate_parts_cannot_add_up_to_more_than_all() -> None:
    shares = [
        Share(tag, Part(tags=frozenset({tag})), (low, 1.0))
        for tag, low in [("core", 0.5), ("brand", 0.4), ("print", 0.2)]
    ]
    conflict = collision(*shares).conflict
    assert sum("has the least it may" in text for text in conflict.rules) == 3
    assert "set the share of core to at least 40 % instead of 50 %" in conflict.remedies


def test_what_a_remedy_speaks_of_is_named_first() -> None:
    rules = Elasticity(default=Band(0.05, 0.05)), Committed(frozenset({"Print"}))
    conflict = collision(
        *rules, Share("print", Part(tags=frozenset({"print"})), (0.3, 1.0))
    ).conflict
    assert conflict.remedies[0].startswith("set the share of print")
    assert conflict.names[0] == ("share", "print")
    assert ("committed", "Print") in conflict.names


def test_rules_that_have_no_part_in_it_are_not_named() -> None:
    rules = (Floor({"TV": 120.0}), Cap({"TV": 110.0}), Floor({"Search": 10.0}),
             Elasticity(default=Band(0.5, 0.5)))  # fmt: skip
    conflict = collision(*rules).conflict
    assert len(conflict.rules) == 2
    assert not any("Search" in text for text in conflict.rules)
    assert set(conflict.names) == {("floor", "TV"), ("cap", "TV")}


def test_each_remedy_by_itself_makes_the_rules_fit() -> None:
    collision(Elasticity(default=Band(0.05, 0.05)), Reserve((0.10, 0.15)))
    reallocate(with_rules(BASE, Elasticity(default=Band(0.10, 0.05)), Reserve((0.10, 0.15))))
    reallocate(with_rules(BASE, Elasticity(default=Band(0.05, 0.05)), Reserve((0.05, 0.15))))


def test_contracts_above_a_budget_that_was_cut_are_explained() -> None:
    base = problem(CHANNELS, np.full((4, 4), 100.0), budget=150.0)
    conflict = collision(Committed(frozenset({"Search", "TV"})), base=base).conflict
    assert any("Search is committed" in text for text in conflict.rules)
    assert any("TV is committed" in text for text in conflict.rules)


def test_a_remedy_for_a_share_of_planned_money_is_enough() -> None:
    """Ecommerce may get less than today, so a share of today's money would not do."""
    part, within = Part(channels=frozenset({"Search"})), Part(units=frozenset({"ecommerce"}))
    band = Elasticity(default=Band(0.2, 0.1))

    def half(least: float) -> Share:
        return Share("search", part, (least, 1.0), within)

    remedies = collision(band, half(0.7)).conflict.remedies
    assert "set the share of search to at least 57.89 % instead of 70 %" in remedies
    reallocate(with_rules(BASE, band, half(0.5789)))


def test_layers_that_cannot_be_reached_are_given_the_leeway_that_they_need() -> None:
    band = Elasticity(default=Band(0.2, 0.1))
    shares = {"core": 0.7, "brand": 0.3}

    def split(leeway: float = 0.0) -> Layers:
        return Layers("online", Part(units=frozenset({"ecommerce"})), shares, leeway)

    remedies = collision(band, split()).conflict.remedies
    assert "give the layers of online a leeway of 0.1211 instead of 0" in remedies
    reallocate(with_rules(BASE, band, split(0.1211)))


def test_where_two_targets_are_out_of_reach_each_is_told_how_far_it_can_go() -> None:
    """Lowering one alone would help nobody: the other still cannot be met."""
    conflict = collision(Target("response", 5000.0, "CNY"), RoiTarget(50.0)).conflict
    alone = [text for text in conflict.remedies if text.startswith("leave the other targets out")]
    assert len(alone) == 2
    assert any("target for response" in text for text in alone)
    assert any("target for roi" in text for text in alone)
