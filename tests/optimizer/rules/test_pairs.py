"""Any two rules about moves, and any one of them beside elasticity, hold together in one plan."""

from itertools import combinations

import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Band,
    Change,
    Contracted,
    Earmark,
    Elasticity,
    Exploration,
    Freeze,
    Part,
    Pilots,
    Ratio,
    Reserve,
    Resource,
    Share,
    Stop,
)
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import channel, problem, with_rules

CHANNELS = (
    channel("Search", 900, 100, unit="online"),
    channel("Social", 1500, 200, slope=2.0, unit="online"),
    channel("Podcast", 700, 100, unit="online", tags=("pilot",)),
    channel("TV", 500, 400, slope=3.0, unit="offline"),
    channel("Print", 100, 400, unit="offline"),
    channel("Outdoor", 300, 300, unit="offline"),
)
BASE = problem(CHANNELS, [[100.01, 120.0]] * 5 + [[33.33, 60.0]], pool=60.0)
ONLINE, OFFLINE = (Part(units=frozenset({unit})) for unit in ("online", "offline"))
RULES: dict[str, Rule] = {
    "elasticity": Elasticity(default=Band(0.5, 0.5), unit={"offline": Band(0.5, 0.3)}),
    "reserve": Reserve((0.05, 0.15)),
    "stop": Stop(frozenset({"Print"})),
    "freeze": Freeze(frozenset({"Outdoor"})),
    "change": Change("search up", frozenset({"Search", "Social"}), 0.1, 0.9),
    "contracted": Contracted({"TV": (80.0, 0.0)}),
    "share": Share("tv", Part(channels=frozenset({"TV"})), (0.1, 0.5), of_amount=700.0),
    "ratio": Ratio("lines", OFFLINE, ONLINE, (0.5, 1.1), each_quarter=True),
    "resource": Resource("CO2", "t", 0.08, {"TV": 2e-4, "Search": 1e-4}),
    "exploration": Exploration("B", frozenset({"Podcast"}), 0.12),
    "earmark": Earmark(("S",), frozenset({"Search", "Podcast"}), frozenset({"Print"})),
    "pilots": Pilots("pilot", cap=170.0, share=0.25),
}


@pytest.mark.parametrize(("one", "other"), [*combinations(RULES, 2)])
def test_any_two_rules_hold_together_in_a_proved_plan(one: str, other: str) -> None:
    plan = reallocate(with_rules(BASE, RULES[one], RULES[other]))
    assert plan.status == "optimal"
    assert not violations(plan.allocation)
    assert all(entry.text and np.isfinite(entry.price) for entry in plan.rules)
