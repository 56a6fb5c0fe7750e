"""What a plan depends on: every step against a plan of its own."""

from dataclasses import replace

import pytest

from models.curve import Member
from models.period import Period
from optimizer.caution import Caution
from optimizer.channel import CUSTOMERS, DIRECT, WEIGHT
from optimizer.closed import Closed
from optimizer.decision import decision_of
from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import reallocate
from optimizer.rules import (
    Band,
    Cap,
    Change,
    Elasticity,
    Floor,
    Operating,
    Part,
    Reserve,
    Rule,
    Share,
    Target,
    Tier,
    Tiers,
)
from scenarios.inputs import inputs_of
from scenarios.limits import limits_of, limits_reached
from scenarios.sensitivity import STEPS, Effect, Sensitivity, Turn, in_words, sensitivity
from tests.optimizer.worlds import channel, problem, with_rules

SEARCH, TV = channel("Search", 1000.0, 200.0), channel("TV", 1100.0, 600.0)
WITHIN = Elasticity(default=Band(0.3, 0.3))


def two_channels(*rules: Rule) -> AllocationProblem:
    return with_rules(problem((SEARCH, TV), [[300.0], [300.0]]), WITHIN, *rules)


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    return sensitivity(reallocate(two_channels()), jobs=1)


def effect(of: Sensitivity, name: str) -> Effect:
    return next(one for one in of.effects if one.input == name)


def moved(plan: Plan, name: str, factor: float) -> AllocationProblem:
    inputs, _ = inputs_of(plan)
    return next(one for one in inputs if one.name == name).moved(plan.problem, factor)


def test_every_step_is_the_plan_of_the_problem_with_that_input_moved(found: Sensitivity) -> None:
    base = two_channels()
    steps = effect(found, "effect of TV").steps
    for by, step in zip(STEPS, steps, strict=True):
        demand = base.demand * [[1.0], [1 + by]]
        plan = reallocate(replace(base, demand=demand))
        assert step.objective == pytest.approx(plan.objective, rel=2e-4)


def test_the_old_plan_held_brings_what_it_brings_there_and_no_more_than_the_new(
    found: Sensitivity,
) -> None:
    old = found.plan.allocation
    for step in effect(found, "media price").steps:
        there = replace(
            found.plan.problem, media_price=(1 + step.by) * found.plan.problem.media_price
        )
        program = Program(there)
        assert step.held == pytest.approx(program.objective.at(decision_of(program, old)))
        assert step.objective is not None
        assert step.objective >= step.held * (1 - 1e-4)


def test_what_multiplies_everything_changes_what_the_plan_brings_and_not_the_plan(
    found: Sensitivity,
) -> None:
    of = effect(found, "effect")
    assert of.alike == ("conversion", "basket value")
    for step in of.steps:
        assert step.objective == pytest.approx((1 + step.by) * found.plan.objective, rel=1e-6)
        assert step.moved == pytest.approx(0.0, abs=0.1)


def test_the_old_plan_cannot_be_held_where_there_is_another_budget(found: Sensitivity) -> None:
    of = effect(found, "budget")
    assert all(step.held is None for step in of.steps)
    low, high = of.steps[0].objective, of.steps[-1].objective
    assert low is not None
    assert high is not None
    assert low < found.plan.objective < high


def test_the_input_that_swings_the_objective_most_comes_first(found: Sensitivity) -> None:
    swings = [one.swing for one in found.effects]
    assert swings == sorted(swings, reverse=True)


def test_the_point_where_a_channel_is_cut_instead_of_raised_is_found() -> None:
    base = two_channels()
    plan = reallocate(base)
    of = effect(sensitivity(plan, jobs=1), "effect of TV")
    raised = plan.allocation.spend[1, 0] > 300
    turn = of.down if raised else of.up
    assert turn is not None
    assert turn.by is not None

    def tv(by: float) -> float:
        demand = base.demand * [[1.0], [1 + by]]
        return float(reallocate(replace(base, demand=demand)).allocation.spend[1, 0])

    # At the point the recommendation is another one, and two points of a per cent before it is not.
    before = turn.by - 0.02 if turn.by > 0 else turn.by + 0.02
    assert abs(tv(turn.by) - float(plan.allocation.spend[1, 0])) > 30 or (
        (tv(turn.by) > 300) != raised
    )
    assert abs(tv(before) - float(plan.allocation.spend[1, 0])) <= 30
    words = in_words(of, "down" if raised else "up")
    assert words.startswith(f"If the effect of TV {'falls' if raised else 'rises'} by more than")


