from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.channel import Channel
from optimizer.closed import Closed
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.response import response_of
from optimizer.rules import Band, Budget, Elasticity, Floor, Package, Packages, Reserve, Target
from scenarios.cross import CURRENT, Crossing, cross
from scenarios.scenario import Scenario, apply
from tests.optimizer.worlds import channel, problem, worlds


def plans_of(base: AllocationProblem, *scenarios: Scenario) -> list[Plan]:
    return [reallocate(apply(scenario, base)) for scenario in scenarios]


def table_of(plans: list[Plan], margin: float = 1.0) -> dict[tuple[str, str], Crossing]:
    margins = {p.problem.scenario: np.full(len(p.problem.channels), margin) for p in plans}
    return {(entry.plan, entry.future): entry for entry in cross(plans, margins, jobs=1)}


def two_futures() -> list[Plan]:
    """Where b is in demand, and where a is; this quarter is decided before either comes."""
    base = problem(
        (channel("a", 2000, carryover=0.3), channel("b", 2000, carryover=0.3)),
        np.full((2, 3), 200.0),
        (Elasticity(default=Band(0.3, 0.3)),),
        pool=20.0,
    )
    return plans_of(
        base,
        Scenario("calm", channel_demand={"b": (1.3,)}),
        Scenario("rough", channel_demand={"a": (1.3,)}),
    )


def test_every_plan_and_the_current_budget_enter_every_future() -> None:
    table = table_of(two_futures())
    plans, futures = (CURRENT, "calm", "rough"), ("calm", "rough")
    assert list(table) == [(plan, future) for plan in plans for future in futures]


def test_a_futures_own_plan_is_regretted_by_nothing() -> None:
    plans = two_futures()
    table = table_of(plans)
    for plan in plans:
        own = table[plan.problem.scenario, plan.problem.scenario]
        assert own.regret == 0
        assert own.response == pytest.approx(plan.objective)
        assert own.broken_rules == ()


def test_having_decided_for_the_other_future_costs_something() -> None:
    table = table_of(two_futures())
    for pair in (("calm", "rough"), ("rough", "calm")):
        regret = table[pair].regret
        assert regret is not None
        assert regret > 1.0
        assert table[pair].broken_rules == ()


def test_a_plan_enters_with_this_quarter_alone() -> None:
    calm, rough = two_futures()
    table = table_of([calm, rough])
    # The rest is as good as can be once the first quarter stands.
    best, response = -np.inf, response_of(rough.problem)
    for step in np.linspace(140, 260, 25):
        for last in np.linspace(140, 260, 25):
            amounts = np.array([[calm.allocation.spend[0, 0], step, last]])
            spend = np.vstack([amounts, 400 - amounts])
            best = max(best, response.value(spend))
    assert table["calm", "rough"].response == pytest.approx(best, rel=1e-3)


def test_profit_is_what_response_is_worth_beyond_the_money_on_channels() -> None:
    plans = two_futures()
    entry = table_of(plans, margin=0.4)["calm", "calm"]
    assert entry.response is not None
    assert entry.profit is not None
    spent = plans[0].allocation.spend.sum()
    assert entry.profit == pytest.approx(0.4 * entry.response - spent)
    assert entry.roi == pytest.approx(entry.response / spent)


def test_plans_of_other_budgets_have_the_futures_money_as_well_and_break_its_quarters() -> None:
    base = problem((channel("a"), channel("b", 1200)), np.full((2, 3), 200.0))
    growth, flat = plans_of(base, Scenario("growth", budget=(1.1,)), Scenario("flat"))
    table = table_of([growth, flat])
    more, less = table["growth", "flat"], table["flat", "growth"]
    for entry in (more, less):
        assert {found.rule for found in entry.broken_rules} == {"budget"}
        assert [found.quarter for found in entry.broken_rules] == list(base.quarters)
    # Without carry-over, an uneven year brings less than an even one of the same money.
    assert more.regret is not None
    assert more.regret > 0
    assert less.regret is not None
    assert less.regret > 0
    own = growth.allocation.spend.sum()
    assert less.roi == pytest.approx(less.response / own, rel=1e-9)


