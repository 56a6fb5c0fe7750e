"""How sure a gain is: every world on its own, by the response that the engine counts."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.curve import Member
from models.period import Period
from optimizer.caution import Caution
from optimizer.channel import Channel, Result
from optimizer.doubt import Doubt
from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.response import response_of
from optimizer.rules import Band, Capacity, Elasticity, Part, Target
from optimizer.worlds import Worlds, responses_in
from tests.optimizer.worlds import channel, problem, with_rules, worlds

WITHIN = (Elasticity(default=Band(0.2, 0.2)),)


def drawn(base: Channel, *factors: float) -> Channel:
    """The channel with a member per factor on its top."""
    curve = base.curve
    assert curve is not None
    members = tuple(
        Member(factor * curve.top, curve.half, curve.slope, curve.carryover) for factor in factors
    )
    return replace(base, curve=replace(curve, members=members))


def in_world(base: AllocationProblem, k: int) -> AllocationProblem:
    """The problem in which one member of every curve is the truth."""

    def told(one: Channel) -> Channel:
        if one.curve is None or not one.curve.members:
            return one
        member = one.curve.members[k % len(one.curve.members)]
        return replace(one, curve=replace(one.curve, **member._asdict(), members=()))

    return replace(base, channels=tuple(map(told, base.channels)))


def two_channels(**fields: Any) -> AllocationProblem:
    """A channel that is known, and one that brings anything from nothing to twice as much."""
    unsure = drawn(channel("unsure", 2000.0), *np.linspace(0.0, 2.0, 21))
    return problem((channel("known", 1000.0), unsure), [[300.0], [300.0]], WITHIN, **fields)


def brought_in(base: AllocationProblem, spends: np.ndarray) -> np.ndarray:
    """(A, K, C, Q) what every world brings for tables of amounts (A, C, Q)."""
    channels = enumerate(base.channels)
    curves = [(c, one.curve) for c, one in channels if one.curve is not None]
    assert len(curves) == len(base.channels)
    return responses_in(Worlds.of_members(base), base, curves, spends)


def doubt_in(plan: Plan) -> Doubt:
    assert plan.doubt is not None
    return plan.doubt


def gains(plan: Plan, against: Allocation) -> np.ndarray:
    """The plan's gain in every world, each by the response of a problem of its own."""
    base = plan.problem
    values = np.array([[one.value] for one in base.channels])
    cost = 1.0 if base.objective == "profit" else 0.0

    def worth(there: Allocation, k: int) -> float:
        response = response_of(in_world(base, k))
        brought = response.by_spending_quarter(there.spend) * values
        return float(brought.sum() - cost * there.spend.sum())

    return np.array(
        [worth(plan.allocation, k) - worth(against, k) for k in range(doubt_in(plan).members)]
    )


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_every_world_brings_what_a_plan_of_that_world_alone_would_count(
    base: AllocationProblem, chance: Any
) -> None:
    def unsure(one: Channel) -> Channel:
        assert one.curve is not None
        lag = one.curve.carryover
        members = tuple(
            Member(
                one.curve.top * chance.uniform(0, 2),
                one.curve.half * chance.uniform(0.5, 2),
                one.curve.slope * chance.uniform(0.5, 2),
                chance.choice([0.0, lag, 0.5 * lag, 0.5 * (1 + lag)]),
            )
            for _ in range(3)
        )
        return replace(one, curve=replace(one.curve, members=members))

    base = replace(base, channels=tuple(map(unsure, base.channels)))
    spends = np.array([base.current, 1.2 * base.current])
    brought = brought_in(base, spends)
    assert brought.shape == (2, 3, *base.current.shape)
    for k in range(3):
        response = response_of(in_world(base, k))
        for spend, found in zip(spends, brought[:, k], strict=True):
            expected = np.zeros(spend.size)
            expected[response.cell] = response.block_values(*response.coordinates(spend))
            assert found.ravel() == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_carry_over_from_the_history_is_that_of_the_same_steady_spend() -> None:
    base = channel("TV", carryover=0.5, period=Period.WEEK)
    assert base.curve is not None
    seen = {"last_adstock": 200.0, "last_period": date(2026, 12, 25)}
    # A steady spend of 100 a week stands at 200 with one carry-over, and at 400 with the other.
    unsure = replace(base.curve, members=(Member(900.0, 400.0, 1.0, 0.75),), **seen)
    other = replace(base.curve, carryover=0.75, last_adstock=400.0, last_period=date(2026, 12, 25))
    spend = np.array([[1300.0]])
    found = brought_in(problem((Channel("TV", unsure),), spend), spend[None])
    expected = response_of(problem((Channel("TV", other),), spend)).value(spend)
    assert float(found.sum()) == pytest.approx(expected)


def test_curves_that_are_certain_leave_no_doubt() -> None:
    base = problem((channel("TV"), channel("Search", 2000.0)), [[300.0], [300.0]], WITHIN)
    assert reallocate(base).doubt is None


def test_the_gain_is_that_on_the_same_money_spent_as_approved() -> None:
    # Money moves to the unsure channel: where that brings little, moving it was a mistake.
    plan = reallocate(two_channels())
    base = plan.problem
    expected = gains(plan, Allocation.of(base, base.current, base.current_pool))
    doubt = doubt_in(plan)
    assert doubt.gain.mean == pytest.approx(expected.mean())
    assert (doubt.gain.low, doubt.gain.high) == pytest.approx(
        tuple(np.quantile(expected, [0.1, 0.9]))
    )
    assert doubt.probability_of_gain == pytest.approx(np.mean(expected > 0))
    assert 0 < doubt.probability_of_gain < 1