def test_another_budget_is_said_to_change_parts_of_it_and_not_amounts() -> None:
    turn = Turn(0.22, ("TV",), ("Search",))
    of = Effect("budget", None, (), (), up=turn)
    assert in_words(of, "up") == (
        "If the budget rises by more than about 22 %, TV gets less than its part of it, "
        "Search gets more than its part of it."
    )
    price = in_words(replace(of, input="media price"), "up")
    assert "TV is no longer raised but cut, Search is no longer cut but raised" in price


def test_the_end_of_a_band_is_named_where_it_turns_the_recommendation() -> None:
    rule = Share("screens", Part(), (0.16, 0.5))
    limits = limits_of(two_channels(rule), rule)
    assert {limit.name: limit.share for limit in limits} == {
        "lower end of share screens": 0.16,
        "upper end of share screens": 0.5,
    }
    of = Effect("lower end of share screens", None, (), (), 0.16, up=Turn(0.11, moved=0.06))
    assert in_words(of, "up") == (
        "If the lower end of share screens rises by more than about 11 % (to 17.8 %), "
        "6.0 % of the budget stands elsewhere."
    )


def test_a_currencys_rate_is_an_input_of_its_own_for_what_is_bought_in_it() -> None:
    base = two_channels()
    abroad = replace(base, channels=(replace(SEARCH, buys_in="USD"), TV))
    there = moved(reallocate(abroad), "exchange rate of USD", 1.2)
    assert there.media_price.tolist() == [[1.2], [1.0]]
    inputs, _ = inputs_of(reallocate(base))
    assert not any("exchange" in one.name for one in inputs)


def test_where_nothing_changes_the_words_say_so() -> None:
    base = with_rules(problem((SEARCH, TV), [[300.0], [300.0]]), Elasticity(default=Band(0.0, 0.0)))
    of = effect(sensitivity(reallocate(base), jobs=1), "effect of TV")
    assert in_words(of, "up") in (
        "",
        "The recommendation stays while the effect of TV rises by up to 50 %.",
    )


def test_rules_that_collide_under_an_input_leave_no_plan_and_say_why() -> None:
    plan = reallocate(two_channels(Target("response", 940.0, "CNY")))
    found = sensitivity(plan, jobs=1)
    lowest = effect(found, "effect").steps[0]
    assert (lowest.objective, lowest.why) == (None, "collided")
    assert "the rules cannot all hold" in in_words(effect(found, "effect"), "down")


def test_longer_carry_over_brings_as_much_at_a_steady_spend() -> None:
    lasting = channel("TV", 100.0, 90.0, carryover=0.5, period=Period.WEEK)
    plan = reallocate(with_rules(problem((lasting, SEARCH), [[1300.0], [300.0]]), WITHIN))
    longer = moved(plan, "carry-over", 1.2).channels[0].curve
    assert lasting.curve is not None
    assert longer is not None
    assert longer.carryover == pytest.approx(0.6)
    for spend in (20.0, 100.0, 400.0):
        assert longer.at(spend / (1 - 0.6)) == pytest.approx(lasting.curve.at(spend / (1 - 0.5)))


def test_carry_over_never_reaches_the_whole_of_a_period() -> None:
    lasting = channel("TV", 100.0, 90.0, carryover=0.95, period=Period.WEEK)
    plan = reallocate(with_rules(problem((lasting, SEARCH), [[1300.0], [300.0]]), WITHIN))
    longer = moved(plan, "carry-over", 1.2).channels[0].curve
    assert longer is not None
    assert longer.carryover == pytest.approx(0.99)


def test_larger_baskets_bring_more_money_but_no_more_customers() -> None:
    parts = ((DIRECT, 1.0), (CUSTOMERS, 0.5), (WEIGHT, 0.3))
    seller = replace(SEARCH, parts=parts, value=1.8)
    plan = reallocate(with_rules(problem((seller, TV), [[300.0], [300.0]]), WITHIN))
    there = moved(plan, "basket value", 1.25)
    # A weight of 1.2 on what it brings: 1.25 x 1 in money and 0.5 in customers.
    worth = there.demand[0, 0] * there.channels[0].value
    assert worth == pytest.approx(1.2 * (1.25 * 1.0 + 0.5))
    assert "basket value" not in inputs_of(plan)[0][0].alike


def names_of_limits(plan: Plan) -> list[str]:
    return [limit.name for limit in limits_reached(plan.problem, plan.rules)]


def test_limits_that_the_plan_reaches_are_inputs_and_others_are_not() -> None:
    plan = reallocate(two_channels(Cap({"Search": 310.0, "TV": 900.0}), Floor({"TV": 10.0})))
    names = names_of_limits(plan)
    assert "cap of Search" in names or "cap of TV" not in names
    assert "cap of TV" not in names
    assert "floor of TV" not in names


