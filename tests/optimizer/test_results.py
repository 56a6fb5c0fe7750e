"""What a channel brings beside its response counts by a curve of its own, where it has one."""

from dataclasses import replace

import numpy as np
import pytest

from models.curve import Member, ResponseCurve
from models.period import Period
from models.saturation import Form
from optimizer.caution import Caution
from optimizer.channel import Channel, Result
from optimizer.decision import decision_of
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import reallocate, violations
from optimizer.rules import CacCeiling, Ceiling, Target
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CUSTOMERS = "new_customers"


def brings(
    of: Channel, top: float, half: float, value: float = 0.0, carryover: float = 0.0
) -> Channel:
    """A channel that brings new customers as well, each worth so much."""
    curve = ResponseCurve(of.name, Form.HILL, top, half, 1.0, carryover, Period.QUARTER)
    return replace(of, results={CUSTOMERS: Result(curve, value)})


# Search sells at once and wins its customers late; Social's customers come early.
SEARCH = brings(channel("Search", 900, 200), 100, 600, value=3.0)
SOCIAL = brings(channel("Social", 700, 250), 80, 50, value=3.0)
TWO = problem((SEARCH, SOCIAL), [[200.0], [200.0]])


def hill(top: float, half: float, s: float) -> float:
    return top * s / (s + half)


def worth(search: float, social: float) -> float:
    """Response and customers at 3 each, in plain arithmetic."""
    return (
        hill(900, 200, search)
        + 3 * hill(100, 600, search)
        + hill(700, 250, social)
        + 3 * hill(80, 50, social)
    )


def customers(search: float, social: float) -> float:
    return hill(100, 600, search) + hill(80, 50, social)


AMOUNTS = np.linspace(0, 400, 4001).tolist()


def test_new_customers_count_by_their_own_curve() -> None:
    plan = reallocate(TWO)
    best = max(worth(a, 400 - a) for a in AMOUNTS)
    search, social = plan.allocation.spend[:, 0].tolist()
    assert plan.objective == pytest.approx(worth(search, social))
    assert plan.objective == pytest.approx(best, rel=1e-4)
    assert plan.bound >= best * (1 - 1e-9)


def test_what_the_rows_bring_adds_up_to_the_objective() -> None:
    plan = reallocate(TWO)
    assert sum(row.expected_response for row in plan.rows) == pytest.approx(plan.objective)


def test_a_marginal_return_counts_the_customers_of_one_more_unit_of_money() -> None:
    plan = reallocate(TWO)
    search, social = plan.allocation.spend[:, 0].tolist()
    more = (worth(search + 1e-3, social) - worth(search, social)) / 1e-3
    assert plan.rows[0].marginal_return == pytest.approx(more, rel=1e-4)


def test_a_result_that_is_worth_nothing_changes_nothing() -> None:
    free = tuple(
        replace(of, results={CUSTOMERS: replace(of.results[CUSTOMERS], value=0.0)})
        for of in TWO.channels
    )
    bare = tuple(replace(of, results={}) for of in TWO.channels)
    plans = [reallocate(replace(TWO, channels=channels)) for channels in (free, bare)]
    assert plans[0].rows == plans[1].rows


def test_a_target_counts_own_curves_and_rates_together() -> None:
    tv = channel("TV", 300, 100)
    target = Target(CUSTOMERS, 75.0, "new customers", {"TV": 0.1}, CUSTOMERS)
    base = problem((SEARCH, tv), [[200.0], [200.0]], (target,))

    def brought(search: float) -> float:
        return hill(100, 600, search) + 0.1 * hill(300, 100, 400 - search)

    kept = violations(allocation(base, [[300.0], [100.0]]))
    assert brought(300) < 75
    assert [(v.rule, v.key) for v in kept] == [("target", CUSTOMERS)]
    reachable = with_rules(base, replace(target, amount=48.0))
    assert brought(300) > 48
    assert violations(allocation(reachable, [[300.0], [100.0]])) == ()


