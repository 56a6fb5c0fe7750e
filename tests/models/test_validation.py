"""Whether past quarters would have been foretold."""

from dataclasses import replace

import numpy as np
import pytest

from models import Curves, Period, ResponseCurve
from models.fit import fit
from models.saturation import Form
from models.validation import back_test
from tests.models.worlds import attributed_world, history, totals_world


def straight(channel: str, slope: float) -> ResponseCurve:
    return ResponseCurve(channel, Form.LINEAR, slope, 1.0, 1.0, 0.0, Period.WEEK)


def test_only_what_was_known_is_looked_at():
    told = attributed_world(1).history
    lengths = []

    def watched(before):
        lengths.append(len(before.starts))
        assert before.starts == told.starts[: len(before.starts)]
        return fit(before)

    found = back_test(told, watched)
    assert lengths == [143, 130, 117, 104]
    assert found.origins[0] == told.starts[143]


def test_errors_are_shares_of_what_a_quarter_brought():
    spend = np.full((156, 1), 100.0)
    told = history(spend, 2 * spend)
    found = back_test(told, lambda before: Curves((straight("A", 2.2),)))
    assert found.channels == {"A": pytest.approx(0.1)}
    assert found.total == pytest.approx(0.1)
    assert found.naive == pytest.approx(0.0)


def test_attributed_results_of_an_ordinary_world_are_foretold():
    found = back_test(attributed_world(2).history, fit)
    assert set(found.channels) == {"A", "B", "C"}
    assert max(found.channels.values()) < 0.1
    assert found.total < 0.6 * found.naive


def test_total_revenue_of_an_ordinary_world_is_foretold():
    found = back_test(totals_world(1, weeks=208).history, fit)
    assert found.channels == {}
    assert found.total < 0.05
    assert found.total < 0.6 * found.naive


def test_a_channel_without_a_curve_is_not_judged():
    spend = np.full((156, 2), 100.0)
    told = history(spend, 2 * spend)
    unknown = replace(straight("B", 0.0), known=False)
    found = back_test(told, lambda before: Curves((straight("A", 2.0), unknown)))
    assert set(found.channels) == {"A"}


def test_a_history_of_a_year_cannot_be_tried():
    found = back_test(attributed_world(1, weeks=60).history, fit)
    assert found == back_test(attributed_world(1, weeks=52).history, fit)
    assert (found.origins, found.total) == ((), None)


def test_a_control_is_known_ahead_in_the_past_where_it_is_now():
    told = totals_world(1).history
    known = replace(told, ahead={"price": np.array([0.5, 0.7])})
    assert known.until(100).ahead["price"].tolist() == [*told.controls["price"][100:], 0.5, 0.7]
    assert told.until(100).ahead == {}
