from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from models.curve import Member
from optimizer.caution import Caution
from optimizer.channel import Channel
from optimizer.closed import Closed
from optimizer.errors import Failures, RulesCollide
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Band,
    Cap,
    Capacity,
    Change,
    Committed,
    Elasticity,
    Floor,
    Part,
    Reserve,
    Share,
    Target,
)
from optimizer.stages import Stages
from scenarios.hedge import SHARES, Hedge, Terms, hedge
from scenarios.scenario import Scenario, apply
from scenarios.staged import Future
from scenarios.together import WHAT_IF
from tests.optimizer.worlds import channel, problem
from tests.scenarios.futures_of import CHANNELS, SCENARIOS, base, futures, told

TOLERANCE = 1e-4
KEPT = Terms(release=False)
SEARCH, TV = (Part(channels=frozenset({name})) for name in ("Search", "TV"))


def close(value: float, hedged: Hedge) -> float:
    """What a proof leaves open of a value."""
    return 2 * TOLERANCE * abs(value) + 1e-9 * abs(hedged.objective)


def released(hedged: Hedge) -> list[np.ndarray]:
    tables = [plan.allocation.released for plan in hedged.plans]
    assert all(table is not None for table in tables)
    return [np.asarray(table) for table in tables]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_one_scenario_without_release_is_the_ordinary_plan_to_the_cent(scenario: Scenario) -> None:
    (alone,) = futures(base(), [scenario], [1.0])
    hedged, plan = hedge(base(), [alone], KEPT), reallocate(alone.problem)
    assert np.array_equal(hedged.plans[0].recommended, plan.recommended)
    assert hedged.objective == plan.objective
    assert (hedged.bound, hedged.evpi) == (plan.bound, pytest.approx(0.0, abs=close(1e3, hedged)))


@pytest.mark.parametrize("terms", [Terms(), KEPT, Terms("regret"), Terms("cvar", 0.4)])
def test_the_first_quarter_is_the_same_in_all_futures_and_keeps_the_policys_budget(
    terms: Terms,
) -> None:
    policy = base()
    hedged = hedge(policy, futures(policy), terms)
    now = [plan.recommended[:, 0] for plan in hedged.plans]
    assert all(np.array_equal(now[0], other) for other in now[1:])
    assert now[0].sum() == pytest.approx(policy.budget[0], abs=1e-9)
    assert hedged.gap <= TOLERANCE
    assert hedged.status == "optimal"


def test_later_quarters_have_their_scenarios_budget_and_what_is_released_on_top() -> None:
    policy = base()
    of = futures(policy)
    hedged = hedge(policy, of, Terms())
    for plan, future, given in zip(hedged.plans, of, released(hedged), strict=True):
        placed = plan.recommended.sum(axis=0)[1:] - given.sum(axis=0)[1:]
        assert placed == pytest.approx(future.problem.budget[1:], abs=1e-9)
        pool = np.cumsum(plan.allocation.pool)
        assert np.all(np.cumsum(given.sum(axis=0))[1:] <= pool[:-1] + 0.02)
        assert np.all(given[:, 0] == 0)
        assert np.all(given >= 0)


def test_own_money_keeps_the_elasticity_and_what_is_set_aside_the_pools_band() -> None:
    policy = base()
    hedged = hedge(policy, futures(policy), Terms())
    for plan in hedged.plans:
        assert not violations(plan.allocation)
        own, start = plan.allocation.own, plan.problem.base
        assert np.all(np.abs(own - start)[:, 1:] <= 0.3 * start[:, 1:] + 0.011)
        share = plan.allocation.pool.sum() / plan.problem.budget.sum()
        assert 0.05 - 1e-6 <= share <= 0.15 + 1e-6


def test_money_released_goes_beyond_the_elasticity() -> None:
    policy = base()
    hedged = hedge(policy, futures(policy), Terms())
    beyond = [plan.allocation.spend - 1.3 * plan.problem.base for plan in hedged.plans]
    assert max(float(table[:, 1:].max()) for table in beyond) > 1.0