@pytest.mark.parametrize(
    ("rule", "name", "changed"),
    [
        (Cap({"Search": 310.0}), "cap of Search", Cap({"Search": 341.0})),
        (Floor({"Search": 300.0}), "floor of Search", Floor({"Search": 330.0})),
        (Reserve((0.10, 0.10)), "lower end of reserve", Reserve((0.11, 0.11))),
        (Reserve((0.10, 0.10)), "upper end of reserve", Reserve((0.10, 0.11))),
        (Reserve((0.1, 0.2), 0.10), "reserve emergency", Reserve((0.1, 0.2), 0.11)),
        (
            Share("both", Part(), (0.5, 0.9)),
            "upper end of share both",
            Share("both", Part(), (0.5, 0.99)),
        ),
        (
            Tiers({"S": Tier((1, 9), (0.2, 0.5))}, {"TV": "S"}),
            "upper end of tier S",
            Tiers({"S": Tier((1, 9), (0.2, 0.55))}, {"TV": "S"}),
        ),
        (
            Change("up", frozenset({"TV"}), 0.2, 0.5),
            "change up most",
            Change("up", frozenset({"TV"}), 0.2, 0.55),
        ),
        (Operating(2.0, 100.0), "operating months", Operating(2.2, 100.0)),
        (Target("response", 100.0, "CNY"), "target for response", Target("response", 110.0, "CNY")),
        (
            Elasticity(Band(0.3, 1.0), {"ads": Band(0.95, 0.1)}),
            "elasticity",
            Elasticity(Band(0.33, 1.1), {"ads": Band(0.95, 0.1)}),
        ),
        (
            Elasticity(None, {"ads": Band(0.95, 0.1)}),
            "elasticity of unit ads",
            Elasticity(None, {"ads": Band(1.0, 0.11)}),
        ),
    ],
)
def test_a_limit_is_moved_alone(rule: Rule, name: str, changed: Rule) -> None:
    base = problem((replace(SEARCH, unit="ads"), TV), [[300.0], [300.0]])
    limit = next(one for one in limits_of(base, rule) if one.name == name)
    assert repr_of(limit.times(1.1)) == repr_of(changed)


def repr_of(rule: Rule) -> str:
    """A rule's figures, without the last digits of floats."""
    return " ".join(f"{float(word):.6g}" if is_number(word) else word for word in words_of(rule))


def words_of(rule: Rule) -> list[str]:
    text = repr(rule)
    for mark in "(),={}:":
        text = text.replace(mark, f" {mark} ")
    return text.split()


def is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()


def test_channels_beyond_the_twenty_with_most_money_are_not_moved_alone() -> None:
    many = tuple(channel(f"c{i}") for i in range(22))
    base = problem(many, [[300.0 + i] for i in range(22)])
    plan = reallocate(with_rules(base, Elasticity(default=Band(0.0, 0.0))))
    inputs, notes = inputs_of(plan)
    assert sum(one.channel is not None for one in inputs) == 20
    assert notes == ("The effects of the 2 channels with least money are not moved alone.",)


def test_a_cautious_plan_is_moved_by_the_draws_it_is_cautious_for() -> None:
    members = tuple(Member(factor * 1100.0, 600.0, 1.0, 0.0) for factor in (0.2, 1.0, 1.8))
    assert TV.curve is not None
    unsure = replace(TV, curve=replace(TV.curve, members=members))
    base = with_rules(problem((SEARCH, unsure), [[300.0], [300.0]]), WITHIN)
    plan = reallocate(replace(base, caution=Caution(0.4, 3)))
    found = sensitivity(plan, jobs=1)
    for step in effect(found, "effect").steps:
        assert step.objective == pytest.approx((1 + step.by) * plan.objective, rel=2e-4)


def test_an_input_moves_in_quarters_that_are_not_closed() -> None:
    base = with_rules(problem((SEARCH, TV), [[300.0, 300.0], [300.0, 300.0]]), WITHIN)
    now = Allocation.of(base, base.current, base.current_pool)
    plan = reallocate(replace(base, closed=Closed.of(now, 1)))
    assert moved(plan, "effect", 1.2).demand.tolist() == [[1.0, 1.2], [1.0, 1.2]]
    assert moved(plan, "effect of TV", 1.2).demand.tolist() == [[1.0, 1.0], [1.0, 1.2]]
    assert moved(plan, "media price", 1.2).media_price[0].tolist() == [1.0, 1.2]
    assert moved(plan, "budget", 1.2).budget.tolist() == [600.0, 720.0]
