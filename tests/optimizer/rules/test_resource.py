import numpy as np
import pytest

from optimizer.errors import RulesCollide
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Reserve, Resource
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Search", 900, 400),
    channel("TV", 4000, 100),
    channel("Print", 500, 400),
)
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM50 = Elasticity(default=Band(0.5, 0.5))
RATES = {"TV": 2e-4, "Print": 1e-4}


def co2(limit: float, each_quarter: bool = False, rates: dict[str, float] = RATES) -> Resource:
    return Resource("CO2", "t", limit, rates, each_quarter)


def used(spend: np.ndarray) -> np.ndarray:
    """Tonnes per quarter."""
    return np.asarray(2e-4 * spend[1] + 1e-4 * spend[2])


def test_a_plan_uses_no_more_of_a_resource_than_there_is() -> None:
    free = reallocate(with_rules(BASE, PM50)).allocation.spend
    plan = reallocate(with_rules(BASE, PM50, co2(0.05)))
    assert used(free).sum() > 0.06
    assert used(plan.allocation.spend).sum() == pytest.approx(0.05, rel=1e-4)
    (entry,) = [entry for entry in plan.rules if entry.rule == "resource"]
    assert (entry.unit, entry.limit, entry.binding) == ("t", 0.05, True)
    assert entry.used == pytest.approx(0.05, rel=1e-4)


def test_each_quarter_has_its_own_where_the_rule_says_so() -> None:
    plan = reallocate(with_rules(BASE, PM50, co2(0.025, each_quarter=True)))
    assert used(plan.allocation.spend) == pytest.approx([0.025, 0.025], rel=1e-3)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_the_size_of_the_resources_numbers_does_not_matter(scale: float) -> None:
    rates = {name: scale * rate for name, rate in RATES.items()}
    plan = reallocate(with_rules(BASE, PM50, co2(0.05 * scale, rates=rates)))
    assert used(plan.allocation.spend).sum() == pytest.approx(0.05, rel=1e-4)


def test_a_plan_that_uses_more_than_there_is_is_noticed() -> None:
    base = with_rules(BASE, PM50, co2(0.025, each_quarter=True))
    found = violations(allocation(base, [[145.0, 100.0], [95.0, 100.0], [60.0, 100.0]]))
    assert [(v.rule, v.key, v.quarter) for v in found] == [("resource", "CO2", "2027Q2")]
    assert "0.005 t of CO2 too many" in found[0].text


def test_a_resource_that_does_not_suffice_says_how_much_would() -> None:
    with pytest.raises(RulesCollide) as collision:
        reallocate(with_rules(BASE, PM50, co2(20.0, rates={"TV": 1.0})))
    conflict = collision.value.conflict
    assert "all 20 t of CO2 are used" in conflict.rules
    assert "provide 100 t of CO2 instead of 20" in conflict.remedies


def test_one_unit_more_of_a_resource_brings_its_price() -> None:
    base = with_rules(BASE, PM50, co2(0.05))
    brings = gain(base, (Budget(), PM50, co2(0.0501), Reserve()))
    paid = price(solved(base), "resource", "CO2", "max")
    assert 1e-4 * paid == pytest.approx(brings, rel=0.02)
