import re
from dataclasses import replace

import pytest

from optimizer.reallocate import reallocate
from reallot.report.report_html import MOST_DRAWN, report_html
from tests.reallot.report.pages import Page, assert_accessible, assert_safe
from tests.reallot.report.plans import HOSTILE, ORDINARY, bent_plan, plan_of, problem_of

INPUTS = {"budget.csv": "ab" * 32}


def _page(names: tuple[str, ...] = ORDINARY) -> Page:
    return Page(report_html(plan_of(names), INPUTS))


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_the_report_is_safe_and_loads_nothing(names: tuple[str, ...]) -> None:
    assert_safe(_page(names))


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_the_report_can_be_read_without_seeing_it(names: tuple[str, ...]) -> None:
    assert_accessible(_page(names))


def test_every_name_stands_in_the_text_as_it_is() -> None:
    words = _page(HOSTILE).words
    for name in HOSTILE:
        assert " ".join(name.split()) in words


def test_a_drawing_holds_no_name() -> None:
    page = _page(HOSTILE)
    labels = [a.get("aria-label") or "" for tag, a in page.elements if tag == "g"]
    assert not any(name in label for name in HOSTILE for label in labels)


def test_the_first_sentence_says_what_moves_and_what_it_brings() -> None:
    words = _page().words
    assert re.search(r"Moving .* CNY \(.* of the budget\) brings .* CNY more response", words)
    assert "No plan within these rules can bring more than" in words


def test_no_figure_has_a_tail_of_digits() -> None:
    words = _page().words.replace(INPUTS["budget.csv"], "")
    assert not re.search(r"\d\.\d{4,}|\d{9,}", words)
    assert "nan" not in words.lower().split()
    assert "None" not in words


def test_every_channel_with_a_curve_is_drawn() -> None:
    assert len(_page().all("figure")) == len(ORDINARY)


def test_a_channel_without_a_curve_is_in_the_table_only() -> None:
    problem = problem_of()
    *rest, last = problem.channels
    channels = (*rest, replace(last, curve=None))
    page = Page(report_html(reallocate(replace(problem, channels=channels)), INPUTS))
    assert len(page.all("figure")) == len(ORDINARY) - 1
    assert "no curve" in page.words


def test_a_channel_of_which_nothing_is_known_is_not_drawn_as_a_flat_line() -> None:
    problem = problem_of()
    *rest, last = problem.channels
    assert last.curve is not None
    channels = (*rest, replace(last, curve=replace(last.curve, top=0.0)))
    page = Page(report_html(reallocate(replace(problem, channels=channels)), INPUTS))
    assert len(page.all("figure")) == len(ORDINARY) - 1
    assert "not known" in page.words
    assert "no signal" in page.words


def test_of_many_channels_those_that_move_most_are_drawn_and_the_rest_is_said_to_be_left_out() -> (
    None
):
    names = tuple(f"Channel {number}" for number in range(MOST_DRAWN + 3))
    page = _page(names)
    assert len(page.all("figure")) == MOST_DRAWN
    assert "Not drawn: 3 that move less" in page.words


def test_a_plan_beyond_its_history_is_flagged_in_words() -> None:
    problem = problem_of()
    first, *rest = problem.channels
    assert first.curve is not None
    narrow = replace(first, curve=replace(first.curve, observed=(1.0, 2.0)))
    plan = reallocate(replace(problem, channels=(narrow, *rest)))
    words = Page(report_html(plan, INPUTS)).words
    assert "beyond its history" in words
    assert "more than the 2.00 seen so far" in words


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert report_html(plan_of(), INPUTS) == report_html(plan_of(), INPUTS)


def test_what_gave_way_has_a_section_of_its_own() -> None:
    page = Page(report_html(bent_plan(), INPUTS))
    assert_safe(page)
    assert_accessible(page)
    assert "What gave way" in page.words
    assert "at most 20.00" in page.words


def test_where_every_rule_holds_there_is_no_such_section() -> None:
    assert "What gave way" not in _page().words
