from dataclasses import replace

import numpy as np
import pytest

from models.curve import Curves
from models.history import History
from reallot.report.curves_html import MOST_DRAWN, curves_html
from tests.reallot.report.pages import Page, assert_accessible, assert_safe
from tests.reallot.report.plans import HOSTILE, ORDINARY, unsure_plan
from tests.reallot.report.test_known import history


def _curves(names: tuple[str, ...] = ORDINARY) -> Curves:
    channels = unsure_plan(names).problem.channels
    return Curves(tuple(channel.curve for channel in channels if channel.curve is not None))


def _history(names: tuple[str, ...] = ORDINARY) -> History:
    one = history([100.0] * 60)
    spend = np.tile(one.spend, len(names))
    return replace(one, channels=names, spend=spend, observed=spend > 0)


def _page(names: tuple[str, ...] = ORDINARY) -> Page:
    return Page(curves_html(_curves(names), _history(names), "FY2027", "CNY"))


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_the_page_is_safe_and_can_be_read_without_seeing_it(names: tuple[str, ...]) -> None:
    page = _page(names)
    assert_safe(page)
    assert_accessible(page)
    for name in names:
        assert " ".join(name.split()) in page.words


def test_the_headline_counts_the_channels_that_are_unsure() -> None:
    # TV is weak, and of Radio nothing is known.
    assert "What money brings in 4 channels, 2 of them unsure" in _page().words


def test_every_curve_is_drawn_with_its_return() -> None:
    page = _page()
    assert len(page.all("figure")) == len(ORDINARY)
    assert "At the usual 100 CNY a week, one CNY brings" in page.words.replace("\xa0", " ")


def test_of_many_channels_those_with_most_spend_are_drawn_and_all_are_in_the_table() -> None:
    names = tuple(f"Channel {number}" for number in range(MOST_DRAWN + 3))
    page = _page(names)
    assert len(page.all("figure")) == MOST_DRAWN
    assert "Not drawn: 3 " in page.words
    assert f"Channel {MOST_DRAWN + 2}" in page.words


def test_a_curve_without_history_is_drawn_all_the_same() -> None:
    first, *rest = _curves().curves
    curves = Curves((replace(first, observed=None, members=()), *rest))
    page = Page(curves_html(curves, None, "FY2027", "CNY"))
    assert len(page.all("figure")) == len(ORDINARY)


def test_a_curve_that_says_nothing_is_in_the_table_only() -> None:
    first, *rest = _curves().curves
    silent = replace(first, top=0.0, members=(), known=False)
    page = Page(curves_html(Curves((silent, *rest)), _history(), "FY2027", "CNY"))
    assert len(page.all("figure")) == len(ORDINARY) - 1
    assert "Not drawn: 1 " in page.words


def test_no_curve_at_all_makes_a_page_that_says_so() -> None:
    page = Page(curves_html(Curves(()), None, "FY2027", "CNY"))
    assert_accessible(page)
    assert "0 channels" in page.words


def test_curves_of_other_results_have_a_table_of_their_own() -> None:
    curves = _curves()
    both = replace(curves, results={"new_customers": curves.curves[:2]})
    page = Page(curves_html(both, _history(), "FY2027", "CNY"))
    assert_accessible(page)
    assert "New customers" in page.words


def test_no_figure_has_a_tail_of_digits() -> None:
    words = _page().words
    assert "nan" not in words.lower().split()
    assert "None" not in words


def test_the_same_curves_give_the_same_bytes() -> None:
    first, second = (curves_html(_curves(), _history(), "a", "CNY") for _ in range(2))
    assert first == second
