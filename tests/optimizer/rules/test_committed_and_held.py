from dataclasses import replace

import numpy as np
import pytest

from optimizer.problem import Channel
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Committed, Elasticity, Held
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import allocation, channel, problem, with_rules

BASE = problem(
    (channel("Search", 4000, 100), channel("TV", 300, 400), Channel("Print")),
    [[100.01, 120.0], [99.99, 80.0], [50.0, 50.0]],
)
FREE = Elasticity(default=Band(0.5, 0.5))


@pytest.mark.parametrize("rule", [Committed(frozenset({"TV"})), Held(frozenset({"TV"}))])
def test_what_may_not_move_stays_to_the_cent_in_every_scenario(rule: Rule) -> None:
    richer = replace(with_rules(BASE, FREE, rule), budget=BASE.budget * 1.1)
    for base in (with_rules(BASE, FREE, rule), richer):
        assert reallocate(base).allocation.spend[1].tolist() == [99.99, 80.0]


@pytest.mark.parametrize("rule", [Committed(frozenset({"TV"})), Held(frozenset({"TV"}))])
def test_moving_it_by_a_cent_is_noticed(rule: Rule) -> None:
    spend = BASE.current + np.array([[0.01, 0.0], [-0.01, 0.0], [0.0, 0.0]])
    found = violations(allocation(with_rules(BASE, FREE, rule), spend))
    assert [(v.rule, v.key, v.quarter) for v in found] == [(rule.name, "TV", "2027Q1")]


def test_the_reason_says_why_it_stays() -> None:
    plan = reallocate(with_rules(BASE, FREE, Held(frozenset({"Print"}))))
    reasons = {row.channel: row.reason for row in plan.rows}
    assert "does not show what it brings" in reasons["Print"]
