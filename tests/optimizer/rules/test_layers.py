import numpy as np
import pytest

from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, Layers, Part, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Stars", 700, 400, unit="KOL", tags=("head",)),
    channel("Experts", 900, 100, unit="KOL", tags=("waist",)),
    channel("Fans", 1500, 200, unit="KOL", tags=("tail",)),
    channel("Friends", 900, 200, unit="KOL", tags=("tail",)),
    channel("Search", 1200, 200),
)
BASE = problem(CHANNELS, np.full((5, 2), 100.0))
PM80 = Elasticity(default=Band(0.8, 0.8))
KOL = Part(units=frozenset({"KOL"}))
SHARES = {"head": 0.5, "waist": 0.3, "tail": 0.2}


def kol(leeway: float = 0.0, each_quarter: bool = False) -> Layers:
    return Layers("KOL", KOL, SHARES, leeway, each_quarter)


def split(spend: np.ndarray) -> list[float]:
    """Head, waist and tail as shares of the line."""
    head, waist, fans, friends = (float(amounts.sum()) for amounts in spend[:4])
    line = head + waist + fans + friends
    return [head / line, waist / line, (fans + friends) / line]


def test_a_line_is_split_between_its_layers() -> None:
    spend = reallocate(with_rules(BASE, PM80, kol())).allocation.spend
    assert split(spend) == pytest.approx([0.5, 0.3, 0.2], abs=1e-4)


def test_each_quarter_keeps_the_split_where_the_rule_says_so() -> None:
    spend = reallocate(with_rules(BASE, PM80, kol(each_quarter=True))).allocation.spend
    for q in range(2):
        assert split(spend[:, [q]]) == pytest.approx([0.5, 0.3, 0.2], abs=1e-4)


def test_with_leeway_the_layers_that_bring_more_get_more() -> None:
    spend = reallocate(with_rules(BASE, PM80, kol(0.05))).allocation.spend
    head, waist, tail = split(spend)
    assert (head, tail) == pytest.approx((0.45, 0.25), abs=1e-4)
    assert 0.25 <= waist <= 0.35


def test_a_line_off_its_split_is_noticed() -> None:
    base = with_rules(BASE, kol(0.05))
    found = violations(allocation(base, BASE.current))
    assert [(v.rule, v.key) for v in found] == [("layers", "KOL head"), ("layers", "KOL tail")]
    assert [v.excess for v in found] == pytest.approx([0.45 * 800 - 200, 400 - 0.25 * 800])
    kept = [[192.0] * 2, [124.0] * 2, [42.0] * 2, [42.0] * 2, [100.0] * 2]
    assert not violations(allocation(base, kept))


@pytest.mark.parametrize("seed", range(30))
def test_rounded_amounts_keep_an_exact_split(seed: int) -> None:
    draw = np.random.default_rng(seed)
    current = np.round(draw.uniform(20, 200, (5, 2)), 2)
    rule = Layers("KOL", KOL, SHARES, each_quarter=bool(seed % 2))
    base = problem(CHANNELS, current)
    plan = reallocate(with_rules(base, Elasticity(default=Band(0.95, 5.0)), rule))
    assert split(plan.allocation.spend) == pytest.approx([0.5, 0.3, 0.2], abs=1e-3)


def test_more_leeway_brings_the_prices_of_the_layers_together() -> None:
    base = with_rules(BASE, PM80, kol(0.05))
    brings = gain(base, (Budget(), PM80, kol(0.052), Reserve()))
    plan = solved(base)
    paid = sum(
        price(plan, "layers", f"KOL {tag}", side) for tag in SHARES for side in ("min", "max")
    )
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)


def test_without_leeway_the_first_point_of_it_goes_from_the_worst_layer_to_the_best() -> None:
    base = with_rules(BASE, PM80, kol())
    brings = gain(base, (Budget(), PM80, kol(0.002), Reserve()))
    assert 0.2 * price(solved(base), "layers", "KOL head", "min") == pytest.approx(brings, rel=0.02)