def test_a_plan_of_all_members_alike_gains_the_same_in_every_world() -> None:
    same = drawn(channel("same", 2000.0), 1.0, 1.0, 1.0)
    plan = reallocate(problem((channel("known"), same), [[300.0], [300.0]], WITHIN))
    doubt = doubt_in(plan)
    assert doubt.gain.low == doubt.gain.high == pytest.approx(plan.gain)
    assert doubt.probability_of_gain == 1.0


def test_profit_is_measured_against_the_approved_budget_and_money_is_paid_for() -> None:
    base = two_channels(objective="profit")
    base = replace(base, channels=tuple(replace(one, value=0.4) for one in base.channels))
    plan = reallocate(base)
    expected = gains(plan, Allocation.of(base, base.current, base.current_pool))
    assert float(plan.allocation.unspent.sum()) > 0
    assert doubt_in(plan).gain.mean == pytest.approx(expected.mean())


def test_a_plan_that_moves_nothing_gains_nothing_in_any_world() -> None:
    plan = reallocate(with_rules(two_channels(), Elasticity(default=Band(0.0, 0.0))))
    doubt = doubt_in(plan)
    assert (doubt.gain.low, doubt.gain.high, doubt.probability_of_gain) == (0.0, 0.0, 0.0)


def test_worlds_are_joint_over_channels() -> None:
    # When one brings more the other brings less: what moves between them is unsure, the sum is not.
    up = drawn(channel("up", 1000.0), 0.5, 1.0, 1.5)
    down = drawn(channel("down", 1000.0), 1.5, 1.0, 0.5)
    even = problem((up, down), [[300.0], [300.0]])
    brought = brought_in(even, even.current[None])[0].sum(axis=(1, 2))
    assert brought == pytest.approx(np.full(3, brought[1]))


def test_fewer_members_are_taken_again_from_the_first() -> None:
    four = drawn(channel("four"), 1.0, 2.0, 3.0, 4.0)
    two = drawn(channel("two"), 1.0, 2.0)
    base = problem((four, two), [[300.0], [300.0]])
    brought = brought_in(base, base.current[None])[0, :, 1, 0]
    assert brought[2:] == pytest.approx(brought[:2])


def test_a_market_that_is_full_takes_no_more_in_a_world_of_high_response() -> None:
    unsure = drawn(channel("unsure", 2000.0), 0.5, 1.0, 4.0)
    full = Capacity("all", Part(), 900.0)
    base = problem((channel("known"), unsure), [[300.0], [300.0]], (*WITHIN, full))
    plan = reallocate(base)
    # In the world of the most response, both the plan and the approved budget fill the market.
    assert doubt_in(plan).gain.low == pytest.approx(0.0, abs=1e-6)


def test_a_plan_just_at_its_target_meets_it_in_the_worlds_that_bring_as_much() -> None:
    target = Target("response", 900.0, "CNY")
    base = with_rules(two_channels(objective="spend"), *WITHIN, target)
    plan = reallocate(base)
    doubt = doubt_in(plan)
    brought = brought_in(base, plan.allocation.spend[None])[0].sum(axis=(1, 2))
    assert doubt.targets_met == pytest.approx(np.mean(brought > 900.0 - 0.1))
    assert 0.3 < doubt.targets_met < 0.7
    assert doubt.gain.low == doubt.gain.high == pytest.approx(plan.gain)


def test_every_unsure_channel_has_the_interval_of_its_response_and_of_its_return() -> None:
    plan = reallocate(two_channels())
    (only,) = doubt_in(plan).channels
    spend = float(plan.allocation.spend[1, 0])
    top = 2000.0 * spend / (spend + 400.0)
    assert only.channel == "unsure"
    assert only.response.low == pytest.approx(0.2 * top)
    assert only.response.high == pytest.approx(1.8 * top)
    assert only.roi is not None
    assert only.roi.mean == pytest.approx(top / spend)


def test_a_channel_that_gets_no_money_has_no_return() -> None:
    nothing = drawn(channel("nothing", 1.0), 1.0, 2.0)
    plan = reallocate(problem((channel("known"), nothing), [[300.0], [0.0]], WITHIN))
    assert plan.doubt is not None
    assert plan.doubt.channels[0].roi is None


def test_what_comes_beside_the_response_counts_by_its_own_members() -> None:
    base = drawn(channel("TV", 1000.0), 1.0, 1.0, 1.0)
    customers = drawn(channel("TV", 50.0), 0.5, 1.0, 1.5).curve
    assert customers is not None
    sold = replace(base, results={"new_customers": Result(customers, 10.0)})
    plan = reallocate(problem((sold, channel("Search", 1500.0)), [[300.0], [300.0]], WITHIN))
    (only,) = doubt_in(plan).channels
    spend = float(plan.allocation.spend[0, 0])
    share = spend / (spend + 400.0)
    assert only.response.mean == pytest.approx((1000.0 + 10 * 50.0) * share)
    assert only.response.high - only.response.low == pytest.approx(0.8 * 10 * 50.0 * share)
    assert only.roi is not None
    assert only.roi.low == only.roi.high == pytest.approx(1000.0 * share / spend)


def test_a_cautious_plan_loses_less_against_luck_than_it_gives_away_on_average() -> None:
    certain = reallocate(two_channels())
    cautious = reallocate(two_channels(caution=Caution(worst=0.2, curves=20)))
    assert doubt_in(cautious).members == doubt_in(certain).members == 21
    assert doubt_in(cautious).gain.mean < doubt_in(certain).gain.mean
    worst = [
        brought_in(plan.problem, plan.allocation.spend[None])[0].sum(axis=(1, 2)).min()
        for plan in (cautious, certain)
    ]
    assert worst[0] > worst[1]
