"""Random problems: the plan keeps its rules, brings what it says, and obeys its bound.

All three are judged by `oracles`, which shares no code with the engine, and the bound by a search
that only ever returns plans within the rules.
"""

from dataclasses import replace

import numpy as np
import pytest

from models.saturation import Form
from optimizer.errors import NoPlanInTime, RulesCollide
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.rules import Band, Elasticity
from tests.optimizer.anything import any_problem
from tests.optimizer.oracles import World
from tests.optimizer.searching import Search, best_by_lots
from tests.optimizer.worlds import channel, problem


def disagreements(base: AllocationProblem, seed: int, tries: int) -> list[str]:
    """What engine and oracles tell differently of one problem."""
    world = World(base)
    starts = [(world.base, base.current_pool), (base.current, base.current_pool)]
    if len(base.quarters) == 1:
        starts.append((best_by_lots(world, 60), base.current_pool))
    try:
        plan = reallocate(base)
    except RulesCollide as collision:
        found, _, _ = Search(world, seed).best(starts, tries)
        said = [] if collision.conflict.rules else ["a collision without words"]
        return said if found == -np.inf else [*said, f"a plan that brings {found:.10g} exists"]
    except NoPlanInTime:
        return []
    starts.append((plan.allocation.spend, plan.allocation.pool))
    found, _, _ = Search(world, seed).best(starts, tries)
    return [*_broken_promises(plan, world), *_beaten(plan, found)]


def _broken_promises(plan: Plan, world: World) -> list[str]:
    spend, pool = plan.allocation.spend, plan.allocation.pool
    sign = -1.0 if plan.sense == "min" else 1.0
    told, true = sign * plan.objective, world.objective(spend)
    out = [f"{place} by {over:.6g}" for place, over in
           world.broken(spend, pool, rounded=True).items()]  # fmt: skip
    if abs(told - true) > 1e-8 * _size(plan):
        out.append(f"told {told:.12g}, true {true:.12g}")
    rounding = world.problem.minor_unit * sum(
        max(abs(row.marginal_return or 0.0), 1.0) for row in plan.rows
    )
    if plan.status == "optimal" and plan.gap * _size(plan) > 1.0001e-4 * _size(plan) + rounding:
        out.append(f"called optimal at a gap of {plan.gap:.2e}")
    return out


def _beaten(plan: Plan, found: float) -> list[str]:
    bound = -plan.bound if plan.sense == "min" else plan.bound
    if found > bound + 1e-7 * _size(plan):
        return [f"a plan within the rules brings {found:.12g}, the bound is {bound:.12g}"]
    return []


def _size(plan: Plan) -> float:
    least = plan.problem.minor_unit or 1e-9
    return max(abs(plan.objective), abs(plan.current_objective), least)


@pytest.mark.parametrize("seed", range(40))
def test_engine_and_oracles_agree(seed: int) -> None:
    base = any_problem(seed, most_channels=3, most_quarters=1)
    assert disagreements(base, seed, tries=150) == []


@pytest.mark.long
@pytest.mark.parametrize("first", range(100, 1100, 50))
def test_engine_and_oracles_agree_on_a_thousand_problems(first: int) -> None:
    found = {}
    for seed in range(first, first + 50):
        # What takes longer is given up: its gap is honest, and its plan is judged all the same.
        base = replace(any_problem(seed), time_limit=5.0)
        found[seed] = disagreements(base, seed, tries=150)
    assert {seed: told for seed, told in found.items() if told} == {}


@pytest.mark.parametrize("form", [Form.HILL, Form.POWER])
@pytest.mark.parametrize("slope", [0.05, 0.35, 0.8])
def test_a_curve_far_below_its_half_is_bounded_as_well(form: Form, slope: float) -> None:
    """Half of the top at a hundred billion times the budget: all that happens is near 0."""
    channels = tuple(channel(f"c{i}", 1e8 * i, 1e14 * i, slope, form=form) for i in (1, 2, 3))
    assert disagreements(problem(channels, [[100.0]] * 3), 1, tries=1000) == []


@pytest.mark.parametrize("band", [Band(0.5, 0.0), Band(0.0, 0.5)])
@pytest.mark.parametrize("budget", [77.77, 88.88, 101.0])
def test_bounds_that_meet_between_cents_leave_a_plan(band: Band, budget: float) -> None:
    """A cut that nobody may make up for: every channel is at its part, which is no whole cent."""
    channels = tuple(channel(f"c{i}", 900.0 + 100 * i) for i in range(3))
    rules = (Elasticity(band),)
    base = problem(channels, [[33.33], [44.45], [22.22]], rules, budget=budget)
    assert disagreements(base, 1, tries=100) == []
    cents = 100 * reallocate(base).allocation.spend
    assert np.abs(cents - np.rint(cents)).max() < 1e-9


def test_a_budget_of_nothing_has_a_plan() -> None:
    plan = reallocate(problem((channel("a"), channel("b")), [[0.0], [0.0]]))
    assert plan.allocation.spend.sum() == 0
    assert plan.objective == 0
