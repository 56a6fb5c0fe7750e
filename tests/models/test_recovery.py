"""Worlds whose truth is known: what the fits find again."""

import numpy as np
import pytest

from models import Curves
from models.curve import MEMBERS
from models.fit import fit
from models.saturation import Form, response
from tests.models.worlds import Truth, World, attributed_world, but, history, spends, totals_world

AROUND_USUAL = np.array([0.8, 1.0, 1.2])


def kept_up(curves: Curves, channel: str, spend: float) -> float:
    curve = curves[channel]
    return float(curve.at(spend / (1 - curve.carryover)))


def errors(world: World, curves: Curves) -> list[float]:
    """Relative errors of response at 80, 100 and 120 % of last year's spend, channel by channel."""
    found = []
    for c, truth in enumerate(world.truths):
        for spend in AROUND_USUAL * world.history.spend[-52:, c].mean():
            estimate = kept_up(curves, world.history.channels[c], float(spend))
            found.append(estimate / truth.kept_up(float(spend)) - 1)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_attributed_results_give_the_response_around_the_budget_within_five_per_cent(seed):
    world = attributed_world(seed)
    curves = fit(world.history)
    assert all(curve.known for curve in curves.curves)
    assert np.abs(errors(world, curves)).max() < 0.05


@pytest.mark.parametrize("slope", [0.7, 1.0, 2.5])
@pytest.mark.parametrize("carryover", [0.0, 0.4, 0.7])
def test_attributed_results_give_slope_and_carry_over_back(slope, carryover):
    truth = Truth(top=400_000, half=60_000 / (1 - carryover), slope=slope, carryover=carryover)
    random = np.random.default_rng(5)
    spend = spends(random, 156, [50_000])
    revenue = truth.response(spend[:, 0])[:, None] * np.exp(random.normal(0, 0.03, spend.shape))
    curve = fit(history(spend, revenue)).curves[0]
    assert curve.carryover == pytest.approx(carryover, abs=0.1)
    assert curve.slope == pytest.approx(slope, rel=0.25)


def test_what_cannot_be_told_does_not_explode():
    # So far from saturation that any half beyond the spends seen would do.
    random = np.random.default_rng(1)
    spend = spends(random, 104, [50_000])
    curve = fit(history(spend, 3 * spend * np.exp(random.normal(0, 0.1, spend.shape)))).curves[0]
    assert curve.half < 20 * 50_000
    assert kept_up(Curves((curve,)), "A", 50_000) == pytest.approx(150_000, rel=0.1)


def test_totals_give_what_a_change_of_budget_brings_within_a_tenth():
    rises, levels = [], []
    for seed in range(5):
        world = totals_world(seed, noise=0.01)
        curves = fit(world.history)
        for c, truth in enumerate(world.truths):
            channel, spend = world.history.channels[c], world.history.spend[-52:, c].mean()
            if curves[channel].known:
                low, usual, high = (AROUND_USUAL * spend).tolist()
                rise = kept_up(curves, channel, high) - kept_up(curves, channel, low)
                rises.append(rise / (truth.kept_up(high) - truth.kept_up(low)))
                levels.append(kept_up(curves, channel, usual) / truth.kept_up(usual))
    assert len(rises) >= 12
    assert np.median(np.abs(np.array(rises) - 1)) < 0.1
    # No channel was ever paused here: what all of its money brings is known less well.
    assert np.median(np.abs(np.array(levels) - 1)) < 0.4


def test_season_is_not_taken_for_the_effect_of_spend_that_follows_it():
    random = np.random.default_rng(2)
    t = np.arange(156)
    season = np.sin(2 * np.pi * t / 52.18)
    spend = 50_000 * (1 + 0.5 * season)[:, None] * np.exp(random.normal(0, 0.3, (156, 1)))
    outcome = 1e6 * (1 + 0.3 * season) + random.normal(0, 2e4, 156)
    curves = fit(history(spend, outcome=outcome))
    assert "weak" in curves.curves[0].diagnostics.flags
    # What it is given is a small part of what the season alone moves, 600,000 from low to high.
    assert kept_up(curves, "A", 50_000) < 60_000


def test_channels_without_effect_are_flagged_and_given_little():
    flagged, parts = 0, []
    for seed in range(20):
        world = totals_world(seed, channels=2)
        idle = spends(np.random.default_rng(seed + 100), 156, [50_000])
        spend = np.hstack([world.history.spend, idle])
        curves = fit(history(spend, outcome=world.history.outcome, controls=world.history.controls))
        flagged += "weak" in curves["C"].diagnostics.flags
        others = [kept_up(curves, c, m) / m for c, m in zip("AB", spend.mean(axis=0), strict=False)]
        parts.append(kept_up(curves, "C", 50_000) / 50_000 / np.mean(others))
    assert flagged >= 18
    assert np.median(parts) < 0.3


def test_results_that_ignore_spend_promise_little_from_more_of_it_and_are_flagged():
    random = np.random.default_rng(8)
    spend = spends(random, 156, [50_000] * 20)
    revenue = 1e5 * np.exp(random.normal(0, 0.3, spend.shape))
    curves = fit(history(spend, revenue)).curves
    assert all(curve.known for curve in curves)
    assert sum("weak" in curve.diagnostics.flags for curve in curves) >= 18
    assert max(curve.diagnostics.elasticity for curve in curves) < 0.4


def test_draws_cover_the_truth_as_often_as_they_say():
    covered = []
    for seed in range(20):
        world = attributed_world(seed)
        for c, (truth, curve) in enumerate(
            zip(world.truths, fit(world.history).curves, strict=True)
        ):
            usual = world.history.spend[:, c].mean()
            steps = np.array([0.95, 1.0, 1.05]) * usual
            told = np.array([truth.kept_up(spend) for spend in steps])
            drawn = np.array(
                [
                    response(Form.HILL, steps / (1 - m.carryover), m.top, m.half, m.slope)
                    for m in curve.members
                ]
            )
            low, high = np.quantile(drawn[:, 1], [0.1, 0.9])
            least, most = np.quantile(drawn[:, 2] - drawn[:, 0], [0.1, 0.9])
            covered.append((low <= told[1] <= high, least <= told[2] - told[0] <= most))
    level, marginal = np.mean(covered, axis=0)
    assert 0.7 < level < 0.9
    assert 0.7 < marginal < 0.9


@pytest.mark.parametrize("times", [10.0, 0.0])
def test_a_few_results_far_out_hardly_move_the_curve(times):
    world = attributed_world(4, channels=2)
    revenue = world.history.attributed["revenue"].copy()
    revenue[[20, 51, 90, 130]] *= times
    curves = fit(but(world, attributed={"revenue": revenue}))
    assert np.abs(errors(world, curves)).max() < 0.07


def test_draws_of_different_channels_have_nothing_to_do_with_each_other():
    curves = fit(attributed_world(1, channels=2).history).curves
    tops = np.array([[member.top for member in curve.members] for curve in curves])
    assert tops.shape == (2, MEMBERS)
    assert abs(np.corrcoef(tops)[0, 1]) < 0.3


def test_missing_weeks_hardly_change_the_curve():
    world = attributed_world(2, channels=1)
    revenue = world.history.attributed["revenue"].copy()
    revenue[10:20] = np.nan
    curves = fit(but(world, attributed={"revenue": revenue}))
    assert np.abs(errors(world, curves)).max() < 0.05
    assert curves.curves[0].diagnostics.periods == 146
