"""Every rule beside every other: one proved plan that keeps both, or a collision in words.

A rule that is not in the table fails the first test: add an instance that the current budget keeps
or nearly keeps, so that most pairs have a plan.
"""

from dataclasses import replace

import numpy as np
import pytest

import optimizer.rules as table_of_contents
from optimizer.channel import Channel
from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Band,
    CacCeiling,
    Cap,
    Capacity,
    Ceiling,
    Change,
    Committed,
    Contracted,
    CostOfResult,
    Earmark,
    Elasticity,
    Exploration,
    FixedCost,
    Floor,
    Freeze,
    GrowthTarget,
    Held,
    Launch,
    Layers,
    Lifecycle,
    Moves,
    NamedReserve,
    Operating,
    Package,
    Packages,
    Part,
    Pilots,
    Ratio,
    Reserve,
    Resource,
    RoiFloor,
    RoiTarget,
    Share,
    Stop,
    StrategicReserve,
    Target,
    Tier,
    Tiers,
)
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import channel, problem, with_rules

CHANNELS = (
    channel("Search", 900, 100, unit="online", tags=("head",)),
    channel("Social", 1500, 200, slope=2.0, unit="online", tags=("waist",)),
    channel("Podcast", 700, 100, 1.0, 0.3, unit="online", tags=("pilot", "waist")),
    replace(channel("TV", 500, 400, 3.0, 0.3, unit="offline", tags=("brand",)), cost_of_result=0.1),
    replace(channel("Print", 100, 400, unit="offline", tags=("service",)), fixed_cost=10.0),
    channel("Outdoor", 300, 300, unit="offline", tags=("brand",)),
    Channel("Crisis"),
    Channel("Strategy"),
)
BASE = problem(
    CHANNELS,
    [[100.01, 120.0]] * 5 + [[33.33, 60.0], [40.0, 40.0], [80.0, 80.0]],
    pool=60.0,
    objective="response",
)
ONLINE, OFFLINE = (Part(units=frozenset({unit})) for unit in ("online", "offline"))
TV = Part(channels=frozenset({"TV"}))
GRADES = {"Search": "S", "Social": "S", "Podcast": "B", "TV": "A", "Print": "out"}

RULES: dict[str, Rule] = {
    "cac_ceiling": CacCeiling({"TV": Ceiling(60.0, 0.1), "Search": Ceiling(20.0, 0.1)}),
    "cap": Cap({"Search": 130.0, "Crisis": 60.0, "Strategy": 90.0}),
    "capacity": Capacity("online", ONLINE, 1200.0),
    "change": Change("search up", frozenset({"Search", "Social"}), 0.1, 0.9),
    "committed": Committed(frozenset({"TV"})),
    "contracted": Contracted({"TV": (80.0, 0.0)}),
    "cost_of_result": CostOfResult(),
    "earmark": Earmark(("S",), frozenset({"Search", "Podcast"}), frozenset({"Print"})),
    "elasticity": Elasticity(default=Band(0.5, 0.5), unit={"offline": Band(0.5, 0.3)}),
    "exploration": Exploration("B", frozenset({"Podcast"}), 0.08),
    "fixed_cost": FixedCost(),
    "floor": Floor({"TV": 50.0, "Outdoor": 20.0}),
    "freeze": Freeze(frozenset({"Outdoor"})),
    "growth_target": GrowthTarget(0.1, 2500.0),
    "held": Held(frozenset({"Crisis", "Strategy"})),
    "launch": Launch({"Podcast": 70.0, "Print": 90.0}),
    "layers": Layers("head and waist", ONLINE, {"head": 0.35, "waist": 0.65}, 0.1),
    "lifecycle": Lifecycle(OFFLINE, "launch", "brand", 0.5),
    "moves": Moves(most=4, least=5.0),
    "named_reserve": NamedReserve("Crisis", "crisis", ONLINE, (0.05, 0.15), "2027Q1"),
    "operating": Operating(1.0, 90.0),
    "packages": Packages(
        (
            Package("stage", "brand", "Strategy", "2027Q1", 50.0, 90.0, priority=1.0),
            Package("film", "brand", "Strategy", "2027Q2", 30.0, 80.0, requires=("stage",)),
            Package("fair", "brand", "Strategy", "2027Q2", 60.0, 70.0, excludes=("film",)),
        )
    ),
    "pilots": Pilots("pilot", cap=170.0, share=0.25),
    "ratio": Ratio("lines", OFFLINE, ONLINE, (0.4, 1.1), each_quarter=True),
    "reserve": Reserve((0.05, 0.15)),
    "resource": Resource("CO2", "t", 0.08, {"TV": 2e-4, "Search": 1e-4}),
    "roi_floor": RoiFloor({"Search": 3.0, "TV": 0.05}),
    "roi_target": RoiTarget(2.0),
    "share": Share("tv", TV, (0.1, 0.5), of_amount=700.0),
    "stop": Stop(frozenset({"Print"})),
    "strategic_reserve": StrategicReserve("Strategy", (0.08, 0.12), "the CFO"),
    "target": Target("response", 3000.0, "CNY"),
    "tiers": Tiers({"S": Tier((5.0, np.inf), (0.2, 0.5)), "out": Tier((0.0, 1.0))}, GRADES),
}
NAMES = tuple(RULES)
OBJECTIVES = ("response", "profit", "spend")
NEIGHBOURS = [(NAMES[i], NAMES[i - 7]) for i in range(len(NAMES))]