def test_a_cap_holds_for_released_money_too_and_so_does_a_commitment() -> None:
    policy = base(Cap({"Search": 125.0}), Committed(frozenset({"TV"})), reserve=(0.0, 0.4))
    hedged = hedge(policy, futures(policy), Terms())
    for plan in hedged.plans:
        assert plan.allocation.spend[0].max() <= 125.0 + 0.011
        assert plan.allocation.spend[1] == pytest.approx(policy.current[1], abs=0.011)


def test_a_balance_worth_more_than_it_brings_is_kept() -> None:
    policy = base()
    given_out = hedge(policy, futures(policy), Terms())
    kept = hedge(policy, futures(policy, keep_value=50.0), Terms())
    assert sum(table.sum() for table in released(given_out)) > 1
    assert sum(table.sum() for table in released(kept)) == 0
    plain = hedge(policy, futures(policy, keep_value=50.0), KEPT)
    assert plain.objective == pytest.approx(hedge(policy, futures(policy), KEPT).objective)


@pytest.mark.parametrize("release", [True, False])
def test_knowing_more_never_costs_and_planning_for_the_average_never_brings_more(
    release: bool,
) -> None:
    policy = base()
    hedged = hedge(policy, futures(policy), Terms(release=release))
    assert hedged.evpi >= 0
    assert hedged.vss is not None
    assert hedged.vss >= 0
    assert hedged.evpi == pytest.approx(hedged.wait_and_see - hedged.objective)
    assert hedged.expected_value_plan is not None
    assert hedged.vss == pytest.approx(hedged.objective - hedged.expected_value_plan)


def test_what_could_be_known_is_each_future_planned_alone() -> None:
    policy = base()
    of = futures(policy)
    hedged = hedge(policy, of, Terms())
    known = [hedge(policy, [replace(f, probability=1.0)], Terms()).objective for f in of]
    mean = sum(f.probability * value for f, value in zip(of, known, strict=True))
    assert hedged.wait_and_see == pytest.approx(mean, rel=2 * TOLERANCE)


def test_a_hedge_is_measured_against_the_same_money_as_approved_and_against_knowing() -> None:
    policy = base()
    of = futures(policy)
    hedged = hedge(policy, of, Terms())
    for plan, future, approved, known in zip(
        hedged.plans, of, hedged.approved, hedged.known, strict=True
    ):
        staged = np.concatenate([policy.current[:, :1], future.problem.base[:, 1:]], axis=1)
        share = plan.allocation.spend.sum() / staged.sum()
        assert approved == pytest.approx(told(policy, future, share * staged))
        assert approved < plan.objective <= known
    chances = [future.probability for future in of]
    gains = [plan.objective - a for plan, a in zip(hedged.plans, hedged.approved, strict=True)]
    assert hedged.gain == pytest.approx(np.dot(chances, gains))
    assert np.dot(chances, hedged.known) == pytest.approx(hedged.wait_and_see)


def test_a_first_quarter_that_serves_all_is_the_one_a_general_solver_finds() -> None:
    channels = (channel("Search", top=900.0, half=150.0), channel("TV", top=700.0, half=250.0))
    current = ((150.0, 150.0), (150.0, 150.0))
    policy = base(channels=channels, current=current, pool=30.0, reserve=(0.0, 0.2))
    scenarios = [Scenario("up", demand=(1.0, 1.5)), Scenario("down", (1.0, 0.5), budget=(0.7,))]
    of = futures(policy, scenarios, [0.6, 0.4])
    hedged = hedge(policy, of, Terms())
    best = _by_a_general_solver(policy, of)
    assert hedged.objective == pytest.approx(best, rel=TOLERANCE)
    assert hedged.bound >= best * (1 - 1e-6)


