from dataclasses import replace

import pytest

from optimizer.channel import CUSTOMERS, DIRECT, WEIGHT, Channel, Result
from optimizer.plan import Plan
from optimizer.reallocate import reallocate
from optimizer.rules import Target
from reallot.report.worth import worth_of
from tests.optimizer.worlds import channel, problem


def plan_of(*channels: Channel, current: list[list[float]]) -> Plan:
    return reallocate(problem(channels, current))


def test_return_and_cost_are_counted_as_the_worked_example_counts_them() -> None:
    """Cost 500,000 (fixed 150,000), direct return 530,000, indirect 2,000,000."""
    parts = ((DIRECT, 1.0), (CUSTOMERS, 2_000_000 / 530_000))
    event = channel("Event", top=1_060_000, half=350_000)
    event = replace(event, fixed_cost=150_000, parts=parts, value=sum(w for _, w in parts))
    worth, total = worth_of(plan_of(event, current=[[500_000.0]]))
    assert worth.parts == {DIRECT: pytest.approx(530_000), CUSTOMERS: pytest.approx(2_000_000)}
    assert (worth.fixed, worth.media, worth.result) == (150_000, 350_000, pytest.approx(0))
    assert worth.roi == pytest.approx(4.060, abs=5e-4)
    assert worth.direct_roi == pytest.approx(0.514, abs=5e-4)
    assert total.value == pytest.approx(2_530_000)


def test_value_by_part_adds_up_to_the_objective_and_cost_by_kind_to_the_money() -> None:
    live = replace(channel("Live", 700, 60), cost_of_result=0.1, fixed_cost=10)
    search = replace(channel("Search", 900, 200), value=1.2, parts=((DIRECT, 1.0), (WEIGHT, 0.2)))
    plan = plan_of(live, search, current=[[100.0], [200.0]])
    total = worth_of(plan)[-1]
    assert total.value == pytest.approx(plan.objective)
    assert total.cost == pytest.approx(plan.allocation.spend.sum())
    assert total.result == pytest.approx(0.1 * worth_of(plan)[0].value)


def test_a_weight_is_no_return() -> None:
    search = replace(channel("Search", 900, 200), value=3.0, parts=((DIRECT, 1.0), (WEIGHT, 2.0)))
    worth = worth_of(plan_of(search, current=[[100.0]]))[0]
    assert worth.roi == pytest.approx((300 - 100) / 100)


def test_where_all_is_one_part_and_one_kind_nothing_is_told_apart() -> None:
    assert worth_of(plan_of(channel("Search"), current=[[100.0]])) == ()


def customers_of(
    name: str, value: float, parts: tuple[tuple[str, float], ...]
) -> dict[str, Result]:
    curve = channel(name, 100, 600).curve
    assert curve is not None
    return {"new_customers": Result(curve, value, parts)}


def test_customers_by_their_own_curve_are_a_part_of_their_own() -> None:
    own = customers_of("Search", 3.6, ((CUSTOMERS, 3.0), (WEIGHT, 0.6)))
    parts = ((DIRECT, 1.0), (WEIGHT, 0.2))
    search = replace(channel("Search", 900, 200), value=1.2, parts=parts, results=own)
    plan = plan_of(search, current=[[200.0]])
    worth = worth_of(plan)[0]
    # 900 * 200 / 400 of response, 100 * 200 / 800 customers.
    assert worth.parts == {
        DIRECT: pytest.approx(450),
        CUSTOMERS: pytest.approx(3 * 25),
        WEIGHT: pytest.approx(0.2 * 450 + 0.6 * 25),
    }
    assert worth.value == pytest.approx(plan.objective)


def test_the_least_money_counts_customers_in_its_worth_as_well() -> None:
    own = customers_of("Search", 3.0, ((CUSTOMERS, 3.0),))
    search = replace(channel("Search", 900, 200), results=own)
    base = problem((search,), [[200.0]], (Target("response", 450, "CNY"),), objective="spend")
    worth = worth_of(reallocate(base))[0]
    assert worth.parts == {
        DIRECT: pytest.approx(450, rel=1e-4),
        CUSTOMERS: pytest.approx(75, rel=1e-4),
    }
