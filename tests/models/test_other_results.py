"""Curves of what is counted beside revenue: customers, conversions, exposures."""

from dataclasses import replace

import numpy as np
import pytest

from models import Curves
from models.fit import fit
from tests.models.worlds import attributed_world


def counted(customers_per_revenue: float = 0.01):
    past = attributed_world(2).history
    revenue = past.attributed["revenue"]
    random = np.random.default_rng(1)
    customers = customers_per_revenue * revenue * np.exp(random.normal(0, 0.05, revenue.shape))
    customers[:, 2] = np.nan
    return replace(past, attributed={"revenue": revenue, "new_customers": customers})


def test_customers_have_a_curve_of_their_own_with_the_carry_over_of_revenue():
    past = counted()
    curves = fit(past)
    of = curves.results["new_customers"]
    assert [curve.channel for curve in of] == ["A", "B"]
    for c, curve in enumerate(of):
        money = curves[curve.channel]
        assert curve.carryover == pytest.approx(money.carryover)
        assert len(curve.members) == len(money.members)
        s = past.spend[:, c].mean() / (1 - curve.carryover)
        assert float(curve.at(s)) == pytest.approx(0.01 * float(money.at(s)), rel=0.05)
    assert Curves.from_json(curves.to_json()) == curves


def test_revenue_curves_do_not_depend_on_what_else_is_counted():
    past = counted()
    assert fit(past).curves == fit(replace(past, attributed=past.attributed | {})).curves
    alone = replace(past, attributed={"revenue": past.attributed["revenue"]})
    assert fit(past).curves == fit(alone).curves


def test_too_few_counts_make_no_curve_and_no_noise():
    past = counted()
    customers = past.attributed["new_customers"].copy()
    customers[5:] = np.nan
    curves = fit(replace(past, attributed=past.attributed | {"new_customers": customers}))
    assert curves.results == {}
    assert curves.warnings == fit(past).warnings


def test_metrics_nobody_plans_by_get_no_curve():
    past = counted()
    clicks = past.attributed | {"clicks": past.attributed["revenue"]}
    assert set(fit(replace(past, attributed=clicks)).results) == {"new_customers"}
