"""scikit-learn's own checks of the estimators, and what they promise beyond them."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.attributed import AttributedCurve
from models.mix import MixRegressor
from tests.models.worlds import attributed_world, totals_world

# Rows are periods of one course of time: what a row means depends on the rows before it. So these
# three cannot hold for any model with carry-over, though one passes where the check's data show
# no effect.
IN_ORDER = {
    "check_methods_sample_order_invariance": "rows in another order are another course of spend",
    "check_methods_subset_invariance": "a part of the rows begins at another time",
    "check_sample_weight_equivalence_on_dense_data": "a row repeated is one more period of spend",
}


def expected_failures(_estimator: Any) -> dict[str, str]:
    return IN_ORDER


@parametrize_with_checks(
    [AttributedCurve(), MixRegressor()],
    expected_failed_checks=expected_failures,
)
def test_estimators_keep_scikit_learns_conventions(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_period_without_weight_counts_for_carry_over_only() -> None:
    history = attributed_world(3, channels=1).history
    X, y = history.spend, history.attributed["revenue"][:, 0]
    weight = np.ones(len(y))
    weight[40:50] = 0
    wrong = y.copy()
    wrong[40:50] = 1e9
    left_out = AttributedCurve().fit(X, wrong, weight)
    assert left_out.curve_ == AttributedCurve().fit(X, y, weight).curve_
    assert left_out.curve_ != AttributedCurve().fit(X, y).curve_


def test_spend_in_several_columns_is_added_up() -> None:
    history = attributed_world(3, channels=1).history
    y = history.attributed["revenue"][:, 0]
    halves = np.hstack([history.spend / 2, history.spend / 2])
    assert AttributedCurve().fit(halves, y).curve_ == AttributedCurve().fit(history.spend, y).curve_


@pytest.mark.parametrize("estimator", [AttributedCurve(), MixRegressor(channels=1)])
def test_negative_spend_and_weights_that_are_none_are_refused(estimator: Any) -> None:
    X, y = np.array([[1.0, 2.0], [-3.0, 1.0], [2.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="spend is >= 0"):
        clone(estimator).fit(X, y)
    with pytest.raises(ValueError, match="not zero throughout"):
        clone(estimator).fit(np.abs(X), y, np.zeros(3))
    with pytest.raises(ValueError, match="expected \\(3,\\)"):
        clone(estimator).fit(np.abs(X), y, np.ones(2))


def test_controls_may_be_negative() -> None:
    history = totals_world(1).history
    X = np.column_stack([history.spend, history.controls["price"]])
    model = MixRegressor(channels=3).fit(X, history.outcome)
    assert model.score(X, history.outcome) > 0.7
