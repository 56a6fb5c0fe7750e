"""The budget curve: the best plan at every budget, and where one more unit stops paying."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import brentq

from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.response import response_of
from optimizer.rules import Band, Cap, Elasticity, Floor, Launch, Target
from optimizer.sweep import FACTORS, BudgetCurve, sweep
from tests.optimizer.worlds import channel, problem, with_rules, worlds


def free() -> AllocationProblem:
    """Three channels that may move as they like, no pool: all that holds is the budget."""
    channels = (channel("a", 1500, 300), channel("b", 900, 400), channel("c", 1200, 200))
    return problem(channels, [[200.0], [250.0], [150.0]])


def curve_of(base: AllocationProblem, margin: float = 1.0) -> BudgetCurve:
    return sweep(reallocate(base), margin=margin)


def best_by_price(base: AllocationProblem, budget: float) -> float:
    """The most that a budget brings with concave Hill curves of slope 1, by the one price."""
    curves = [c.curve for c in base.channels if c.curve is not None]
    top, half = (np.array([getattr(c, name) for c in curves]) for name in ("top", "half"))

    def spend(price: float) -> np.ndarray:
        return np.maximum(np.sqrt(top * half / price) - half, 0.0)

    price = brentq(lambda p: spend(p).sum() - budget, 1e-6, float((top / half).max()) - 1e-9)
    return float(response_of(base).value(spend(price)[:, None]))


def test_each_point_is_the_optimum_of_its_own_budget() -> None:
    base = free()
    curve = curve_of(base)
    assert [point.budget for point in curve.points] == pytest.approx([600 * f for f in FACTORS])
    for point in curve.points:
        best = best_by_price(base, point.budget)
        assert point.status == "optimal"
        assert best * (1 - 1e-4) <= point.best <= best * (1 + 1e-9)
        assert point.best <= best <= point.bound * (1 + 1e-9)


@settings(max_examples=12, deadline=None)
@given(worlds(most_channels=3, most_quarters=2))
def test_points_are_what_planning_with_that_budget_finds(world: AllocationProblem) -> None:
    # A budget of a few cents is not the same thing once it is rounded.
    base = replace(world, minor_unit=0.0, time_limit=3.0)
    plan = reallocate(base)
    curve = sweep(plan, (0.8, 1.0, 1.2))
    for factor in (0.8, 1.2):
        money = factor * base.budget
        point = next(
            (p for p in curve.points if p.budget == pytest.approx(float(money.sum()))), None
        )
        if point is None:
            assert float(money.sum()) in [pytest.approx(left) for left, _ in curve.left_out]
            continue
        other = reallocate(replace(base, budget=money))
        slack = 1e-4 * max(abs(other.objective), abs(other.current_objective))
        assert point.best <= other.bound + 1e-9 * abs(other.bound)
        assert other.objective <= point.bound + slack
        if point.status == "optimal":
            assert point.bound - point.best <= 2 * slack + 1e-9


def test_the_plan_is_its_own_point() -> None:
    plan = reallocate(free())
    own = sweep(plan, (0.9, 1.1)).points[1]
    assert (own.budget, own.best, own.bound) == (600.0, plan.objective, plan.bound)


def test_more_money_never_brings_less_and_each_unit_less_than_the_one_before() -> None:
    base = problem(
        (channel("a", 1500, 300), channel("b", 900, 400, slope=2.5), channel("c", 1200, 200)),
        [[200.0, 210.0], [250.0, 240.0], [150.0, 100.0]],
        (Elasticity(default=Band(0.3, 0.3)),),
        pool=0.0,
    )
    best = [point.best for point in curve_of(base).points]
    assert best == sorted(best)
    concave = [point.marginal for point in curve_of(free()).points]
    assert concave == sorted(concave, key=lambda slope: -(slope or 0.0))


def test_the_marginal_value_is_what_one_more_unit_brings() -> None:
    base = free()
    for point in curve_of(base).points[1:-1]:
        further = best_by_price(base, point.budget + 1) - best_by_price(base, point.budget)
        assert point.marginal == pytest.approx(further, rel=0.02)


@pytest.mark.parametrize("margin", [0.5, 0.6, 0.8])
def test_money_pays_until_one_more_unit_brings_what_it_costs(margin: float) -> None:
    base = free()
    curve = curve_of(base, margin)
    end = brentq(
        lambda b: margin * (best_by_price(base, b + 0.5) - best_by_price(base, b - 0.5)) - 1,
        100,
        3000,
    )
    assert curve.pays == "until"
    assert curve.pays_until == pytest.approx(end, rel=0.01)


def test_where_money_pays_throughout_or_nowhere_no_point_is_made_up() -> None:
    base = free()
    rich, poor = curve_of(base, 5.0), curve_of(base, 0.01)
    assert (rich.pays, rich.pays_until) == ("throughout", None)
    assert (poor.pays, poor.pays_until) == ("nowhere", None)


def test_profit_pays_until_the_best_plan_leaves_money() -> None:
    base = replace(
        problem((channel("a", 900, 300), channel("b", 700, 300)), [[250.0], [250.0]]),
        objective="profit",
    )
    curve = curve_of(base)
    # Each channel is worth its money up to where top * half / (half + x)^2 = 1.
    end = np.sqrt(900 * 300) + np.sqrt(700 * 300) - 600
    assert curve.pays == "until"
    # Around the best profit nothing is steep: the proof's tolerance leaves a few per cent open.
    assert curve.pays_until == pytest.approx(end, rel=0.05)
    beyond = [point.marginal for point in curve.points if point.budget > 1.15 * end]
    assert beyond == pytest.approx([0.0] * len(beyond), abs=1e-3)


def test_budgets_at_which_the_rules_collide_are_left_out_and_named() -> None:
    base = with_rules(
        free(), Floor({"a": 150.0, "b": 150.0, "c": 150.0}), Cap({"a": 300, "b": 300, "c": 150})
    )
    curve = curve_of(base)
    assert [point.budget for point in curve.points] == pytest.approx(
        [480.0, 540.0, 600.0, 660.0, 720.0]
    )
    assert [budget for budget, _ in curve.left_out] == pytest.approx(
        [300.0, 360.0, 420.0, 780.0, 840.0, 900.0]
    )
    assert {why for _, why in curve.left_out} == {"the rules collide"}


@pytest.mark.parametrize("current", [[33.33, 66.68], [1.1, 2.2], [0.01, 0.02], [0.07, 69.98]])
def test_a_budget_of_cents_stays_whole_cents_and_comes_once(current: list[float]) -> None:
    base = problem((channel("a"), channel("b")), [[amount] for amount in current])
    cents = [point.budget * 100 for point in curve_of(base).points]
    assert cents == pytest.approx([round(cent) for cent in cents], abs=1e-6)
    assert len({round(cent) for cent in cents}) == len(cents)


def test_switches_and_launches_hold_at_every_budget() -> None:
    base = with_rules(free(), Launch({"a": 260.0, "b": 260.0, "c": 260.0}))
    plan = reallocate(base)
    for point in sweep(plan).points:
        money = np.array([point.budget])
        other = reallocate(replace(base, budget=money))
        assert point.best == pytest.approx(other.objective, rel=2e-4)


def test_a_rule_that_bends_gives_way_at_other_budgets_too() -> None:
    base = replace(with_rules(free(), Floor({"a": 250.0, "b": 200.0})), bends={("floor", "a"): 1})
    points = {round(point.budget): point for point in curve_of(base).points}
    assert set(points) == {round(600 * factor) for factor in FACTORS}
    other = reallocate(replace(base, budget=np.array([300.0])))
    assert points[300].best == pytest.approx(other.objective, rel=2e-4)


def test_a_single_budget_has_no_slope() -> None:
    curve = sweep(reallocate(free()), (1.0,))
    assert curve.points[0].marginal is None


def test_least_money_has_no_curve() -> None:
    base = free()
    now = response_of(base).value(base.current)
    plan = reallocate(with_rules(replace(base, objective="spend"), Target("response", now, "CNY")))
    with pytest.raises(ValueError, match="least money"):
        sweep(plan)