def test_a_plan_meets_a_target_for_customers_by_their_own_curves() -> None:
    channels = tuple(
        replace(of, results={CUSTOMERS: replace(of.results[CUSTOMERS], value=0.0)})
        for of in TWO.channels
    )
    base = replace(TWO, channels=channels)
    free = customers(*reallocate(base).allocation.spend[:, 0].tolist())
    most = max(customers(a, 400 - a) for a in AMOUNTS)
    asked = (free + most) / 2
    held = with_rules(base, Target(CUSTOMERS, asked, "new customers", {}, CUSTOMERS))
    plan = reallocate(held)
    assert violations(plan.allocation) == ()
    assert customers(*plan.allocation.spend[:, 0].tolist()) >= asked * (1 - 1e-6)
    best = max(
        hill(900, 200, a) + hill(700, 250, 400 - a)
        for a in AMOUNTS
        if customers(a, 400 - a) >= asked
    )
    assert plan.objective == pytest.approx(best, rel=2e-4)


CEILING = CacCeiling({"Search": Ceiling(7.5, metric=CUSTOMERS)})


def test_a_channel_grows_as_far_as_customers_by_their_own_curve_stay_cheap() -> None:
    # Money per customer is (x + 600) / 100: 7.5 at 150.
    base = with_rules(TWO, CEILING)
    assert reallocate(base).allocation.spend[0, 0] == pytest.approx(150.0, abs=0.02)
    assert violations(allocation(base, [[149.0], [251.0]])) == ()
    found = violations(allocation(base, [[152.0], [248.0]]))
    assert [(v.rule, v.key) for v in found] == [("cac_ceiling", "Search")]


def test_the_price_of_a_ceiling_is_what_a_dearer_customer_brings() -> None:
    base, step = with_rules(TWO, CEILING), 0.01
    looser = with_rules(TWO, CacCeiling({"Search": Ceiling(7.5 + step, metric=CUSTOMERS)})).rules
    paid = price(solved(base), "cac_ceiling", "Search", "max")
    assert step * paid == pytest.approx(gain(base, looser), rel=0.02)


def test_what_carries_over_carries_customers_over() -> None:
    lasting = brings(channel("Search", 900, 200, carryover=0.5), 100, 300, 3.0, carryover=0.5)
    base = problem((lasting, SOCIAL), [[200.0, 100.0], [200.0, 100.0]])
    plan = reallocate(base)
    assert plan.gap <= 1e-4
    for share in np.linspace(0.05, 0.95, 19).tolist():
        split = np.array([share, 1 - share])[:, None] * base.budget
        other = allocation(base, split)
        assert _objective(base, other) <= plan.bound * (1 + 1e-9)


def _objective(base: AllocationProblem, plan: Allocation) -> float:
    program = Program(base)
    return program.objective.at(decision_of(program, plan))


def test_caution_draws_customers_and_response_together() -> None:
    def unsure(of: Channel, *scales: tuple[float, float]) -> Channel:
        curve, result = of.curve, of.results[CUSTOMERS]
        assert curve is not None
        own = tuple(Member(curve.top * a, curve.half, 1.0, 0.0) for a, _ in scales)
        drawn = tuple(Member(result.curve.top * b, result.curve.half, 1.0, 0.0) for _, b in scales)
        return replace(
            of,
            curve=replace(curve, members=own),
            results={CUSTOMERS: replace(result, curve=replace(result.curve, members=drawn))},
        )

    scales = ((0.5, 1.5), (1.5, 0.5), (0.8, 0.2), (1.2, 1.8))
    base = replace(
        TWO,
        channels=(unsure(SEARCH, *scales), unsure(SOCIAL, *scales[::-1])),
        caution=Caution(worst=0.5, curves=4),
    )

    def worst(search: float) -> float:
        social = 400 - search
        draws = [
            a * hill(900, 200, search)
            + b * 3 * hill(100, 600, search)
            + c * hill(700, 250, social)
            + d * 3 * hill(80, 50, social)
            for (a, b), (c, d) in zip(scales, scales[::-1], strict=True)
        ]
        return float(np.sort(draws)[:2].mean())

    plan = reallocate(base)
    assert plan.objective == pytest.approx(max(map(worst, AMOUNTS)), rel=1e-4)
    assert plan.objective == pytest.approx(worst(float(plan.allocation.spend[0, 0])))


def test_parts_of_a_results_value_add_up_to_it() -> None:
    with pytest.raises(ValueError, match="parts"):
        Result(SEARCH.results[CUSTOMERS].curve, 3.0, (("new customers", 2.0),))
