import pytest

from optimizer.channel import Channel
from optimizer.reallocate import reallocate, violations
from optimizer.rules import Band, Budget, Elasticity, NamedReserve, Part, Reserve
from tests.optimizer.rules.pricing import gain, price, solved
from tests.optimizer.worlds import allocation, channel, problem, with_rules

CHANNELS = (
    channel("Stars", 900, 200, unit="KOL"),
    channel("Search", 2000, 100),
    Channel("Crisis fund", unit="KOL"),
)
BASE = problem(CHANNELS, [[100.0] * 3, [100.0] * 3, [5.0] * 3])
PM50 = Elasticity(default=Band(0.5, 0.5))
KOL = Part(units=frozenset({"KOL"}))


def crisis(low: float, high: float, until: str | None = None) -> NamedReserve:
    return NamedReserve("Crisis fund", "crisis communication", KOL, (low, high), until)


def test_the_reserve_is_a_share_of_its_line_with_itself_in_every_quarter() -> None:
    stars, _, fund = reallocate(with_rules(BASE, PM50, crisis(0.10, 0.15))).allocation.spend
    assert fund == pytest.approx(0.10 * (stars + fund), abs=0.02)


def test_after_its_last_quarter_nothing_is_kept() -> None:
    fund = reallocate(with_rules(BASE, PM50, crisis(0.10, 0.15, "2027Q2"))).allocation.spend[2]
    assert fund[:2].min() > 5
    assert fund[2] == 0


def test_a_line_may_be_named_without_the_reserve_in_it() -> None:
    """Its whole is the part and the reserve, whether or not the part has it already."""
    stars = Part(channels=frozenset({"Stars"}))
    apart = NamedReserve("Crisis fund", "crisis communication", stars, (0.10, 0.15))
    plans = [reallocate(with_rules(BASE, PM50, rule)) for rule in (apart, crisis(0.10, 0.15))]
    assert plans[0].allocation.spend.tolist() == plans[1].allocation.spend.tolist()


def test_a_reserve_outside_its_band_or_past_its_end_is_noticed() -> None:
    base = with_rules(BASE, crisis(0.10, 0.15, "2027Q2"))
    found = violations(allocation(base, BASE.current))
    assert [(v.key, v.quarter) for v in found] == [
        ("crisis communication", quarter) for quarter in ("2027Q1", "2027Q2", "2027Q3")
    ]
    assert [v.excess for v in found] == pytest.approx([5.5, 5.5, 5.0])
    kept = [[90.0, 90.0, 105.0], [104.0, 104.0, 100.0], [11.0, 11.0, 0.0]]
    assert not violations(allocation(base, kept))


def test_its_reason_says_what_it_is_for() -> None:
    plan = reallocate(with_rules(BASE, PM50, crisis(0.10, 0.15, "2027Q2")))
    reasons = [row.reason for row in plan.rows if row.channel == "Crisis fund"]
    assert "the reserve for crisis communication holds the least it may: 10 % of KOL" in reasons[0]
    assert reasons[2] == "nothing is kept for crisis communication after 2027Q2"


def test_one_point_less_of_the_reserve_brings_its_price() -> None:
    base = with_rules(BASE, PM50, crisis(0.10, 0.15))
    brings = gain(base, (Budget(), PM50, crisis(0.098, 0.15), Reserve()))
    paid = price(solved(base), "named_reserve", "crisis communication", "min")
    assert 0.2 * paid == pytest.approx(brings, rel=0.02)