def _by_a_general_solver(policy: AllocationProblem, of: Sequence[Future]) -> float:
    """SLSQP over both channels now, and per future own money, released money and pool later."""
    now = float(policy.budget[0])

    def parts(x: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray, float]:
        later = x[2 + 5 * number : 7 + 5 * number]
        return later[:2], later[2:4], float(later[4])

    def brings(x: np.ndarray) -> float:
        total = 0.0
        for number, future in enumerate(of):
            own, extra, _ = parts(x, number)
            total += future.probability * told(
                policy, future, np.column_stack([x[:2], own + extra])
            )
        return -total / 1000

    def rooms(x: np.ndarray) -> np.ndarray:
        """What the pool may hold more, now and over all, and what is left of it."""
        found = [now - x[:2].sum()]
        for number, future in enumerate(of):
            _, extra, pool = parts(x, number)
            whole = now + float(future.problem.budget[1])
            found += [0.2 * whole - found[0] - pool, found[0] - extra.sum()]
        return np.array(found) / 100

    def spent(x: np.ndarray) -> np.ndarray:
        later = [parts(x, number) for number in range(len(of))]
        budgets = [float(future.problem.budget[1]) for future in of]
        pairs = zip(later, budgets, strict=True)
        return np.array([own.sum() + pool - budget for (own, _, pool), budget in pairs]) / 100

    bounds = [(0.7 * 150.0, 1.3 * 150.0)] * 2
    for future in of:
        bounds += [(0.7 * b, 1.3 * b) for b in future.problem.base[:, 1]]
        bounds += [(0.0, 132.0)] * 3
    rows = [{"type": "ineq", "fun": rooms}, {"type": "eq", "fun": spent}]
    options = {"maxiter": 500, "ftol": 1e-12}
    starts = [
        np.array([first, 150.0, *[140.0, 110.0, 10.0, 10.0, 10.0] * len(of)])
        for first in (110.0, 150.0, 190.0)
    ]
    found = [
        minimize(brings, start, bounds=bounds, constraints=rows, method="SLSQP", options=options)
        for start in starts
    ]
    return -1000 * min(result.fun for result in found if result.success)


@pytest.mark.parametrize("release", [True, False])
def test_a_larger_pool_allowed_never_lowers_what_the_hedge_finds(release: bool) -> None:
    found = []
    for most in (0.0, 0.05, 0.10, 0.20):
        policy = base(reserve=(0.0, most))
        hedged = hedge(policy, futures(policy), Terms(release=release))
        found.append(hedged.objective + close(hedged.objective, hedged))
    assert all(after >= before - 1e-9 for before, after in pairwise(found))


def test_no_single_plans_first_quarter_has_a_smaller_largest_regret() -> None:
    policy = base()
    of = futures(policy)
    terms = Terms("regret")
    hedged = hedge(policy, of, terms)
    assert hedged.sense == "min"
    plans = _each_alone(policy)
    known = [plan.objective for plan in plans]
    for alone in plans:
        entered = [_entered(policy, future, alone) for future in of]
        reached = [best - value for best, value in zip(known, entered, strict=True)]
        assert hedged.objective <= max(reached) + close(max(known), hedged)


def test_the_worst_share_of_probability_is_what_is_sought_with_cvar() -> None:
    policy = base()
    of = futures(policy)
    quarter, half, all_ = (hedge(policy, of, Terms("cvar", worst)) for worst in (0.25, 0.5, 1.0))
    # The recession, a quarter of the probability, is the worst; then comes half of flat's half.
    own = {plan.problem.scenario: plan.objective for plan in half.plans}
    assert half.objective == pytest.approx((own["recession"] + own["flat"]) / 2)
    assert quarter.objective == pytest.approx(min(plan.objective for plan in quarter.plans))
    assert quarter.objective <= half.objective <= all_.objective
    assert all_.objective == pytest.approx(hedge(policy, of, Terms()).objective, rel=2 * TOLERANCE)


