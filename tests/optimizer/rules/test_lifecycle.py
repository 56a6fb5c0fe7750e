import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Lifecycle, Part, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Launch film", 500, 400, tags=("new phone", "brand")),
    channel("Launch search", 2500, 100, tags=("new phone", "performance")),
    channel("Search", 1500, 200, tags=("performance",)),
)
BASE = problem(CHANNELS, np.full((3, 2), 100.0))
PM80 = Elasticity(default=Band(0.8, 0.8))
PHONE = Part(tags=frozenset({"new phone"}))


def launch(share: float = 0.7) -> Lifecycle:
    return Lifecycle(PHONE, "launch", "brand", share)


def test_a_launch_spends_most_of_the_products_money_on_brand() -> None:
    film, search, _ = reallocate(with_rules(BASE, PM80, launch())).allocation.spend
    assert film.sum() == pytest.approx(0.7 * (film.sum() + search.sum()), abs=0.03)


def test_too_little_of_what_the_stage_asks_for_is_noticed() -> None:
    base = with_rules(BASE, launch())
    found = violations(allocation(base, BASE.current))
    assert [(v.rule, v.key) for v in found] == [("lifecycle", "new phone")]
    assert found[0].excess == pytest.approx(0.7 * 400 - 200)
    assert not violations(allocation(base, [[140.0] * 2, [60.0] * 2, [100.0] * 2]))


def test_the_reason_names_the_stage() -> None:
    plan = reallocate(with_rules(BASE, PM80, launch()))
    reason = next(row.reason for row in plan.rows if row.channel == "Launch film")
    assert "new phone is at its launch stage" in reason


def test_one_point_less_for_the_stage_brings_its_price() -> None:
    base = with_rules(BASE, PM80, launch())
    brings = gain(base, (Budget(), PM80, launch(0.698), Reserve()))
    assert 0.2 * price(solved(base), "lifecycle", "new phone", "min") == pytest.approx(
        brings, rel=0.02
    )
