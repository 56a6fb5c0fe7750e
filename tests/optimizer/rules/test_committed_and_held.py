from dataclasses import replace

import numpy as np
import pytest

from optimizer.channel import Channel
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Committed, Elasticity, Held
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem(
    (channel("Search", 4000, 100), channel("TV", 300, 400), Channel("Print")),
    [[100.01, 120.0], [99.99, 80.0], [50.0, 50.0]],
)
FREE = Elasticity(default=Band(0.5, 0.5))


TV = frozenset({"TV"})


@pytest.mark.parametrize("rule", [Committed(TV), Held(TV)])
def test_what_may_not_move_stays_to_the_cent(rule: Rule) -> None:
    assert reallocate(with_rules(BASE, FREE, rule)).allocation.spend[1].tolist() == [99.99, 80.0]


def test_a_richer_or_poorer_scenario_does_not_change_a_contract() -> None:
    richer = replace(with_rules(BASE, FREE, Committed(TV)), budget=BASE.budget * 1.1)
    assert reallocate(richer).allocation.spend[1].tolist() == [99.99, 80.0]


def test_a_held_channel_takes_its_part_in_a_scenarios_cut() -> None:
    poorer = replace(with_rules(BASE, FREE, Held(TV)), budget=BASE.budget * 0.9)
    assert reallocate(poorer).allocation.spend[1].tolist() == [89.99, 72.0]


@pytest.mark.parametrize(("rule", "off"), [(Committed(TV), 0.01), (Held(TV), 0.02)])
def test_moving_it_is_noticed(rule: Rule, off: float) -> None:
    spend = BASE.current + np.array([[off, 0.0], [-off, 0.0], [0.0, 0.0]])
    found = violations(allocation(with_rules(BASE, FREE, rule), spend))
    assert [(v.rule, v.key, v.quarter) for v in found] == [(rule.name, "TV", "2027Q1")]


def test_the_reason_says_why_it_stays() -> None:
    plan = reallocate(with_rules(BASE, FREE, Held(frozenset({"Print"}))))
    reasons = {row.channel: row.reason for row in plan.rows}
    assert "does not show what it brings" in reasons["Print"]
