from dataclasses import replace

import pytest

from optimizer.plan import RuleEntry, Side
from reallot.report.binding import binding_rules, dearest, spans
from tests.reallot.report.plans import plan_of


def _entry(key: str, side: Side, quarter: str | None, limit: float, price: float) -> RuleEntry:
    return RuleEntry(
        rule="elasticity",
        key=key,
        quarter=quarter,
        side=side,
        limit=limit,
        used=limit,
        slack=0.0,
        price=price,
        unit="%",
        binding=True,
        text=f"{key} may move {limit:g} % and no further",
    )


UP = _entry("Search", "max", "2027Q1", 20, 5000.0)
UP_LATER = _entry("Search", "max", "2027Q2", 20, 3000.0)
DOWN = _entry("TV", "min", "2027Q2", -20, 400.0)
POOL = replace(DOWN, rule="reserve", key="pool", quarter=None, limit=10, price=9000.0)


def test_a_limit_that_binds_in_several_quarters_is_one_line() -> None:
    plan = replace(plan_of(), rules=(UP, UP_LATER))
    (rule,) = binding_rules(plan)
    assert rule.prices == (5000.0, 3000.0)
    assert (rule.limit, rule.step, rule.gain) == ("at most 20 %", "+1 pp", 8000.0)


def test_a_limit_that_does_not_bind_is_left_out() -> None:
    plan = replace(plan_of(), rules=(UP, replace(DOWN, binding=False)))
    assert [rule.key for rule in binding_rules(plan)] == ["Search"]


def test_the_dearest_rule_comes_first_and_a_lower_end_loosens_downwards() -> None:
    plan = replace(plan_of(), rules=(DOWN, UP, POOL))
    rules = binding_rules(plan)
    assert [rule.key for rule in rules] == ["pool", "Search", "TV"]
    assert [rule.step for rule in rules] == ["−1 pp", "+1 pp", "−1 pp"]


def test_a_limit_on_a_resource_is_in_its_own_unit() -> None:
    co2 = replace(UP, rule="resource", key="CO2", limit=500.0, unit="t")
    (rule,) = binding_rules(replace(plan_of(), rules=(co2,)))
    assert (rule.limit, rule.step) == ("at most 500 t", "+1 t")


def test_the_whole_horizon_is_a_column_only_where_a_rule_is_over_it() -> None:
    assert spans(replace(plan_of(), rules=(UP,))) == ("2027Q1", "2027Q2")
    assert spans(replace(plan_of(), rules=(UP, POOL))) == ("2027Q1", "2027Q2", None)


def test_an_amount_that_is_fixed_is_one_line_with_the_side_that_has_a_price() -> None:
    fixed = [
        replace(UP, rule="committed", key="TV", side=side, limit=700.0, price=price, unit="CNY")
        for side, price in (("min", 0.6), ("max", 0.0))
    ]
    (rule,) = binding_rules(replace(plan_of(), rules=tuple(fixed)))
    assert (rule.limit, rule.step) == ("fixed 700", "−1 CNY")


def test_prices_in_words_name_each_rule_once_and_skip_what_costs_nothing() -> None:
    free = replace(DOWN, key="Radio", price=0.0)
    plan = replace(plan_of(), rules=(UP, UP_LATER, POOL, free))
    assert [entry.key for entry in dearest(plan, 5)] == ["pool", "Search"]


@pytest.mark.parametrize("most", [0, 1])
def test_no_more_prices_are_told_than_asked_for(most: int) -> None:
    assert len(dearest(replace(plan_of(), rules=(UP, POOL)), most)) == most
