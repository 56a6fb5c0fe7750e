from dataclasses import replace

import pytest

from models import Period
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, CostOfResult, Elasticity
from tests.optimizer.worlds import allocation, channel, problem, with_rules

KOL = replace(channel("KOL", 900, 300, carryover=0.8, period=Period.QUARTER), cost_of_result=0.2)
SEARCH = channel("Search", 500, 100)
BASE = problem((KOL, SEARCH), [[300.0, 100.0], [100.0, 100.0]])


def test_every_quarter_pays_for_what_it_brings_even_where_it_buys_no_media() -> None:
    plan = reallocate(with_rules(BASE, CostOfResult()))
    assert plan.status == "optimal"
    assert not violations(plan.allocation)


def test_results_of_earlier_money_that_nobody_pays_for_are_noticed() -> None:
    base = with_rules(BASE, CostOfResult())
    found = violations(allocation(base, [[300.0, 0.0], [100.0, 200.0]]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("cost_of_result", "KOL", "2027Q2")]


def test_within_one_quarter_the_amount_pays_for_its_own_result() -> None:
    one = problem((KOL, SEARCH), [[300.0], [100.0]])
    base = with_rules(one, CostOfResult(), Elasticity(Band(0.5, 0.5)))
    plan = reallocate(base)
    assert not violations(plan.allocation)
    assert not [entry for entry in plan.rules if entry.rule == "cost_of_result"]


def test_the_row_says_what_share_of_the_result_is_paid() -> None:
    plan = reallocate(with_rules(BASE, CostOfResult()))
    (row,) = (entry for entry in plan.rules if entry.rule == "cost_of_result")
    assert (row.key, row.quarter, row.side) == ("KOL", "2027Q2", "min")
    assert row.limit == pytest.approx(20)