def test_a_scenarios_own_rules_begin_in_the_second_quarter() -> None:
    policy = base()
    change = Change("tv cut", frozenset({"TV"}), -0.36, -0.32)
    rules = (*policy.rules, change)
    hedged = hedge(policy, futures(policy, recession=rules), KEPT)
    recession = next(plan for plan in hedged.plans if plan.problem.scenario == "recession")
    share = recession.allocation.spend[1] / recession.problem.base[1]
    assert np.all((share[1:] >= 0.64 - 1e-3) & (share[1:] <= 0.68 + 1e-3))
    first = recession.allocation.spend[1, 0] / policy.current[1, 0]
    assert 0.7 - 1e-6 <= first <= 1.3 + 1e-6


def test_what_the_reserve_is_worth_is_asked_inside_its_band_and_outside() -> None:
    policy = base(reserve=(0.04, 0.12))
    hedged = hedge(policy, futures(policy), Terms())
    assert [held.share for held in hedged.reserve] == list(SHARES)
    assert [not held.outside for held in hedged.reserve] == [False, True, True, False]
    for held in hedged.reserve:
        pinned = base(reserve=(held.share, held.share))
        found = hedge(pinned, futures(pinned), Terms()).objective
        assert held.value == pytest.approx(found, rel=WHAT_IF + TOLERANCE)
        if not held.outside:
            assert held.value <= hedged.objective + close(hedged.objective, hedged)


def test_a_reserve_that_other_rules_forbid_has_no_worth() -> None:
    policy = base(Floor({"Search": 100.0, "TV": 190.0}))
    worth = {held.share: held.value for held in hedge(policy, futures(policy), KEPT).reserve}
    assert worth[0.0] is not None
    assert worth[0.15] is None


def test_a_pool_without_a_band_is_allowed_to_be_what_it_is() -> None:
    policy = base(pool=300.0 / 9, reserve=None)
    hedged = hedge(policy, futures(policy, SCENARIOS[2:], [1.0]), Terms())
    assert [not held.outside for held in hedged.reserve] == [False, False, True, False]


def test_an_average_plan_that_does_not_fit_a_future_has_no_value() -> None:
    policy = base()
    much_tv = Share("tv", TV, (0.66, 1.0))
    hedged = hedge(policy, futures(policy, recession=(*policy.rules, much_tv)), KEPT)
    assert (hedged.expected_value_plan, hedged.vss) == (None, None)
    assert hedged.gap <= TOLERANCE


def test_futures_without_a_plan_are_left_out_and_the_others_count_for_more() -> None:
    policy = base()
    too_much = (*policy.rules, Floor({"Search": 400.0}))
    of = futures(policy, growth=too_much)
    hedged = hedge(policy, of, Terms())
    assert list(hedged.left_out) == ["growth"]
    rest = [replace(of[1], probability=1 / 3), replace(of[2], probability=2 / 3)]
    assert hedged.futures == tuple(rest)
    assert hedged.objective == hedge(policy, rest, Terms()).objective


def test_where_no_future_has_a_plan_all_are_named() -> None:
    policy = base()
    too_much = (*policy.rules, Floor({"Search": 400.0}))
    of = futures(policy, growth=too_much, recession=too_much)[:2]
    with pytest.raises(Failures) as caught:
        hedge(policy, of, Terms())
    assert set(caught.value.each) == {"growth", "recession"}


def test_where_the_least_money_is_sought_nothing_is_released_that_is_not_needed() -> None:
    target = Target("response", 1300.0, "CNY")
    policy = base(target, objective="spend")
    hedged = hedge(policy, futures(policy), Terms())
    needed = {}
    for plan, given in zip(hedged.plans, released(hedged), strict=True):
        needed[plan.problem.scenario] = float(given.sum())
        # More than elasticity lets a quarter have is all that the pool is for.
        beyond = np.maximum(plan.allocation.spend - 1.3 * plan.problem.base, 0.0)[:, 1:]
        assert given.sum() <= beyond.sum() + 0.1
    assert needed["growth"] == needed["flat"] == 0
    assert needed["recession"] > 0


