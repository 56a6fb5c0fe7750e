"""Attribution set right: what lift tests and totals say about what channels are credited with."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from models.experiment import experiments
from models.fit import fit
from models.lift import LiftTest
from tests.models.worlds import World, attributed_world, spends, totals_world

FIRST, LAST = 60, 66  # weeks of the test, the last not included


def after_a_test(world: World, c: int, factor: float, stderr: float, change: float = 0.5) -> World:
    """The world, credited with its results over ``factor``, after a test of channel ``c``."""
    past = world.history
    spend, money = past.spend.copy(), np.zeros(len(past.spend))
    money[FIRST:LAST] = change * spend[:, c].mean()
    spend[:, c] += money
    brought = world.truths[c].response(spend[:, c])
    lift = float((brought - world.truths[c].response(spend[:, c] - money)).sum())
    revenue = past.attributed["revenue"].copy()
    noise = revenue[:, c] / world.truths[c].response(past.spend[:, c])
    revenue[:, c] = brought * noise / factor
    test = LiftTest(
        past.channels[c],
        past.starts[FIRST],
        past.starts[LAST] - timedelta(days=1),
        float(money.sum()),
        lift,
        stderr * lift,
    )
    changed = replace(past, spend=spend, attributed={"revenue": revenue}, tests=(test,))
    return World(changed, world.truths)


@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_an_exact_lift_test_gives_the_credit_that_is_missing(factor):
    world = after_a_test(attributed_world(3), 1, factor, stderr=0.03)
    curves = fit(world.history)
    about = curves["B"].diagnostics
    assert about.source == "combined"
    assert about.correction == pytest.approx(factor, rel=0.08)
    told = "under-credited" if factor > 1 else "over-credited"
    assert any(told in note and "by 1 lift test" in note for note in about.notes)
    spend = world.history.spend[:, 1].mean()
    kept_up = float(curves["B"].at(spend / (1 - curves["B"].carryover)))
    assert kept_up == pytest.approx(world.truths[1].kept_up(spend), rel=0.1)
    tops = [member.top for member in curves["B"].members]
    assert np.mean(tops) == pytest.approx(curves["B"].top, rel=0.1)


def test_a_test_at_odds_with_all_that_is_attributed_is_told_in_plain_words():
    world = after_a_test(attributed_world(3), 1, 6.0, stderr=0.03)
    notes = fit(world.history)["B"].diagnostics.notes
    assert any("contradict each other" in note for note in notes)
    assert not any("can hardly tell" in note for note in notes)


def test_channels_without_a_test_are_left_as_they_are():
    world = after_a_test(attributed_world(3), 1, 1.4, stderr=0.03)
    without = fit(replace(world.history, tests=()))
    curves = fit(world.history)
    assert curves["A"] == without["A"]
    assert curves["A"].diagnostics.correction is None


def test_a_test_that_is_hardly_exact_hardly_corrects():
    world = after_a_test(attributed_world(3), 1, 1.4, stderr=2.0)
    about = fit(world.history)["B"].diagnostics
    assert about.correction == pytest.approx(1.0, abs=0.1)
    assert any("can hardly tell" in note for note in about.notes)


def test_a_test_that_agrees_says_so():
    about = fit(after_a_test(attributed_world(3), 1, 1.0, stderr=0.05).history)["B"].diagnostics
    assert any("credited about right" in note for note in about.notes)


def test_two_tests_of_a_channel_tell_more_than_one():
    world = after_a_test(attributed_world(3), 1, 1.3, stderr=0.2)
    (one,) = world.history.tests
    both = replace(world.history, tests=(one, one))
    widths = []
    for past in (world.history, both):
        curve = fit(past)["B"]
        tops = [member.top for member in curve.members]
        widths.append(float(np.diff(np.quantile(tops, [0.1, 0.9]))[0]))
        assert any(f"by {len(past.tests)} lift test" in note for note in curve.diagnostics.notes)
    assert widths[1] < 0.9 * widths[0]


def test_money_held_back_is_a_test_as_well():
    world = after_a_test(attributed_world(3), 1, 1.4, stderr=0.03, change=-0.2)
    assert fit(world.history)["B"].diagnostics.correction == pytest.approx(1.4, rel=0.08)


def test_totals_tell_what_attribution_gives_to_the_wrong_channel():
    world = totals_world(2, noise=0.01)
    past = world.history
    factors = np.array([0.7, 1.0, 1.5])
    revenue = np.stack(
        [t.response(past.spend[:, c]) / factors[c] for c, t in enumerate(world.truths)], axis=1
    )
    revenue *= np.exp(np.random.default_rng(1).normal(0, 0.05, revenue.shape))
    curves = fit(replace(past, attributed={"revenue": revenue}))
    corrections = [curve.diagnostics.correction for curve in curves.curves]
    assert corrections == pytest.approx(factors, rel=0.2)
    assert corrections[0] < corrections[1] < corrections[2]


def test_totals_say_nothing_of_a_channel_that_they_cannot_see():
    world = totals_world(2, noise=0.01)
    past = world.history
    idle = spends(np.random.default_rng(5), 156, [500])
    revenue = np.stack(
        [t.response(past.spend[:, c]) for c, t in enumerate(world.truths)] + [2 * idle[:, 0]],
        axis=1,
    )
    told = replace(
        past,
        channels=(*past.channels, "D"),
        spend=np.hstack([past.spend, idle]),
        observed=np.ones((156, 4), dtype=bool),
        attributed={"revenue": revenue},
    )
    curve = fit(told)["D"]
    assert curve.diagnostics.correction == pytest.approx(1, abs=0.1)
    assert any("can hardly tell" in note for note in curve.diagnostics.notes)
    tops = np.array([member.top for member in curve.members])
    assert tops.std() / tops.mean() > 0.2


def test_a_test_makes_a_channel_known_better_that_has_totals_only():
    world = after_a_test(attributed_world(3), 1, 1.0, stderr=0.05)
    past = world.history
    effects = sum(t.response(past.spend[:, c]) for c, t in enumerate(world.truths))
    noise = np.random.default_rng(7).normal(0, 0.05, len(past.spend))
    totals = replace(past, attributed={}, outcome=effects + 4 * effects.mean() * (1 + noise))
    (test,) = experiments(past, "B")
    blind, seeing = (
        test.expected(*np.array(fit(told)["B"].members).T)
        for told in (replace(totals, tests=()), totals)
    )
    assert seeing.std() < 0.2 * blind.std()
    assert seeing.mean() == pytest.approx(test.lift, rel=0.1)


def test_the_change_of_a_test_is_found_on_its_days():
    past = after_a_test(attributed_world(3), 1, 1.0, stderr=0.1).history
    (found,) = experiments(past, "B")
    assert np.flatnonzero(found.change).tolist() == list(range(FIRST, LAST))
    assert found.change.sum() == pytest.approx(past.tests[0].spend_change)
    assert experiments(past, "A") == ()


def test_a_test_outside_the_history_changes_nothing():
    past = after_a_test(attributed_world(3), 1, 1.4, stderr=0.03).history
    later = replace(
        past.tests[0],
        first=past.starts[-1] + timedelta(days=70),
        last=past.starts[-1] + timedelta(99),
    )
    assert fit(replace(past, tests=(later,))) == fit(replace(past, tests=()))
