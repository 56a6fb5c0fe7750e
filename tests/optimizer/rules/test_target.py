from dataclasses import replace

import numpy as np
import pytest

from optimizer.channel import Channel
from optimizer.errors import RulesCollide
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Elasticity, GrowthTarget, RoiTarget, StrategicReserve, Target
from optimizer.rules.rule import Rule
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (channel("Search", 900, 200), channel("TV", 700, 400), channel("Live", 500, 60))
BAND = Elasticity(default=Band(0.4, 0.4))
CURRENT = [[200.0], [200.0], [100.0]]
BASE = problem(CHANNELS, CURRENT, (BAND,))
# What the approved budget brings: hill curves by hand.
BROUGHT = 900 * 200 / 400 + 700 * 200 / 600 + 500 * 100 / 160


def asking(*rules: Rule, **fields: object) -> AllocationProblem:
    return replace(with_rules(BASE, BAND, *rules), **fields)


TARGETS: list[tuple[Rule, Rule]] = [
    (Target("response", BROUGHT - 1, "CNY"), Target("response", BROUGHT + 1, "CNY")),
    (GrowthTarget(0.1, BROUGHT / 1.11), GrowthTarget(0.1, BROUGHT / 1.09)),
    (RoiTarget(BROUGHT / 501), RoiTarget(BROUGHT / 499)),
    (
        Target("new_customers", 4.4, "new customers", {"Search": 0.01}),
        Target("new_customers", 4.6, "new customers", {"Search": 0.01}),
    ),
]


@pytest.mark.parametrize("target", [kept for kept, _ in TARGETS])
def test_a_target_that_is_met_is_kept(target: Rule) -> None:
    assert violations(allocation(asking(target), CURRENT)) == ()


@pytest.mark.parametrize("target", [missed for _, missed in TARGETS])
def test_a_target_that_is_missed_is_noticed(target: Rule) -> None:
    found = violations(allocation(asking(target), CURRENT))
    assert [v.rule for v in found] == ["target"]


def test_customers_are_bought_where_response_alone_would_not_buy_them() -> None:
    customers = {"Search": 0.0, "TV": 0.02, "Live": 0.0}
    free = reallocate(BASE)
    brought = 0.02 * 700 * free.allocation.spend[1, 0] / (400 + free.allocation.spend[1, 0])
    plan = reallocate(asking(Target("new_customers", brought + 0.5, "new customers", customers)))
    assert plan.allocation.spend[1, 0] > free.allocation.spend[1, 0]
    assert plan.objective < free.objective


def least_money(target: float) -> Plan:
    return solved(asking(Target("response", target, "CNY"), objective="spend"))


def test_the_least_money_just_meets_its_target() -> None:
    plan = least_money(900.0)
    entry = next(e for e in plan.rules if e.rule == "target")
    assert entry.used == pytest.approx(900.0, rel=1e-5)
    assert (plan.sense, plan.upper_bound) == ("min", None)
    assert plan.bound <= plan.objective == pytest.approx(plan.allocation.spend.sum())


def test_no_other_split_of_less_money_meets_the_target() -> None:
    """A grid over two channels, the third solved for: an oracle without the engine."""
    plan = least_money(900.0)
    search, tv = np.meshgrid(np.linspace(120, 280, 801), np.linspace(120, 280, 801))
    missing = 900 - 900 * search / (search + 200) - 700 * tv / (tv + 400)
    live = 60 * missing / np.maximum(500 - missing, 1e-9)
    live = np.clip(live, 60, None)
    total = np.where((missing < 500) & (live <= 140), search + tv + live, np.inf)
    assert plan.objective == pytest.approx(total.min(), rel=1e-4)


def test_the_price_of_a_target_is_what_one_unit_less_saves() -> None:
    step = 0.5
    paid = price(least_money(900.0), "target", "response", "min")
    saves = least_money(900.0).objective - least_money(900.0 - step).objective
    assert step * paid == pytest.approx(saves, rel=0.02)


def test_the_price_of_a_multiple_is_what_a_lower_one_brings() -> None:
    base = asking(RoiTarget(2.4), objective="response", budget=np.array([500.0]))
    with_pool = replace(base, current_pool=np.array([0.0]))
    profit = replace(with_pool, objective="profit")
    step = 0.001
    lower = replace(profit, rules=asking(RoiTarget(2.4 - step)).rules)
    paid = price(solved(profit), "target", "roi", "min")
    assert paid > 0
    assert step * paid == pytest.approx(gain(profit, lower.rules), rel=0.05)


@pytest.mark.parametrize("amount", [1100.0, 1300.0])
def test_a_target_out_of_reach_ends_with_what_can_be_reached_and_the_budget_it_takes(
    amount: float,
) -> None:
    with pytest.raises(RulesCollide) as caught:
        reallocate(asking(Target("response", amount, "CNY")))
    reachable, budget = caught.value.conflict.remedies
    most = reallocate(BASE).objective
    asked = float(reachable.split(" to ")[1].split(" CNY")[0].replace(",", ""))
    assert asked == pytest.approx(most, rel=2e-3)
    assert reallocate(asking(Target("response", asked, "CNY"))).status == "optimal"
    enough = float(budget.split(" to ")[1].split(" CNY")[0].replace(",", ""))
    raised = asking(Target("response", amount, "CNY"), budget=np.array([enough]))
    assert reallocate(raised).objective == pytest.approx(amount, rel=5e-3)
    short = replace(raised, budget=np.array([0.997 * enough]))
    with pytest.raises(RulesCollide):
        reallocate(short)


def test_a_fund_is_kept_and_no_cost() -> None:
    """Money in a fund counts neither in the multiple nor in the least money, nor against profit."""
    lines = (CHANNELS[0], Channel("CFO reserve"))
    rules = (BAND, StrategicReserve("CFO reserve", (0.2, 0.4), "cfo office"))
    fund = problem(lines, [[200.0], [100.0]], (*rules, RoiTarget(2.0)))
    assert violations(allocation(fund, [[200.0], [100.0]])) == ()
    least = reallocate(replace(fund, objective="spend"))
    assert least.objective == pytest.approx(least.allocation.spend[0, 0])
    profit = reallocate(replace(fund, objective="profit", rules=fund.rules[:-2] + fund.rules[-1:]))
    search = profit.allocation.spend[0, 0]
    assert profit.objective == pytest.approx(900 * search / (search + 200) - search)
    assert sum(row.expected_response for row in profit.rows) == pytest.approx(profit.objective)