def closed(of: AllocationProblem) -> AllocationProblem:
    """A world whose first quarter is over: more went to Search than was approved."""
    over = Closed(np.array([[120.0], [190.0]]), np.array([30.0]), np.array([0.0]))
    budget = np.concatenate([[340.0], of.budget[1:]])
    return replace(of, closed=over, budget=budget)


def test_after_a_closed_quarter_the_next_one_is_decided_for_all_futures() -> None:
    policy = closed(base())
    of = [replace(f, problem=closed(f.problem)) for f in futures(base())]
    hedged = hedge(policy, of, Terms())
    assert hedged.now == 1
    first, *others = (plan.recommended[:, :2] for plan in hedged.plans)
    assert first[:, 0] == pytest.approx([120.0, 190.0, 30.0])
    assert all(np.array_equal(first, other) for other in others)
    done = hedged.plans[0].problem.closed
    assert done is not None
    given_now = done.released[1]
    assert given_now == pytest.approx(30.0)
    assert first[:, 1].sum() == pytest.approx(policy.budget[1] + given_now, abs=1e-9)
    assert any(plan.recommended[0, 2] != first[0, 1] for plan in hedged.plans)
    for plan, given in zip(hedged.plans, released(hedged), strict=True):
        assert not violations(plan.allocation)
        assert np.all(given[:, 0] == 0)
        assert given.sum() + given_now <= plan.allocation.pool[:2].sum() + 0.02
    assert hedged.gap <= TOLERANCE


def test_after_a_closed_quarter_one_scenario_without_release_is_its_plan_to_the_cent() -> None:
    (alone,) = futures(base(), SCENARIOS[:1], [1.0])
    alone = replace(alone, problem=closed(alone.problem))
    hedged, plan = hedge(closed(base()), [alone], KEPT), reallocate(alone.problem)
    assert np.array_equal(hedged.plans[0].recommended, plan.recommended)
    assert hedged.objective == plan.objective


def test_what_closed_quarters_drew_from_the_pool_is_not_released_again() -> None:
    def over(of: AllocationProblem, drawn: float) -> AllocationProblem:
        spend = np.array([[120.0, 130.0], [190.0, 190.0 + drawn]])
        gone = Closed(spend, np.array([30.0, 20.0]), np.zeros(2), released=np.array([0.0, drawn]))
        return replace(of, closed=gone, budget=np.array([340.0, 340.0, *of.budget[2:]]))

    for drawn in (0.0, 25.0):
        policy = over(base(), drawn)
        of = [replace(f, problem=over(f.problem, drawn)) for f in futures(base())]
        hedged = hedge(policy, of, Terms())
        given = hedged.plans[0].recommended[:, 2].sum() - policy.budget[2]
        assert given == pytest.approx(50.0 - drawn, abs=0.011)


@pytest.mark.parametrize("most", [130.0, 150.0, 200.0])
def test_a_cap_above_the_quarters_own_budget_holds_for_what_is_released_on_top(
    most: float,
) -> None:
    channels = (channel("A", top=3000.0, half=400.0), channel("B", top=300.0, half=400.0))
    policy = problem(
        channels,
        np.full((2, 2), 60.0),
        (Reserve((0.0, 0.4)), Cap({"A": most})),
        pool=20.0,
        budget=140.0,
        demand=np.array([[1.0, 3.0], [1.0, 1.0]]),
    )
    hedged = hedge(policy, [Future(replace(policy, scenario="one"), 1.0)], Terms())
    assert hedged.plans[0].allocation.spend[0, 1] == pytest.approx(most)
    assert hedged.known[0] == pytest.approx(hedged.objective, rel=TOLERANCE)