def test_what_this_quarter_took_too_much_later_ones_give_each_the_same_share_of() -> None:
    base = problem((channel("a"), channel("b", 1200)), [[200.0, 100.0, 300.0]] * 2)
    growth, flat = plans_of(base, Scenario("growth", budget=(1.1, 1.0, 1.0)), Scenario("flat"))
    broken = table_of([growth, flat])["growth", "flat"].broken_rules
    found = {violation.quarter: violation.excess for violation in broken}
    assert found == pytest.approx({"2027Q1": 40.0, "2027Q2": 10.0, "2027Q3": 30.0}, abs=0.02)


def test_where_the_rest_cannot_keep_the_rules_they_give_way_and_are_named() -> None:
    base = problem(
        (channel("a", 3000), channel("b", 900)),
        np.full((2, 2), 200.0),
        (Elasticity(default=Band(0.5, 0.5)),),
    )
    calm = reallocate(replace(base, scenario="calm"))
    # Met by what a brings in both quarters together only.
    most = reallocate(replace(base, scenario="rough")).objective
    target = Target("response", 0.999 * most, "CNY")
    rough = reallocate(replace(base, scenario="rough", rules=(*base.rules, target)))
    poor = replace(
        calm, allocation=replace(calm.allocation, spend=np.flipud(calm.allocation.spend))
    )
    entry = table_of([poor, rough])["calm", "rough"]
    assert {found.rule for found in entry.broken_rules} == {"target"}
    assert entry.response is not None
    assert entry.response < 0.999 * most


def test_a_current_budget_of_more_money_than_the_future_has_is_judged_where_some_may_stay() -> None:
    base = problem(
        (channel("a", 500), channel("b", 600)), np.full((2, 2), 200.0), objective="profit"
    )
    table = table_of(plans_of(base, Scenario("poor", budget=(0.8,)), Scenario("flat")))
    assert {found.rule for found in table[CURRENT, "poor"].broken_rules} == {"budget"}
    assert table[CURRENT, "poor"].profit is not None


def test_money_that_entered_too_much_of_is_made_up_for_by_later_quarters_where_it_may() -> None:
    base = replace(problem((channel("a"), channel("b", 1200)), np.full((2, 2), 200.0)), shift=0.02)
    table = table_of(plans_of(base, Scenario("growth", budget=(1.2,)), Scenario("flat")))
    entry = table["growth", "flat"]
    assert entry.response is not None
    assert {found.rule for found in entry.broken_rules} == {"budget"}


def test_why_the_rest_has_no_plan_is_told_on_one_line() -> None:
    must = Package("gala", "events", "Events", "2027Q2", 150.0, 900.0, must_fund=True)
    base = problem((channel("a"), Channel("Events")), [[100.0] * 2] * 2, shift=0.5)
    base = replace(base, rules=(Budget(), Reserve((0.0, 0.0)), Packages((must,))))
    # What growth spends at once is more than flat can do without and pay for the gala later.
    growth = Scenario("growth", budget=(1.5, 1.0), demand=(9.0, 1.0))
    plans = plans_of(base, growth, Scenario("flat"))
    entry = table_of(plans)["growth", "flat"]
    [broken] = entry.broken_rules
    assert (broken.rule, broken.key, entry.response) == ("no plan", "flat", None)
    assert broken.text.startswith("these rules cannot hold together: ")
    assert "gala" in broken.text
    assert broken.text.isprintable()


def test_unspent_money_is_the_futures_own() -> None:
    base = problem(
        (channel("a", 500), channel("b", 600)), np.full((2, 2), 200.0), objective="profit"
    )
    plans = plans_of(base, Scenario("growth", budget=(1.2,)), Scenario("flat"))
    table = table_of(plans)
    for entry in table.values():
        assert entry.broken_rules == ()
        assert entry.regret is not None
        room = 1e-4 * sum(abs(plan.current_objective) for plan in plans)
        assert entry.regret >= -room


def test_the_table_does_not_depend_on_how_many_work_on_it() -> None:
    plans = two_futures()
    margins = {plan.problem.scenario: np.ones(2) for plan in plans}
    assert cross(plans, margins, jobs=1) == cross(plans, margins, jobs=2)


