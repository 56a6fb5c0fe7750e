"""New channels: what is assumed of them, and what nothing can be assumed from."""

from dataclasses import replace

import numpy as np
import pytest

from models import Period, ResponseCurve
from models.curve import MEMBERS
from models.saturation import Form
from models.similar import assumed

SEARCH = ResponseCurve("Search", Form.HILL, 400.0, 200.0, 1.0, 0.5, Period.WEEK)
DISPLAY = ResponseCurve("Display", Form.HILL, 100.0, 25.0, 2.0, 0.0, Period.WEEK)


def test_a_new_channel_like_one_other_has_its_curve():
    curve = assumed("Podcast", [SEARCH])
    numbers = (curve.top, curve.half, curve.slope, curve.carryover)
    assert numbers == pytest.approx((400, 200, 1, 0.5))
    assert curve.channel == "Podcast"


def test_a_new_channel_lies_between_those_it_is_like():
    curve = assumed("Podcast", [SEARCH, DISPLAY])
    assert curve.top == pytest.approx(200)
    assert curve.carryover == pytest.approx(0.25)
    # Kept up, Search reaches half of its top at 100 a week, Display at 25.
    assert curve.half * (1 - 0.25) == pytest.approx(50)
    assert curve.slope == pytest.approx(np.sqrt(2))


def test_what_is_assumed_says_so_and_is_very_unsure():
    curve = assumed("Podcast", [SEARCH, DISPLAY])
    assert curve.diagnostics.source == "assumed"
    assert curve.diagnostics.flags == ("assumed",)
    assert "like that of Search, Display" in curve.diagnostics.notes[0]
    tops = np.array([member.top for member in curve.members])
    assert len(tops) == MEMBERS
    low, high = np.quantile(tops, [0.1, 0.9])
    assert low < 0.6 * curve.top
    assert high > 3 * low


@pytest.mark.parametrize(
    "curve", [SEARCH, DISPLAY, replace(SEARCH, form=Form.LINEAR), replace(SEARCH, form=Form.POWER)]
)
def test_doubt_alone_is_worth_nothing(curve):
    new = assumed("Podcast", [curve])
    # Money that, kept up, has a carry-over of its own build up to the half.
    money = new.half * (1 - new.carryover)
    each = [new.drawn(m).at(money / (1 - new.drawn(m).carryover)) for m in range(MEMBERS)]
    assert np.mean(each) == pytest.approx(new.at(new.half))


def test_the_same_new_channel_is_always_assumed_to_be_the_same_and_another_one_differs():
    assert assumed("Podcast", [SEARCH]) == assumed("Podcast", [SEARCH])
    assert assumed("Podcast", [SEARCH]).members != assumed("Radio", [SEARCH]).members


@pytest.mark.parametrize(
    ("like", "words"),
    [
        ([], "at least one"),
        ([replace(SEARCH, known=False)], "'Search' brings is not known"),
        ([replace(SEARCH, top=0.0)], "'Search' brings is not known"),
        ([SEARCH, replace(DISPLAY, period=Period.MONTH)], "'Display' \\(hill, by the month"),
        ([SEARCH, replace(DISPLAY, form=Form.LINEAR)], "'Display' \\(linear"),
    ],
)
def test_nothing_is_assumed_from_what_does_not_fit(like, words):
    with pytest.raises(ValueError, match=words):
        assumed("Podcast", like)
