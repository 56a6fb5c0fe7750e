"""Packages against every subset of them, the rest of the money planned for each."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.channel import Channel
from optimizer.errors import RulesCollide
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem, Objective
from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Budget,
    Capacity,
    Package,
    Packages,
    Part,
    Protection,
    Reserve,
    RoiFloor,
    Target,
)
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import allocation, channel, problem

QUARTERS = ("2027Q1", "2027Q2")
# Events is planned from zero; what its packages do not cost goes to Search or into the pool.
EVENTS = Channel("Events")
SEARCH = channel("Search", 600, 300)


def package(name: str, cost: float, returns: float, **fields: object) -> Package:
    values = {"class_": "performance", "channel": "Events", "quarter": "2027Q1"} | fields
    return Package(name, cost=cost, returns=returns, **values)


def world(*packages: Package, rules: tuple[Rule, ...] = (), **fields: object) -> AllocationProblem:
    """One quarter with 300 for Events and Search; the pool may take everything."""
    rule = Packages(packages, fields.pop("protected", None))
    base = problem((SEARCH, EVENTS), [[200.0], [100.0]], **fields)
    return replace(base, rules=(Budget(), Reserve((0.0, 1.0)), rule, *rules))


def funded(*packages: Package, **fields: object) -> set[str]:
    return set(reallocate(world(*packages, **fields)).allocation.funded)


def test_a_package_is_funded_where_it_brings_more_than_its_money_does_elsewhere() -> None:
    good, poor = package("good", 100.0, 400.0), package("poor", 100.0, 5.0)
    plan = reallocate(world(good, poor))
    assert plan.allocation.funded == {"good"}
    assert plan.allocation.spend[1].tolist() == [100.0]


def test_a_line_is_planned_from_zero_whatever_it_had() -> None:
    plan = reallocate(world(package("poor", 100.0, 5.0)))
    assert plan.allocation.spend[1].tolist() == [0.0]


def test_what_must_be_funded_is() -> None:
    assert funded(package("poor", 100.0, 5.0, must_fund=True)) == {"poor"}


def test_a_package_is_protected_above_the_rate_and_not_at_it() -> None:
    at = package("at", 50.0, 1.0, conversion=0.15)
    above = package("above", 50.0, 1.0, conversion=0.16)
    brand = package("brand", 50.0, 1.0, conversion=0.16, class_="brand")
    kept = funded(at, above, brand, protected=Protection("performance", 0.15))
    assert kept == {"above"}


def test_a_package_is_funded_with_what_it_requires_or_not_at_all() -> None:
    stage, show = package("stage", 100.0, 0.0), package("show", 50.0, 400.0, requires=("stage",))
    assert funded(stage, show) == {"stage", "show"}
    assert funded(stage, replace(show, returns=60.0)) == set()


def test_packages_that_exclude_each_other_are_not_both_funded() -> None:
    first = package("first", 50.0, 400.0, excludes=("second",))
    assert funded(first, package("second", 50.0, 450.0)) == {"second"}


def test_within_a_class_the_more_important_comes_first() -> None:
    dear = package("dear", 150.0, 100.0, priority=1)
    cheap = package("cheap", 50.0, 400.0, priority=2)
    assert funded(dear, cheap) == {"dear", "cheap"}
    assert funded(replace(dear, cost=280.0, returns=0.0), cheap) == set()


def test_classes_have_an_order_each() -> None:
    brand = package("brand", 280.0, 0.0, priority=1, class_="brand")
    assert funded(brand, package("cheap", 50.0, 400.0, priority=2)) == {"cheap"}


def test_what_must_be_funded_waits_for_nobody() -> None:
    dear = package("dear", 280.0, 0.0, priority=1)
    late = package("late", 50.0, 5.0, priority=2, must_fund=True)
    assert funded(dear, late) == {"late"}


def test_a_quarter_without_packages_gets_nothing() -> None:
    base = problem((SEARCH, EVENTS), np.full((2, 2), 150.0))
    rule = Packages((package("only", 100.0, 400.0),))
    plan = reallocate(replace(base, rules=(Budget(), Reserve((0.0, 1.0)), rule)))
    assert plan.allocation.spend[1].tolist() == [100.0, 0.0]


def test_packages_return_what_the_scenarios_demand_lets_them() -> None:
    base = world(package("good", 100.0, 400.0))
    full = reallocate(base)
    half = reallocate(replace(base, demand=np.array([[1.0], [0.5]])))
    assert full.objective - half.objective == pytest.approx(200.0, rel=1e-3)


def test_a_target_counts_what_packages_bring() -> None:
    good = package("good", 100.0, 400.0)
    plan = reallocate(world(good, objective="spend", rules=(Target("response", 420.0, "CNY"),)))
    assert plan.allocation.funded == {"good"}
    assert not violations(plan.allocation)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(420.0, rel=1e-3)


def test_a_channels_return_is_that_of_its_packages() -> None:
    poor, good = package("poor", 100.0, 90.0, must_fund=True), package("good", 50.0, 300.0)
    floor = RoiFloor({"Events": 2.0})
    plan = reallocate(world(poor, good, rules=(floor,)))
    assert plan.allocation.funded == {"poor", "good"}
    with pytest.raises(RulesCollide):
        reallocate(world(poor, rules=(floor,)))


def test_a_market_holds_no_more_of_what_packages_bring_than_of_anything() -> None:
    good, other = package("good", 10.0, 400.0), package("other", 10.0, 400.0)
    full = Capacity("events", Part(channels=frozenset({"Events"})), 450.0)
    plan = reallocate(world(good, other, rules=(full,)))
    events = sum(row.expected_response for row in plan.rows if row.channel == "Events")
    assert events == pytest.approx(400.0 if len(plan.allocation.funded) == 1 else 450.0)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)


def test_what_packages_bring_counts_at_their_channels_value() -> None:
    good = package("good", 100.0, 400.0)
    base = world(good)
    worth = replace(base, channels=(SEARCH, Channel("Events", value=0.01)))
    assert reallocate(base).allocation.funded == {"good"}
    assert reallocate(worth).allocation.funded == set()


def test_packages_that_bring_next_to_nothing_are_weighed_against_their_cost() -> None:
    base = world(package("crumb", 4.63, 1e-23), package("none", 6.0, 0.0), objective="profit")
    assert reallocate(base).allocation.funded == set()


def test_amounts_are_what_the_funded_packages_cost_to_the_cent() -> None:
    odd = (package("a", 33.33, 300.0), package("b", 66.67, 300.0), package("c", 0.01, 9.0))
    plan = reallocate(world(*odd))
    assert plan.allocation.spend[1, 0] == 100.01
    assert plan.allocation.spend.sum() + plan.allocation.pool.sum() == pytest.approx(
        300.0, abs=1e-9
    )


def test_a_plan_that_breaks_what_packages_say_is_noticed() -> None:
    base = world(
        package("must", 10.0, 0.0, must_fund=True),
        package("first", 20.0, 0.0, priority=1),
        package("then", 30.0, 0.0, priority=2, requires=("stage",), excludes=("other",)),
        package("stage", 40.0, 0.0),
        package("other", 50.0, 0.0),
    )
    plan = replace(allocation(base, [[230.0], [70.0]]), funded=frozenset({"then", "other"}))
    found = {violation.key: violation.excess for violation in violations(plan)}
    assert found == {
        "Events": pytest.approx(10.0),
        "must": 1.0,
        "then by priority": 1.0,
        "then requires stage": 1.0,
        "then excludes other": 1.0,
    }


def test_the_price_of_a_condition_is_what_the_plan_gains_without_it() -> None:
    poor = package("poor", 100.0, 5.0, must_fund=True)
    with_, without = reallocate(world(poor)), reallocate(world(replace(poor, must_fund=False)))
    (entry,) = [e for e in with_.rules if e.rule == "packages" and e.key == "poor"]
    assert entry.binding
    assert entry.price == pytest.approx(without.objective - with_.objective, rel=0.02)


def test_the_reason_names_what_is_funded_and_what_is_next() -> None:
    good, poor = package("good", 100.0, 400.0), package("poor", 100.0, 5.0)
    (row,) = [r for r in reallocate(world(good, poor)).rows if r.channel == "Events"]
    assert row.reason == ("funds: good; next below the cut line: poor (costs 100.00, returns 5.00)")
    assert row.expected_response == pytest.approx(400.0)


def test_packages_that_must_be_funded_and_cost_too_much_collide() -> None:
    with pytest.raises(RulesCollide) as failure:
        reallocate(world(package("dear", 400.0, 900.0, must_fund=True)))
    assert "dear must be funded (400.00)" in failure.value.conflict.rules
    assert "let dear go without money (its must_fund)" in failure.value.conflict.remedies


def test_requiring_what_excludes_it_collides() -> None:
    with pytest.raises(RulesCollide) as failure:
        reallocate(
            world(
                package("show", 10.0, 90.0, must_fund=True, requires=("stage",)),
                package("stage", 10.0, 90.0, excludes=("show",)),
            )
        )
    assert set(failure.value.conflict.rules) == {
        "show must be funded (10.00)",
        "show can be funded only with stage",
        "stage can be funded only without show",
    }
    assert len(failure.value.conflict.remedies) == 3


@st.composite
def zero_based(draw: st.DrawFn) -> AllocationProblem:
    """Up to eight packages beside up to two channels with curves, over one or two quarters."""
    quarters = draw(st.integers(1, 2))
    lines = draw(st.integers(1, 2))
    curves = draw(st.integers(0, 2))
    names = [f"p{k}" for k in range(draw(st.integers(1, 8)))]
    packages = []
    for name in names:
        others = [other for other in names if other != name]
        some = st.lists(st.sampled_from(others), max_size=2, unique=True) if others else st.just([])
        packages.append(
            Package(
                name,
                class_=draw(st.sampled_from(["performance", "brand"])),
                channel=f"line {draw(st.integers(0, lines - 1))}",
                quarter=QUARTERS[draw(st.integers(0, quarters - 1))],
                cost=draw(st.integers(0, 20_000)) / 100,
                returns=draw(st.floats(0, 500)),
                conversion=draw(st.sampled_from([None, 0.1, 0.2])),
                priority=draw(st.sampled_from([None, None, 1, 2, 3])),
                must_fund=draw(st.integers(0, 9)) == 0,
                requires=tuple(draw(some)) if draw(st.integers(0, 3)) == 0 else (),
                excludes=tuple(draw(some)) if draw(st.integers(0, 3)) == 0 else (),
            )
        )
    used, slope = {p.channel for p in packages}, st.floats(0.6, 3)
    channels = (
        *(channel(f"curve {c}", 300 + 400 * c, 150, draw(slope)) for c in range(curves)),
        *(Channel(name) for name in sorted(used)),
    )
    protected = draw(st.sampled_from([None, Protection("performance", 0.15)]))
    objective: Objective = draw(st.sampled_from(["response", "profit"]))
    base = problem(channels, np.full((len(channels), quarters), 100.0), objective=objective)
    rules = (Budget(), Reserve((0.0, 1.0)), Packages(tuple(packages), protected))
    return replace(base, rules=rules)


def allowed(rule: Packages) -> Iterator[tuple[Package, ...]]:
    """Every subset that keeps the conditions, by their definitions."""
    for size in range(len(rule.packages) + 1):
        for chosen in combinations(rule.packages, size):
            names = {p.name for p in chosen}
            owed = {
                p.name
                for p in rule.packages
                if p.must_fund
                or (
                    rule.protected is not None
                    and p.class_ == rule.protected.class_
                    and p.conversion is not None
                    and p.conversion > rule.protected.conversion
                )
            }
            waits = any(
                p.name not in owed
                and b.name not in owed
                and p.class_ == b.class_
                and None not in (p.priority, b.priority)
                and b.priority < p.priority
                and b.name not in names
                for p in chosen
                for b in rule.packages
            )
            if (
                owed <= names
                and not waits
                and all(set(p.requires) <= names and not set(p.excludes) & names for p in chosen)
            ):
                yield chosen


def best_of_subsets(base: AllocationProblem) -> float | None:
    """The best objective over all subsets, the channels with curves planned for each."""
    (rule,) = [r for r in base.rules if isinstance(r, Packages)]
    best = None
    for chosen in allowed(rule):
        rest = base.budget.copy()
        for p in chosen:
            rest[base.quarters.index(p.quarter)] -= p.cost
        if np.any(rest < 0):
            continue
        value = sum(p.returns for p in chosen) + _rest_brings(base, rest)
        if base.objective == "profit":
            value -= sum(p.cost for p in chosen)
        best = value if best is None else max(best, value)
    return best


def _rest_brings(base: AllocationProblem, rest: np.ndarray) -> float:
    """What the channels with curves make of the money that packages leave, by a fine grid."""
    curves = [c.curve for c in base.channels if c.curve is not None]
    total = 0.0
    for money in rest.tolist():
        grid = np.linspace(0.0, money, 401)
        price = grid if base.objective == "profit" else 0 * grid
        brings = [np.asarray(curve.at(grid)) - price for curve in curves]
        if len(brings) == 2:
            both = brings[0][:, None] + brings[1][None, :]
            total += float(both[np.add.outer(grid, grid) <= money * (1 + 1e-9)].max())
        elif brings:
            total += float(brings[0].max())
    return total


@settings(max_examples=60, deadline=None)
@given(zero_based())
def test_no_choice_of_packages_is_better(base: AllocationProblem) -> None:
    best = best_of_subsets(base)
    if best is None:
        with pytest.raises(RulesCollide):
            reallocate(base)
        return
    plan: Plan = reallocate(base)
    assert not violations(plan.allocation)
    assert plan.status == "optimal"
    slack = 2e-4 * max(1.0, abs(best), abs(plan.objective))
    assert plan.bound >= best - slack
    assert plan.objective >= best - slack
    assert plan.objective <= plan.bound
