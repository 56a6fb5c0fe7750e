"""Cautious plans are the best for the worst of the draws, and say so honestly."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from models.curve import Member, ResponseCurve
from models.period import Period
from optimizer.caution import Caution
from optimizer.channel import Channel
from optimizer.decision import decision_of
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Band,
    Cap,
    Capacity,
    CostOfResult,
    Elasticity,
    FixedCost,
    Moves,
    Part,
    Reserve,
    Target,
)
from optimizer.score import score
from optimizer.sweep import sweep
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

PM30 = Elasticity(default=Band(0.3, 0.3))
# Half of the draws: two of four.
HALF = Caution(worst=0.5, curves=4)


def unsure(of: Channel, *members: tuple[float, float]) -> Channel:
    """A channel with these tops and halves as draws."""
    curve = of.curve
    assert curve is not None
    drawn = tuple(Member(top, half, curve.slope, curve.carryover) for top, half in members)
    return replace(of, curve=replace(curve, members=drawn))


# Social is worth as much as Search on average, and twice or nothing like it in the draws.
SEARCH = unsure(channel("Search", 900, 200), (880, 200), (920, 210), (890, 190), (910, 200))
SOCIAL = unsure(channel("Social", 950, 200), (1800, 150), (300, 300), (1500, 200), (200, 150))
PRINT = channel("Print", 500, 300)
TWO = problem((SEARCH, SOCIAL), [[200.0], [200.0]], caution=HALF)
THREE = problem(
    (SEARCH, SOCIAL, PRINT), [[200.0, 100.0], [200.0, 300.0], [100.0, 50.0]], (PM30,), caution=HALF
)


def hill(top: float, half: float, s: float, slope: float = 1.0) -> float:
    return top * s**slope / (s**slope + half**slope) if s > 0 else 0.0


def by_draw(base: AllocationProblem, spend: np.ndarray) -> np.ndarray:
    """What amounts bring in each draw, in plain arithmetic: no carry-over, a period a quarter.

    Draws are in proportion to what the curve brings at the current budget.
    """
    draws = np.zeros(4)
    for c, of in enumerate(base.channels):
        curve = of.curve
        assert curve is not None
        now = float(base.current[c].mean())
        there = [hill(m.top, m.half, now, m.slope) for m in curve.members]
        for d in range(4):
            m = curve.members[d] if curve.members else curve
            scale = 1.0
            if curve.members:
                scale = hill(curve.top, curve.half, now, curve.slope) / float(np.mean(there))
            for amount in spend[c]:
                draws[d] += of.value * scale * hill(m.top, m.half, float(amount), m.slope)
    return draws


def worst_half(draws: np.ndarray) -> float:
    return float(np.sort(draws)[:2].mean())


def objective(base: AllocationProblem, plan: Allocation) -> float:
    program = Program(base)
    return program.objective.at(decision_of(program, plan))


def without_caution(base: AllocationProblem) -> AllocationProblem:
    return replace(base, caution=None)


@pytest.mark.parametrize("amount", [0.0, 120.0, 333.0, 400.0])
def test_what_a_plan_brings_at_worst_is_the_mean_of_its_worst_draws(amount: float) -> None:
    spend = np.array([[amount], [400.0 - amount]])
    assert objective(TWO, allocation(TWO, spend)) == pytest.approx(worst_half(by_draw(TWO, spend)))


def test_a_part_of_a_draw_counts_as_a_part() -> None:
    caution = Caution(worst=0.6, curves=4)
    assert caution.weights(np.array([4.0, 1.0, 3.0, 2.0])) == pytest.approx(
        np.array([0.0, 1, 0.4, 1]) / 2.4
    )
    spend = np.array([[250.0], [150.0]])
    draws = np.sort(by_draw(TWO, spend))
    expected = (draws[0] + draws[1] + 0.4 * draws[2]) / 2.4
    base = replace(TWO, caution=caution)
    assert objective(base, allocation(base, spend)) == pytest.approx(expected)


def test_no_division_of_the_money_is_better_at_worst() -> None:
    plan = reallocate(TWO)
    amounts = np.linspace(0, 400, 2001)
    best = max(worst_half(by_draw(TWO, np.array([[a], [400 - a]]))) for a in amounts.tolist())
    assert plan.objective == pytest.approx(best, rel=1e-4)
    assert plan.bound >= best * (1 - 1e-9)


def test_no_search_within_the_rules_finds_better() -> None:
    plan = reallocate(THREE)
    best = max(_searched(THREE, seed) for seed in range(8))
    assert plan.gap <= 1e-4
    assert plan.objective >= best * (1 - 1e-4)
    assert plan.bound >= best * (1 - 1e-9)


def _searched(base: AllocationProblem, seed: int) -> float:
    """The best that a local search of the same rules finds from a random start."""
    low, high = 0.7 * base.current, 1.3 * base.current
    start = np.random.default_rng(seed).uniform(low, high).ravel()

    def unplaced(x: np.ndarray) -> np.ndarray:
        return np.asarray(x.reshape(base.current.shape).sum(axis=0) - base.budget)

    found = minimize(
        lambda x: -worst_half(by_draw(base, x.reshape(base.current.shape))),
        start,
        bounds=list(zip(low.ravel(), high.ravel(), strict=True)),
        constraints=[{"type": "eq", "fun": unplaced}],
        method="SLSQP",
        options={"maxiter": 300},
    )
    return -float(found.fun) if np.abs(unplaced(found.x)).max() < 1e-6 else -np.inf


def test_a_cautious_plan_brings_more_at_worst_and_less_on_average() -> None:
    cautious, bold = reallocate(THREE), reallocate(without_caution(THREE))
    assert cautious.objective > objective(THREE, bold.allocation)
    assert bold.objective > objective(without_caution(THREE), cautious.allocation)


def test_money_leaves_what_is_unsure() -> None:
    cautious, bold = reallocate(TWO), reallocate(without_caution(TWO))
    assert cautious.allocation.spend[1, 0] < bold.allocation.spend[1, 0] - 50


def test_one_draw_that_is_the_curve_itself_changes_nothing() -> None:
    channels = tuple(unsure(of, (of.curve.top, of.curve.half)) for of in THREE.channels if of.curve)
    base = replace(THREE, channels=channels, caution=Caution(worst=0.2, curves=1))
    cautious, plain = reallocate(base), reallocate(without_caution(base))
    assert cautious.objective == pytest.approx(plain.objective, rel=1e-4)
    assert cautious.allocation.spend == pytest.approx(plain.allocation.spend, rel=2e-2)


def test_draws_bring_on_average_what_is_expected_at_the_current_budget() -> None:
    caution = Caution(worst=1.0, curves=4)
    base = problem(THREE.channels, np.full((3, 1), 150.0), caution=caution)
    now = allocation(base, base.current)
    assert objective(base, now) == pytest.approx(objective(without_caution(base), now))


def test_without_draws_caution_has_nothing_to_say() -> None:
    sure = problem((channel("Search"), channel("TV")), [[200.0], [200.0]], caution=HALF)
    assert reallocate(sure).rows == reallocate(without_caution(sure)).rows


def test_what_the_rows_bring_adds_up_to_the_objective() -> None:
    plan = reallocate(THREE)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)


def test_a_marginal_return_is_what_one_more_unit_of_money_brings_at_worst() -> None:
    plan = reallocate(TWO)
    spend = plan.allocation.spend
    worst = np.argsort(by_draw(TWO, spend))[:2]
    for c, row in enumerate(plan.rows[:2]):
        more = spend.copy()
        more[c, 0] += 1e-3
        gained = (by_draw(TWO, more) - by_draw(TWO, spend))[worst].mean() / 1e-3
        assert row.marginal_return == pytest.approx(gained, rel=1e-3)


def test_the_price_of_money_is_what_more_of_it_brings_at_worst() -> None:
    rich = replace(TWO, budget=TWO.budget + 4.0)
    gained = reallocate(rich).bound - reallocate(TWO).bound
    paid = price(solved(TWO), "budget", "total", "max")
    assert 4.0 * paid == pytest.approx(gained, rel=0.02)


def test_the_price_of_a_cap_is_what_a_higher_one_brings_at_worst() -> None:
    capped = with_rules(TWO, Cap({"Search": 220.0}))
    looser = with_rules(TWO, Cap({"Search": 221.0})).rules
    paid = price(solved(capped), "cap", "Search", "max")
    assert paid == pytest.approx(gain(capped, looser), rel=0.02)


def test_targets_are_met_by_what_is_expected() -> None:
    asked = reallocate(without_caution(TWO)).objective * 0.999
    base = with_rules(TWO, Target("response", asked, "CNY"))
    plan = reallocate(base)
    assert violations(plan.allocation) == ()
    assert objective(without_caution(base), plan.allocation) >= asked * (1 - 1e-6)
    assert plan.objective < reallocate(TWO).objective


def test_money_that_does_not_pay_at_worst_stays_unspent() -> None:
    channels = tuple(replace(of, value=0.6) for of in (SEARCH, SOCIAL))
    base = problem(channels, [[200.0], [200.0]], objective="profit", caution=HALF)
    plan = reallocate(base)
    axis = np.linspace(0, 400, 81)
    best = max(
        worst_half(by_draw(base, np.array([[a], [b]]))) - a - b
        for a in axis.tolist()
        for b in axis.tolist()
        if a + b <= 400
    )
    assert plan.objective >= best - 1e-4 * abs(best)
    assert plan.bound >= best
    assert plan.allocation.unspent[0] > 0


def test_costs_are_paid_by_what_is_expected() -> None:
    costly = replace(SOCIAL, fixed_cost=20.0, cost_of_result=0.1)
    rules = (FixedCost(), CostOfResult())
    base = problem((SEARCH, costly), [[200.0], [200.0]], rules, caution=HALF)
    plan = reallocate(base)
    program = Program(base)
    amounts = np.linspace(0, 400, 101).tolist()
    tried = (allocation(base, [[amount], [400.0 - amount]]) for amount in amounts)
    best = max(program.objective.at(decision_of(program, one)) for one in tried)
    assert plan.objective >= best * (1 - 1e-4)
    at = decision_of(program, plan.allocation)
    media = program.response.media(plan.allocation.spend)[1, 0]
    brought = at[program.response.position[1]]
    assert plan.allocation.spend[1, 0] == pytest.approx(20 + media + 0.1 * brought)


def test_a_market_has_room_for_what_is_expected() -> None:
    base = with_rules(TWO, Capacity("all", Part(), 700.0))
    plan = reallocate(base)

    def worth(search: float) -> float:
        spend = np.array([[search], [400 - search]])
        expected = hill(900, 200, search) + hill(950, 200, 400 - search)
        return worst_half(by_draw(base, spend)) - max(0.0, expected - 700)

    best = max(map(worth, np.linspace(0, 400, 1001).tolist()))
    assert plan.objective == pytest.approx(best, rel=1e-4)
    assert plan.bound >= best * (1 - 1e-9)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)


def test_as_few_channels_change_as_the_policy_says() -> None:
    base = with_rules(THREE, PM30, Moves(most=2, least=5.0))
    plan = reallocate(base)
    assert violations(plan.allocation) == ()
    pairs = []
    for one, other in ((0, 1), (0, 2), (1, 2)):
        still = ({"Search", "Social", "Print"} - {base.names[one], base.names[other]}).pop()
        kept = with_rules(THREE, replace(PM30, channel={still: Band(0.0, 0.0)}))
        pairs.append(reallocate(kept).objective)
    # A different pair may move in each quarter, so that none of these is better.
    assert plan.objective >= max(pairs) * (1 - 1e-4)


def test_another_budget_is_as_cautious() -> None:
    curve = sweep(reallocate(TWO), (0.9, 1.0, 1.1))
    more = reallocate(replace(TWO, budget=TWO.budget * 1.1))
    assert curve.points[-1].best == pytest.approx(more.objective, rel=1e-4)


def test_a_budget_of_ones_own_is_scored_by_its_own_worst_draws() -> None:
    plan = reallocate(THREE)
    scored = score(allocation(THREE, THREE.current), plan)
    assert scored.objective == pytest.approx(worst_half(by_draw(THREE, THREE.current)))
    assert scored.shortfall == pytest.approx(plan.objective - plan.current_objective)


def test_weekly_carry_over_that_is_unsure_too_is_certified() -> None:
    rng = np.random.default_rng(3)
    channels = []
    for c in range(3):
        curve = ResponseCurve(
            f"channel {c}",
            top=900.0 + c,
            half=60.0,
            slope=1.5,
            carryover=0.5,
            form=SEARCH.curve.form,
            period=Period.WEEK,
        )
        members = tuple(
            Member(900 * a, 60 * b, 1.5, float(r))
            for a, b, r in zip(
                rng.lognormal(0, 0.3, 40),
                rng.lognormal(0, 0.3, 40),
                rng.uniform(0.2, 0.7, 40),
                strict=True,
            )
        )
        channels.append(Channel(curve.channel, replace(curve, members=members)))
    base = problem(tuple(channels), np.full((3, 2), 400.0), (PM30,), caution=Caution())
    plan = reallocate(base)
    assert plan.gap <= 1e-4
    assert plan.objective > objective(base, reallocate(without_caution(base)).allocation)
    for seed in range(20):
        moved = base.current * (1 + np.random.default_rng(seed).uniform(-0.3, 0.3, (3, 2)))
        moved *= base.budget / moved.sum(axis=0)
        assert objective(base, allocation(base, moved)) <= plan.bound * (1 + 1e-9)


def test_the_least_money_knows_no_caution() -> None:
    with pytest.raises(ValueError, match="caution"):
        replace(TWO, objective="spend", rules=(Reserve(),))


def test_evenly_spread_draws_are_taken() -> None:
    assert Caution().of(100) == tuple(range(0, 100, 5))
    assert Caution(curves=20).of(3) == (0, 1, 2)


@pytest.mark.parametrize("said", [{"worst": 0.0}, {"worst": 1.1}, {"curves": 0}])
def test_a_share_of_nothing_is_refused(said: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="caution"):
        Caution(**said)
