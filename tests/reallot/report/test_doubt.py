from dataclasses import replace
from typing import Any

import pytest

from optimizer.caution import Caution
from optimizer.doubt import Doubt, Interval
from optimizer.plan import Plan
from optimizer.reallocate import reallocate
from optimizer.rules import Elasticity
from reallot.report.doubt import flagged, how_sure, picture_of, unsure_channels
from reallot.report.report_html import report_html
from tests.reallot.report.pages import Page, assert_accessible, assert_safe
from tests.reallot.report.plans import HOSTILE, ORDINARY, plan_of, unsure_plan


def _said(sentence: str) -> str:
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def _doubting(**fields: Any) -> Plan:
    """A plan with these fields of its doubt changed."""
    plan = unsure_plan()
    assert plan.doubt is not None
    return replace(plan, doubt=replace(plan.doubt, **fields))


def test_the_sentence_counts_the_worlds_and_names_the_interval() -> None:
    plan = _doubting(gain=Interval(100.0, -50.0, 400.0), probability_of_gain=0.83)
    said = _said(how_sure(replace(plan, comparable_objective=10_000.0)))
    assert said == (
        "This plan is better than the same money spent as approved in 83 of 100 worlds that fit "
        "the history; its gain is 80 % sure to lie between −50.0 CNY (−0.5 %) and 400 CNY (+4.0 %)."
    )


def test_a_plan_of_certain_curves_says_nothing_of_doubt() -> None:
    assert how_sure(plan_of()) == ""
    assert picture_of(plan_of()) is None
    assert "How sure this is" not in Page(report_html(plan_of(), {})).words


def test_a_plan_that_moves_nothing_is_not_called_unsure_of_its_gain() -> None:
    assert how_sure(_doubting(gain=Interval(0.0, 0.0, 0.0), probability_of_gain=0.0)) == ""


def test_targets_that_some_worlds_miss_are_told() -> None:
    said = how_sure(_doubting(targets_met=0.58))
    assert said.endswith("The targets are met in 58 of 100 worlds that fit the history.")


def test_a_cautious_plan_says_that_it_is_for_the_worst() -> None:
    plan = unsure_plan()
    cautious = replace(plan, problem=replace(plan.problem, caution=Caution(worst=0.25)))
    said = _said(how_sure(cautious))
    assert said.startswith("The plan is cautious: it is for the worst 25 % of worlds. This plan")


def test_the_picture_holds_nothing_gained_and_the_interval_in_their_order() -> None:
    plan = _doubting(gain=Interval(100.0, -50.0, 400.0))
    picture = picture_of(plan)
    assert picture is not None
    assert 0 < picture.low < picture.nothing < picture.mean < picture.high < 100


def test_unsure_channels_are_named_with_what_that_means() -> None:
    (sentence,) = flagged(unsure_plan())
    assert sentence == "Weak (what it brings hardly shows in the history): TV."


def test_of_many_unsure_channels_the_first_are_named_and_the_others_counted() -> None:
    plan = plan_of(tuple(f"Channel {number}" for number in range(12)))
    channels = []
    for channel in plan.problem.channels:
        assert channel.curve is not None
        diagnostics = replace(channel.curve.diagnostics, flags=("collinear",))
        channels.append(replace(channel, curve=replace(channel.curve, diagnostics=diagnostics)))
    unsure = replace(plan, problem=replace(plan.problem, channels=tuple(channels)))
    (sentence,) = flagged(unsure)
    assert sentence.endswith("Channel 6, Channel 7 and 4 others.")
    # Flags are told even where there are no members to count worlds with.
    assert "hard to tell apart" in Page(report_html(unsure, {})).words


def test_channels_that_move_less_for_their_doubt_are_named() -> None:
    plan = unsure_plan()
    rules = tuple(
        replace(rule, unsure=frozenset({"TV"}), weak=0.5) if isinstance(rule, Elasticity) else rule
        for rule in plan.problem.rules
    )
    moved = reallocate(replace(plan.problem, rules=rules))
    assert _said(flagged(moved)[-1]) == ("Moved less, 50 % as far as their elasticity allows: TV.")


def test_every_channel_has_its_interval_around_what_the_plan_says_it_brings() -> None:
    plan = unsure_plan()
    found = {channel.figures.channel: channel for channel in unsure_channels(plan)}
    assert tuple(found) == ORDINARY
    for name, channel in found.items():
        own = sum(row.expected_response for row in plan.rows if row.channel == name)
        assert channel.figures.response.low < own < channel.figures.response.high
        assert channel.figures.response.mean == pytest.approx(own, rel=0.2)
    assert found["TV"].flags == ("weak",)


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_the_page_with_its_picture_is_safe_and_can_be_read_without_seeing_it(
    names: tuple[str, ...],
) -> None:
    page = Page(report_html(unsure_plan(names), {}))
    assert_safe(page)
    assert_accessible(page)
    assert "How sure this is" in page.words


def test_the_interval_stands_beside_the_gain() -> None:
    words = _said(Page(report_html(unsure_plan(), {})).words)
    assert "on the approved split; 80 % sure: " in words


def test_certain_money_has_no_picture() -> None:
    # Least money: what is saved is certain, only whether the targets are met is not.
    plan = unsure_plan()
    certain = Doubt(Interval(9.0, 9.0, 9.0), 1.0, 100, 0.5, ())
    assert picture_of(replace(plan, doubt=certain)) is None