@pytest.mark.parametrize("seed", range(6))
def test_released_money_in_whole_cents_keeps_rules_over_the_whole_year(seed: int) -> None:
    rng = np.random.default_rng(seed)
    current = np.round(rng.uniform(5e4, 3e5, (4, 3)), 2)
    share = current[1].sum() / (1.1 * current.sum())
    narrow = Share("b", Part(channels=frozenset({"b"})), (0.99 * share, 1.01 * share))
    tops = rng.uniform(5e5, 2e6, 4)
    channels = tuple(
        channel(name, top=top, half=2e5, carryover=0.3)
        for name, top in zip("abcd", tops.tolist(), strict=True)
    )
    pool = np.round(0.1 * current.sum(axis=0), 2)
    rules = (Elasticity(default=Band(0.2, 0.2)), Reserve((0.03, 0.15)), narrow)
    policy = problem(channels, current, rules, pool=pool, time_limit=20.0)
    of = [
        Future(apply(Scenario(name, tuple(rng.uniform(0.7, 1.3, 3))), policy), 0.5)
        for name in ("one", "other")
    ]
    for plan in hedge(policy, of, Terms()).plans:
        assert not violations(plan.allocation)


def test_a_cautious_hedge_over_a_market_of_limited_room_is_proven() -> None:
    room = Capacity("market", SEARCH, 250.0)
    policy = base(room, channels=tuple(map(unsure, CHANNELS)), caution=Caution(0.34, 3))
    hedged = hedge(policy, futures(policy), KEPT)
    assert hedged.gap <= TOLERANCE


def unsure(of: Channel) -> Channel:
    """A channel that may bring less or more, sooner or later, than its curve says."""
    assert of.curve is not None
    top, half, slope = of.curve.top, of.curve.half, of.curve.slope
    drawn = ((0.4 * top, half), (1.9 * top, half), (top, 1.9 * half))
    members = tuple(Member(top, half, slope, 0.0) for top, half in drawn)
    return replace(of, curve=replace(of.curve, members=members))


def test_with_one_quarter_left_all_of_it_is_decided_now() -> None:
    def nearly_over(of: AllocationProblem) -> AllocationProblem:
        over = Closed(of.current[:, :2], of.current_pool[:2], np.zeros(2))
        return replace(of, closed=over, budget=np.array([340.0, 340.0, 340.0]))

    policy = nearly_over(base())
    of = [replace(f, problem=nearly_over(f.problem)) for f in futures(base())]
    hedged = hedge(policy, of, Terms())
    assert hedged.now == 2
    first, *others = (plan.recommended for plan in hedged.plans)
    assert all(np.array_equal(first, other) for other in others)


def test_futures_that_share_no_first_quarter_are_told_apart() -> None:
    policy = base()
    much_search = (*policy.rules, Share("search", SEARCH, (0.40, 1.0)))
    much_tv = (*policy.rules, Share("tv", TV, (0.71, 1.0)))
    with pytest.raises(RulesCollide, match="leaves one for later in each of") as caught:
        hedge(policy, futures(policy, growth=much_search, recession=much_tv), KEPT)
    assert "loosen the rules of growth" in str(caught.value)
    assert "loosen the rules of recession" in str(caught.value)
    assert "loosen the rules of flat" not in str(caught.value)


def test_a_share_of_probability_is_above_nothing() -> None:
    with pytest.raises(ValueError, match="worst"):
        Terms("cvar", 0.0)


def _each_alone(policy: AllocationProblem) -> list[Plan]:
    return [
        hedge(policy, [replace(future, probability=1.0)], Terms()).plans[0]
        for future in futures(policy)
    ]


def _entered(policy: AllocationProblem, future: Future, plan: Plan) -> float:
    """What a future brings once another plan's first quarter was carried out."""
    budget = np.concatenate([policy.budget[:1], future.problem.budget[1:]])
    staged = replace(future.problem, budget=budget, stages=Stages(policy.rules))
    return reallocate(replace(staged, closed=Closed.of(plan.allocation, 1))).objective
