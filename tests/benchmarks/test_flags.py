"""Few totals: what is said of channels of which they tell nothing."""

from datetime import date

import pytest

from benchmarks.flags import RHYTHMS, added_up, told
from models.fit import fit
from models.period import Period
from models.simulate import world


@pytest.fixture(scope="module")
def drawn():
    return world("bursts", 108)


def test_a_channel_of_which_months_tell_nothing_is_flagged_though_the_odds_are_for_it(drawn):
    found = told(drawn, RHYTHMS["24 months"])
    assert found.untold[1]
    assert not found.odds[1]
    curves = fit(added_up(drawn.history, *RHYTHMS["24 months"]))
    assert curves.curves[1].diagnostics.flags == ("weak",)
    assert any(curves.curves[1].channel in words for words in curves.warnings)


def test_the_same_channel_by_the_week_is_told_and_not_flagged(drawn):
    found = told(drawn, RHYTHMS["weeks"])
    assert not found.untold[1]
    assert fit(drawn.history).curves[1].diagnostics.flags == ()


def test_weeks_add_up_to_whole_months(drawn):
    months = added_up(drawn.history, Period.MONTH, 24)
    assert (len(months.starts), months.starts[-1].day) == (24, 1)
    weeks = drawn.history.starts
    inside = [p for p, day in enumerate(weeks) if months.starts[0] <= day < months.starts[-1]]
    between = drawn.history.spend[inside].sum(axis=0)
    assert months.spend[:-1].sum(axis=0) == pytest.approx(between, rel=0.03)
    assert months.starts[0] > date(2022, 7, 31)
