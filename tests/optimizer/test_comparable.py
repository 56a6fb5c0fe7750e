import numpy as np
import pytest

from optimizer.channel import Channel
from optimizer.comparable import comparable_spend
from optimizer.reallocate import reallocate
from optimizer.rules import Band, Elasticity, StrategicReserve
from tests.optimizer.worlds import channel, problem, with_rules

CHANNELS = (channel("Search", 900, 200), channel("TV", 500, 400), Channel("CFO reserve"))
BASE = problem(CHANNELS, [[80.0] * 2, [120.0] * 2, [0.0] * 2])
FUND = StrategicReserve("CFO reserve", (0.10, 0.20), "cfo office")


def test_the_comparable_budget_keeps_the_approved_split_of_what_a_plan_spends() -> None:
    spend = np.array([[110.0, 90.0], [50.0, 50.0], [0.0, 0.0]])
    even = comparable_spend(with_rules(BASE), spend)
    assert even[:2].sum(axis=1) == pytest.approx([0.4 * 300, 0.6 * 300])


def test_a_fund_holds_there_what_it_holds_in_the_plan() -> None:
    spend = np.array([[100.0, 80.0], [80.0, 100.0], [20.0, 20.0]])
    even = comparable_spend(with_rules(BASE, FUND), spend)
    assert even.tolist() == [[72.0, 72.0], [108.0, 108.0], [20.0, 20.0]]


def test_what_a_new_fund_costs_is_not_held_against_moving_money() -> None:
    """Nothing else may move, so nothing is gained or lost by moving."""
    plan = reallocate(with_rules(BASE, Elasticity(default=Band(0.1, 0.0)), FUND))
    assert plan.objective == pytest.approx(plan.comparable_objective)
    assert plan.comparable_objective < plan.current_objective