def test_closed_quarters_stay_and_the_next_one_is_this_quarter() -> None:
    closed = Closed(np.array([[260.0], [140.0]]), np.full(1, 20.0), np.zeros(1))
    plans = [reallocate(replace(plan.problem, closed=closed)) for plan in two_futures()]
    table = table_of(plans)
    assert table["calm", "rough"].regret != table_of(two_futures())["calm", "rough"].regret
    assert all(entry.broken_rules == () for entry in table.values())


def over(spent: float) -> list[Plan]:
    """Both futures after a first quarter that came to so much per channel."""
    closed = Closed(np.full((2, 1), spent), np.full(1, 20.0), np.zeros(1))
    return [reallocate(replace(plan.problem, closed=closed)) for plan in two_futures()]


@pytest.mark.parametrize("spent", [200.0, 230.0])
def test_what_is_closed_stays_as_it_was_for_the_current_budget_too(spent: float) -> None:
    plans = over(spent)
    entry = table_of(plans)[CURRENT, "calm"]
    assert entry.response is not None
    assert entry.roi is not None
    # Two further quarters of 400 on channels.
    assert entry.response / entry.roi == pytest.approx(2 * spent + 800.0)


def test_a_closed_quarter_that_came_to_more_leaves_shares_of_the_whole_as_they_are() -> None:
    base = problem(
        (channel("a", 2000, carryover=0.3), channel("b", 2000, carryover=0.3)),
        np.full((2, 3), 200.0),
        (Elasticity(default=Band(0.3, 0.3)), Reserve((0.04, 0.08))),
        pool=20.0,
    )
    closed = Closed(np.full((2, 1), 300.0), np.full(1, 20.0), np.zeros(1))
    ahead = replace(base, closed=closed)
    up = reallocate(apply(Scenario("up", channel_demand={"b": (1.3,)}), ahead))
    down = reallocate(apply(Scenario("down", channel_demand={"a": (1.3,)}), ahead))
    entry = table_of([up, down])["up", "down"]
    assert entry.broken_rules == ()
    # The first open quarter as it was for `up`, and the last one as good as the band lets it be.
    best = -np.inf
    response = response_of(down.problem)
    for pool in np.linspace(0.0, 60.0, 61):
        whole = 20.0 + up.allocation.pool[1] + pool
        if not 0.04 * 1260 <= whole <= 0.08 * 1260:
            continue
        for last in np.linspace(140.0, 260.0, 61):
            other = 420.0 - pool - last
            if 140.0 <= other <= 260.0:
                now = up.allocation.spend[:, 1]
                spend = np.array([[300.0, now[0], last], [300.0, now[1], other]])
                best = max(best, response.value(spend))
    assert entry.response == pytest.approx(best, rel=1e-3)
    assert entry.response >= best * (1 - 1e-4)


@settings(max_examples=20, deadline=None)
@given(worlds(most_channels=3), st.lists(st.floats(0.6, 1.5), min_size=2, max_size=2))
def test_no_plan_that_keeps_a_futures_rules_beats_the_futures_own(
    world: AllocationProblem, demands: list[float]
) -> None:
    first = world.channels[0].name
    futures = [
        Scenario(f"future {number}", channel_demand={first: (demand,)})
        for number, demand in enumerate(demands)
    ]
    plans = plans_of(world, *futures)
    own = {plan.problem.scenario: plan for plan in plans}
    for (_, future), entry in table_of(plans).items():
        plan = own[future]
        scale = max(abs(plan.objective), abs(plan.current_objective), world.minor_unit)
        assert entry.regret is not None
        if not entry.broken_rules:
            assert entry.regret >= -plan.gap * scale - 1e-9 * scale
    assert not violations(plans[0].allocation)


def test_floors_that_only_one_future_has_are_named_when_they_are_broken() -> None:
    base = problem((channel("a"), channel("b", 100)), np.full((2, 2), 200.0))
    wide = (Budget(), Elasticity(default=Band(0.9, 0.9)), Reserve())
    calm = reallocate(replace(base, scenario="calm", rules=wide))
    rough = reallocate(replace(base, scenario="rough", rules=(*wide, Floor({"b": 190.0}))))
    entry = table_of([calm, rough])["calm", "rough"]
    assert [(found.rule, found.key) for found in entry.broken_rules] == [("floor", "b")]