def test_every_rule_is_in_the_table() -> None:
    """The budget itself is in every plan; what several rules share is no rule of a policy."""
    exported = (getattr(table_of_contents, name) for name in table_of_contents.__all__)
    rules = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Rule)}
    concrete = {kind for kind in rules if kind.constrain is not Rule.constrain}
    missing = {kind.__name__ for kind in concrete - {type(rule) for rule in RULES.values()}}
    assert missing == {"Budget"}


def hold_together(*names: str, objective: str = "response") -> None:
    base = replace(BASE, objective=objective)
    try:
        plan = reallocate(with_rules(base, *(RULES[name] for name in names)))
    except RulesCollide as collision:
        conflict = collision.conflict
    else:
        conflict = None
    if conflict is not None:
        assert conflict.rules
        assert all(" " in text.strip() for text in (*conflict.rules, *conflict.remedies))
        return
    assert plan.status == "optimal"
    assert not violations(plan.allocation)
    assert all(entry.text and np.isfinite(entry.price) for entry in plan.rules)
    assert all(entry.price >= 0 for entry in plan.rules)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_alone_has_a_proved_plan(name: str) -> None:
    plan = reallocate(with_rules(BASE, RULES[name]))
    assert plan.status == "optimal"
    assert not violations(plan.allocation)


@pytest.mark.parametrize("objective", ["response", "profit"])
def test_a_market_that_is_full_is_proved_as_well(objective: str) -> None:
    hold_together("capacity", "change", objective=objective)


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_two_rules_hold_together_or_say_why_not(one: str, other: str) -> None:
    hold_together(one, other)


@pytest.mark.long
@pytest.mark.parametrize("one", NAMES)
def test_any_two_rules_hold_together_or_say_why_not(one: str) -> None:
    """Every pair under one of the objectives, each rule meeting all three."""
    for other in NAMES[NAMES.index(one) + 1 :]:
        objective = OBJECTIVES[(NAMES.index(one) + NAMES.index(other)) % len(OBJECTIVES)]
        hold_together(one, other, objective=objective)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_any_four_rules_hold_together_or_say_why_not(seed: int) -> None:
    drawn = np.random.default_rng(seed).choice(NAMES, size=(5, 4))
    for names in drawn.tolist():
        hold_together(*dict.fromkeys(names))
