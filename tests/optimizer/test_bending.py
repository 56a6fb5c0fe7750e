"""Rules that bend give way where not all can hold, the highest level first, and only so far."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from models.saturation import Form
from optimizer.errors import RulesCollide
from optimizer.plan import Bent, Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate, violations
from optimizer.rules import (
    Band,
    Cap,
    Elasticity,
    Floor,
    Launch,
    Moves,
    Part,
    RoiFloor,
    Share,
    Target,
    Tier,
    Tiers,
)
from optimizer.rules.rule import Rule
from tests.optimizer.worlds import channel, problem

A, B = channel("A", top=900, half=400), channel("B", top=600, half=300)


def two_channels(*rules: Rule, bends: dict[tuple[str, str], int], **fields: Any) -> Plan:
    """The plan of 1,000 between A and B, 500 each today, under rules of which some bend."""
    return reallocate(problem((A, B), [[500.0], [500.0]], rules, bends=bends, **fields))


def amounts(plan: Plan) -> list[float]:
    return [float(amount) for amount in plan.allocation.spend.ravel()]


def the_bent(plan: Plan) -> Bent:
    assert len(plan.bent) == 1, [bent.text for bent in plan.bent]
    return plan.bent[0]


class TestOneRule:
    def test_a_floor_that_bends_gives_way_to_one_that_does_not(self) -> None:
        plan = two_channels(Floor({"A": 700, "B": 500}), bends={("floor", "B"): 3})
        assert amounts(plan) == [700.0, 300.0]
        bent = the_bent(plan)
        assert (bent.rule, bent.key, bent.quarter, bent.level) == ("floor", "B", "2027Q1", 3)
        assert (bent.limit, bent.used, bent.excess) == (500.0, 300.0, 200.0)
        assert "floor (B) gave way in 2027Q1: 300 CNY instead of at least 500 CNY" in bent.text

    def test_a_cap_that_bends_lets_the_money_be_placed(self) -> None:
        plan = two_channels(Cap({"A": 450, "B": 400}), bends={("cap", "A"): 9})
        assert amounts(plan) == [600.0, 400.0]
        assert the_bent(plan).excess == pytest.approx(150.0)

    def test_an_elasticity_that_bends_for_one_channel_holds_for_the_other(self) -> None:
        rules = (Elasticity(Band(0.1, 0.1)), Cap({"B": 300}))
        plan = two_channels(*rules, bends={("elasticity", "B"): 2, ("elasticity", "A"): 1})
        assert amounts(plan) == [700.0, 300.0]
        assert {bent.key: bent.excess for bent in plan.bent} == {
            "A": pytest.approx(30.0),
            "B": pytest.approx(30.0),
        }

    def test_a_share_of_another_part_gives_way_as_far_as_a_floor_needs(self) -> None:
        within = Part(channels=frozenset({"A", "B"}))
        share = Share("A of both", Part(channels=frozenset({"A"})), (0.0, 0.4), within)
        plan = two_channels(share, Floor({"A": 550}), bends={("share", "A of both"): 5})
        assert amounts(plan) == [550.0, 450.0]
        bent = the_bent(plan)
        assert (bent.unit, bent.used) == ("%", pytest.approx(55.0))
        assert bent.excess == pytest.approx(15.0)

    def test_a_tier_without_channels_gives_way_by_all_it_asks_for(self) -> None:
        tiers = Tiers({"S": Tier((5.0, np.inf), share=(0.3, 1.0))}, {})
        plan = two_channels(tiers, bends={("tiers", "S"): 4})
        assert (the_bent(plan).used, the_bent(plan).excess) == (0.0, pytest.approx(30.0))

    def test_its_entry_among_the_rules_binds_with_less_than_no_slack(self) -> None:
        plan = two_channels(Floor({"A": 700, "B": 500}), bends={("floor", "B"): 3})
        entry = next(e for e in plan.rules if (e.rule, e.key) == ("floor", "B"))
        assert (entry.binding, entry.slack, entry.price) == (True, -200.0, 0.0)
        assert "gave way" in entry.text

    def test_the_reason_of_its_amount_says_that_it_gave_way(self) -> None:
        plan = two_channels(Floor({"A": 700, "B": 500}), bends={("floor", "B"): 3})
        reasons = {row.channel: row.reason for row in plan.rows}
        assert "floor (B) gave way in 2027Q1" in reasons["B"]
        assert "gave way" not in reasons["A"]

    def test_a_limit_of_nothing_gives_way_too(self) -> None:
        plan = two_channels(
            Elasticity(Band(0, 0)), Floor({"A": 600}), bends={("elasticity", ""): 1}
        )
        assert amounts(plan) == [600.0, 400.0]


class TestLevels:
    def test_the_highest_level_gives_first(self) -> None:
        floors = Floor({"A": 700, "B": 500})
        first_b = two_channels(floors, bends={("floor", "A"): 1, ("floor", "B"): 2})
        first_a = two_channels(floors, bends={("floor", "A"): 2, ("floor", "B"): 1})
        assert amounts(first_b) == [700.0, 300.0]
        assert amounts(first_a) == [500.0, 500.0]

    def test_the_next_level_gives_when_the_highest_has_given_all(self) -> None:
        rules = (Floor({"A": 700}), Cap({"B": 200}), Share("A", _only("A"), (0.0, 0.6)))
        bends = {("share", "A"): 9, ("cap", "B"): 4}
        # Only A and B may take the money: A's share gives way before B's cap does.
        assert amounts(two_channels(*rules, bends=bends)) == [800.0, 200.0]
        capped = (*rules, Cap({"A": 750}))
        assert amounts(two_channels(*capped, bends=bends)) == [750.0, 250.0]

    def test_on_one_level_the_sum_of_excess_over_limit_is_least(self) -> None:
        plan = two_channels(Floor({"A": 900, "B": 300}), bends={("floor", ""): 3})
        # 200 is 22 % of A's floor and 67 % of B's.
        assert amounts(plan) == [700.0, 300.0]
        assert the_bent(plan).key == "A"

    def test_a_key_of_its_own_goes_before_that_of_the_whole_rule(self) -> None:
        bends = {("floor", ""): 9, ("floor", "A"): 1}
        assert amounts(two_channels(Floor({"A": 900, "B": 300}), bends=bends)) == [900.0, 100.0]


def _only(name: str) -> Part:
    return Part(channels=frozenset({name}))


class TestNeverForGain:
    def test_nothing_bends_where_all_can_hold(self) -> None:
        rules = (Floor({"B": 480}), Elasticity(Band(0.1, 0.1)))
        bends = {("floor", ""): 9, ("elasticity", ""): 5}
        bent, unbent = two_channels(*rules, bends=bends), two_channels(*rules, bends={})
        assert not bent.bent
        assert bent.objective == unbent.objective
        assert [entry.price for entry in bent.rules] == [entry.price for entry in unbent.rules]

    def test_what_further_bending_would_bring_is_its_price(self) -> None:
        # B would rather be at 404: its cap gave way to 300, and no further.
        plan = two_channels(Cap({"A": 700, "B": 200}), bends={("cap", "B"): 3})
        assert amounts(plan) == [700.0, 300.0]
        at_a, at_b = 900 * 400 / (700 + 400) ** 2, 600 * 300 / (300 + 300) ** 2
        assert the_bent(plan).price == pytest.approx(at_b - at_a, rel=0.02)
        assert "one CNY further would bring 0.20" in the_bent(plan).text

    def test_rules_that_never_give_way_still_collide(self) -> None:
        with pytest.raises(RulesCollide) as collision:
            two_channels(
                Floor({"A": 700}),
                Cap({"A": 600}),
                Elasticity(Band(0.1, 0.1)),
                bends={("elasticity", ""): 9},
            )
        told = "\n".join(collision.value.explanation)
        assert "floor" in told
        assert "cap" in told
        assert "10 %" not in told

    def test_rules_over_several_amounts_that_never_give_way_still_collide(self) -> None:
        with pytest.raises(RulesCollide):
            two_channels(
                Floor({"A": 700, "B": 400}),
                Elasticity(Band(0.1, 0.1)),
                bends={("elasticity", ""): 9},
            )

    def test_the_budget_never_bends(self) -> None:
        with pytest.raises(ValueError, match="budget"):
            problem((A, B), [[500.0], [500.0]], bends={("budget", ""): 9})

    @pytest.mark.parametrize("level", [0, 10])
    def test_levels_go_from_1_to_9(self, level: int) -> None:
        with pytest.raises(ValueError, match="1 to 9"):
            problem((A, B), [[500.0], [500.0]], bends={("floor", ""): level})


class TestSwitches:
    def test_a_launch_that_bends_begins_with_less(self) -> None:
        rules = (Floor({"A": 700, "B": 1}), Launch({"B": 450}))
        plan = two_channels(*rules, bends={("launch", "B"): 2})
        assert amounts(plan) == [700.0, 300.0]
        assert the_bent(plan).excess == pytest.approx(150.0)

    def test_a_channel_may_also_stay_out_so_that_its_launch_holds(self) -> None:
        plan = two_channels(Floor({"A": 700}), Launch({"B": 450}), bends={("launch", "B"): 2})
        assert amounts(plan) == [1000.0, 0.0]
        assert not plan.bent

    def test_more_channels_change_than_may_where_one_alone_cannot(self) -> None:
        plan = two_channels(Moves(most=1), Floor({"A": 600}), bends={("moves", "most"): 3})
        assert amounts(plan) == [600.0, 400.0]
        bent = the_bent(plan)
        assert (bent.used, bent.excess, bent.unit) == (2.0, 1.0, "channels")

    def test_the_price_of_a_count_is_what_one_change_more_would_bring(self) -> None:
        three = (A, B, channel("C", top=2000, half=900))
        base = problem(three, [[500.0], [500.0], [500.0]], (Moves(most=1), Floor({"A": 600})))
        plan = reallocate(replace(base, bends={("moves", "most"): 3}))
        free = problem(three, [[500.0], [500.0], [500.0]], (Floor({"A": 600}),))
        assert the_bent(plan).used == 2.0
        assert the_bent(plan).price == pytest.approx(
            reallocate(free).objective - plan.objective, rel=0.02
        )

    def test_a_small_change_is_made_where_it_must_be(self) -> None:
        rules = (Moves(least=100.0), Floor({"A": 550}), Cap({"A": 560}))
        plan = two_channels(*rules, bends={("moves", "least A"): 3, ("moves", "least B"): 3})
        assert amounts(plan)[0] == pytest.approx(560.0)
        assert {bent.key for bent in plan.bent} == {"least A", "least B"}


class TestCurves:
    def test_a_target_gives_way_to_what_the_true_curves_can_bring(self) -> None:
        plan = two_channels(
            Target("response", 1000.0, "CNY"),
            Elasticity(Band(0.02, 0.02)),
            bends={("target", "response"): 3},
        )
        best = two_channels(Elasticity(Band(0.02, 0.02)), bends={})
        assert the_bent(plan).used == pytest.approx(best.objective, rel=1e-6)
        assert the_bent(plan).excess == pytest.approx(1000.0 - best.objective, rel=1e-5)

    def test_a_band_gives_way_as_far_as_the_true_curves_need_for_a_target(self) -> None:
        def brought(x: float) -> float:
            return 900 * x / (x + 400) + 600 * (1000 - x) / (1300 - x)

        plan = two_channels(
            Target("response", brought(560.0), "CNY"),
            Elasticity(Band(0.1, 0.1)),
            bends={("elasticity", ""): 3},
        )
        assert amounts(plan) == pytest.approx([560.0, 440.0], abs=0.05)
        assert not violations(plan.allocation)[2:]
        assert {bent.key for bent in plan.bent} == {"A", "B"}

    def test_a_roi_floor_gives_way_to_what_a_floor_leaves_of_it(self) -> None:
        rules = (RoiFloor({"B": 1.2}), Floor({"B": 400}))
        plan = two_channels(*rules, bends={("roi_floor", "B"): 3})
        bent = the_bent(plan)
        assert amounts(plan)[1] == pytest.approx(400.0, abs=0.02)
        assert bent.used == pytest.approx(600 / 700, rel=1e-4)

    def test_two_curve_rules_on_one_level_give_the_least_together(self) -> None:
        rules = (RoiFloor({"A": 1.0, "B": 1.0}),)
        base = problem((A, B), [[700.0], [500.0]], rules, bends={("roi_floor", ""): 3})
        plan = reallocate(base)
        x = np.linspace(0.0, 1200.0, 120_001)
        excess = np.maximum(x - 900 * x / (x + 400), 0) / 700
        excess += np.maximum((1200 - x) - 600 * (1200 - x) / (1500 - x), 0) / 500
        spend = amounts(plan)
        got = sum(
            max(0.0, own - top * own / (own + half)) / now
            for own, top, half, now in zip(spend, (900, 600), (400, 300), (700, 500), strict=True)
        )
        assert got == pytest.approx(float(excess.min()), abs=1e-4)

    def test_an_s_curve_meets_what_is_left_of_its_target(self) -> None:
        steep = (
            channel("A", top=900, half=600, slope=4.0),
            channel("B", top=700, half=500, slope=4.0),
        )
        rules = (Target("response", 1500.0, "CNY"),)
        plan = reallocate(
            problem(steep, [[500.0], [500.0]], rules, bends={("target", "response"): 1})
        )
        x = np.linspace(0.0, 1000.0, 100_001)
        best = 900 * x**4 / (x**4 + 600**4) + 700 * (1000 - x) ** 4 / ((1000 - x) ** 4 + 500**4)
        assert the_bent(plan).used == pytest.approx(float(best.max()), rel=1e-4)


RATES = st.sampled_from([0.5, 0.8, 1.0, 1.3, 2.0, 3.1])
LEVELS = st.sampled_from([None, 1, 2, 2, 7])


@st.composite
def linear_worlds(draw: st.DrawFn) -> AllocationProblem:
    """Linear curves, so that an ordinary linear program can say what is right."""
    count, quarters = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    names = [f"channel {c}" for c in range(count)]
    channels = tuple(channel(n, draw(RATES), 1.0, form=Form.LINEAR) for n in names)
    current = [[draw(st.integers(1, 20)) * 50.0 for _ in range(quarters)] for _ in names]
    amount = st.integers(1, 25).map(lambda n: n * 40.0)
    floors = {n: draw(amount) for n in names if draw(st.booleans())}
    caps = {n: draw(amount) for n in names if draw(st.booleans())}
    low = draw(st.integers(0, 9)) / 10
    share = Share("some", Part(channels=frozenset(names[:2])), (low, low + 0.1))
    band = Band(draw(st.integers(0, 5)) / 10, draw(st.integers(0, 5)) / 10)
    keys = [("share", "some"), *((r, n) for r in ("floor", "cap", "elasticity") for n in names)]
    levels = {key: draw(LEVELS) for key in keys}
    return problem(
        channels,
        current,
        (Elasticity(band), Floor(floors), Cap(caps), share),
        bends={key: level for key, level in levels.items() if level is not None},
        minor_unit=0.0,
    )


class _Oracle:
    """Lexicographic passes by scipy, on rows written out from the policy, not from the program."""

    def __init__(self, world: AllocationProblem) -> None:
        self.world = world
        self.names = [channel.name for channel in world.channels]
        self.count = world.current.size
        self.rows: list[tuple[np.ndarray, float, int | None]] = []
        self._write()

    def _row(self, cells: list[int], sign: float, limit: float, key: tuple[str, str]) -> None:
        """sign * sum of cells <= sign * limit; remembered as a <= row with its level."""
        row = np.zeros(self.count)
        row[cells] = sign
        self.rows.append((row, sign * limit, self.world.bends.get(key)))

    def _write(self) -> None:
        world, quarters = self.world, self.world.current.shape[1]
        elasticity, floor, cap, share = world.rules[1:5]
        assert isinstance(elasticity, Elasticity)
        assert elasticity.default is not None
        assert isinstance(floor, Floor)
        assert isinstance(cap, Cap)
        assert isinstance(share, Share)
        self.measures: list[float] = []
        average = float(world.budget.sum()) / ((len(self.names) + 2) * quarters)

        def add(cells: list[int], sign: float, limit: float, by: float, key: Any) -> None:
            self._row(cells, sign, limit, key)
            self.measures.append(by if by > 0 else average)

        for c, name in enumerate(self.names):
            for q in range(quarters):
                cell, now = c * quarters + q, float(world.current[c, q])
                up, down = elasticity.default.up * now, elasticity.default.down * now
                add([cell], 1.0, now + up, up, ("elasticity", name))
                add([cell], -1.0, now - down, down, ("elasticity", name))
                if name in floor.amounts:
                    amount = floor.amounts[name]
                    add([cell], -1.0, amount, amount, ("floor", name))
                if name in cap.amounts:
                    add([cell], 1.0, cap.amounts[name], cap.amounts[name], ("cap", name))
        part = [c * quarters + q for c in range(2) for q in range(quarters)]
        whole = float(world.budget.sum())
        for sign, end in ((-1.0, share.band[0]), (1.0, share.band[1])):
            add(part, sign, end * whole, end * whole, ("share", "some"))

    def solve(self) -> tuple[dict[int, float], float] | None:
        """The least excess of every level and the objective; None where rules collide."""
        world, quarters = self.world, self.world.current.shape[1]
        bending = [i for i, (_, _, level) in enumerate(self.rows) if level is not None]
        width = self.count + len(bending)
        a = np.zeros((len(self.rows), width))
        for i, (row, _, _) in enumerate(self.rows):
            a[i, : self.count] = row
        for k, i in enumerate(bending):
            a[i, self.count + k] = -1.0
        most = np.array([limit for _, limit, _ in self.rows])
        total = np.zeros((quarters, width))
        for q in range(quarters):
            total[q, q : self.count : quarters] = 1.0
        constraints = [
            LinearConstraint(a, -np.inf, most),
            LinearConstraint(total, world.budget, world.budget),
        ]
        least: dict[int, float] = {}
        for level in sorted({self.rows[i][2] or 0 for i in bending}):
            cost = np.zeros(width)
            for k, i in enumerate(bending):
                if self.rows[i][2] == level:
                    cost[self.count + k] = 1 / self.measures[i]
            found = milp(cost, constraints=constraints, bounds=Bounds(0, np.inf))
            if not found.success:
                return None
            least[level] = max(float(found.fun), 0.0)
            held = least[level] + 1e-8
            constraints.append(LinearConstraint(cost[None, :], -np.inf, held))
        rates = np.repeat([c.curve.top for c in world.channels if c.curve], quarters)
        cost = np.concatenate([-rates, np.zeros(len(bending))])
        found = milp(cost, constraints=constraints, bounds=Bounds(0, np.inf))
        return (least, -float(found.fun)) if found.success else None

    def excess(self, plan: Plan) -> dict[int, float]:
        """The sum of excess over limit of every level, as the plan has it."""
        spend = plan.allocation.spend.ravel()
        sums: dict[int, float] = {}
        for (row, limit, level), by in zip(self.rows, self.measures, strict=True):
            if level is not None:
                sums[level] = sums.get(level, 0.0) + max(0.0, float(row @ spend) - limit) / by
        return sums


class TestAgainstLinearProgramming:
    @settings(deadline=None, max_examples=60)
    @given(linear_worlds())
    def test_every_level_gives_way_by_its_least_and_the_rest_is_the_best(
        self, world: AllocationProblem
    ) -> None:
        oracle = _Oracle(world)
        right = oracle.solve()
        if right is None:
            with pytest.raises(RulesCollide):
                reallocate(world)
            return
        least, objective = right
        plan = reallocate(world)
        assert oracle.excess(plan) == pytest.approx(least, abs=1e-5)
        assert plan.objective == pytest.approx(objective, rel=1.1 * world.tolerance)
        bent = {(entry.rule, entry.key) for entry in plan.bent}
        broken = {(found.rule, found.key) for found in violations(plan.allocation)}
        assert broken <= bent <= set(world.bends)
