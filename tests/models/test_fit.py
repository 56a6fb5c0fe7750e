"""What a planner is told, whatever the history looks like."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from models import Curves, History, Period
from models.fit import fit
from models.saturation import Form
from tests.models.worlds import attributed_world, history, spends, totals_world

WEEKS = 104
HELD = "held at its part of the budget"


def both_ways(spend, returns) -> list[History]:
    """The same results once by channel and once in total, on top of a baseline."""
    noise = np.random.default_rng(1).normal(0, 0.02, len(spend))
    total = (returns.sum(axis=1) + 1e5) * (1 + noise)
    return [history(spend, returns), history(spend, outcome=total)]


def two_channels(weeks: int = WEEKS):
    random = np.random.default_rng(4)
    spend = spends(random, weeks, [50_000, 30_000])
    return spend, 4 * spend**0.9 * np.exp(random.normal(0, 0.05, spend.shape))


def usual_s(curves: Curves, spend) -> list[float]:
    """Adstocked spend of every channel once its mean spend is kept up."""
    means = spend.mean(axis=0).tolist()
    return [mean / (1 - k.carryover) for mean, k in zip(means, curves.curves, strict=True)]


def expect_unknown(curves: Curves, channel: str, words: str) -> None:
    curve = curves[channel]
    assert not curve.known
    assert (curve.form, curve.top) == (Form.LINEAR, 0.0)
    assert curve.marginal_at(curve.observed[1]) == 0
    (note,) = curve.diagnostics.notes
    assert words in note
    assert HELD in note
    assert f"{channel}: {note}" in curves.warnings


@pytest.mark.parametrize("way", [0, 1])
def test_a_channel_that_was_never_paid_for_is_unknown_and_the_other_is_not(way):
    spend, returns = two_channels()
    spend[:, 0], returns[:, 0] = 0, 0
    curves = fit(both_ways(spend, returns)[way])
    expect_unknown(curves, "A", "nothing was ever spent")
    assert curves["B"].known


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("wobble", [0.0, 0.02])
def test_a_channel_whose_spend_hardly_varied_is_unknown(way, wobble):
    spend, returns = two_channels()
    spend[:, 0] = 50_000 * (1 + wobble * np.sin(np.arange(WEEKS)))
    curves = fit(both_ways(spend, returns)[way])
    expect_unknown(curves, "A", "hardly varied")
    assert curves["B"].known


def test_channels_that_always_move_together_are_taken_to_bring_alike_in_totals():
    spend, returns = two_channels()
    spend[:, 1] = 2 * spend[:, 0]
    curves = fit(both_ways(spend, returns)[1])
    assert all("collinear" in curve.diagnostics.flags for curve in curves.curves)
    assert any("spend of A follows that of B so closely" in text for text in curves.warnings)
    brought = [k.at(s) for k, s in zip(curves.curves, usual_s(curves, spend), strict=True)]
    assert brought[1] / 2 == pytest.approx(brought[0], rel=0.25)


def test_channels_that_always_move_together_are_known_by_their_own_results():
    spend, returns = two_channels()
    spend[:, 1], returns[:, 1] = 2 * spend[:, 0], 3 * returns[:, 0]
    assert all(curve.known for curve in fit(both_ways(spend, returns)[0]).curves)


def test_a_channel_that_is_the_sum_of_others_is_collinear_in_totals():
    random = np.random.default_rng(9)
    spend = spends(random, WEEKS, [50_000, 30_000])
    spend = np.column_stack([spend, spend.sum(axis=1)])
    outcome = 1e6 + 3 * spend[:, 2] + random.normal(0, 1e4, WEEKS)
    curves = fit(history(spend, outcome=outcome))
    assert all("collinear" in curve.diagnostics.flags for curve in curves.curves)
    assert any("season, trend, controls or other channels" in text for text in curves.warnings)


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("weeks", [1, 2, 5])
def test_a_handful_of_periods_is_too_little(way, weeks):
    spend, returns = two_channels(weeks)
    curves = fit(both_ways(spend, returns)[way])
    expect_unknown(curves, "A", f"only {weeks} week")


@pytest.mark.parametrize("way", [0, 1])
def test_money_spent_once_makes_no_curve(way):
    spend, returns = two_channels()
    spend[5:, 0], returns[5:, 0] = 0, 0
    spend[:4, 0], returns[:4, 0] = 0, 0
    expect_unknown(fit(both_ways(spend, returns)[way]), "A", "in only 1 week")


def test_less_than_a_year_of_totals_is_said():
    spend, returns = two_channels(40)
    curves = fit(both_ways(spend, returns)[1])
    assert any("shorter than a year" in warning for warning in curves.warnings)
    assert curves["A"].diagnostics.holdout_error is None


def test_missing_totals_are_left_out_and_said():
    spend, returns = two_channels()
    whole = both_ways(spend, returns)[1]
    gaps = np.arange(WEEKS) % 10 == 3
    holes = replace(whole, outcome=np.where(gaps, np.nan, whole.outcome))
    curves = fit(holes)
    assert curves["A"].diagnostics.periods == WEEKS - gaps.sum()
    assert any(f"{gaps.sum()} weeks" in warning for warning in curves.warnings)


def test_missing_controls_are_left_out_and_said():
    spend, returns = two_channels()
    whole = both_ways(spend, returns)[1]
    price = np.where(np.arange(WEEKS) == 7, np.nan, 1.0)
    curves = fit(replace(whole, controls={"price": price}))
    assert any("1 week." in warning for warning in curves.warnings)


def test_negative_totals_are_used_and_said():
    spend, returns = two_channels()
    total = returns.sum(axis=1) - 2 * returns.sum(axis=1).mean()
    assert any("negative" in warning for warning in fit(history(spend, outcome=total)).warnings)


@pytest.mark.parametrize(
    ("results", "words"), [(0.0, "no result above 0"), (-3.0, "look at their signs")]
)
def test_results_that_never_exceed_0_make_no_curve(results, words):
    spend, _ = two_channels()
    curves = fit(history(spend, results * spend))
    expect_unknown(curves, "A", words)


def test_revenue_that_never_changes_shows_nothing():
    spend, _ = two_channels()
    expect_unknown(fit(history(spend, outcome=np.full(WEEKS, 5e5))), "A", "never changes")


def test_results_without_spend_are_said():
    spend, returns = two_channels()
    spend[:50, 0], returns[:50, 0] = 0, 8_000
    curves = fit(history(spend, returns))
    assert any("nothing was spent" in note for note in curves["A"].diagnostics.notes)


def test_without_any_results_everything_is_unknown():
    spend, _ = two_channels()
    expect_unknown(fit(history(spend)), "A", "no results")
    expect_unknown(fit(history(spend, outcome=np.full(WEEKS, np.nan))), "B", "no results")


def test_channels_that_claim_more_than_all_revenue_are_pointed_out():
    spend, returns = two_channels()
    own = both_ways(spend, returns)[0]
    low = fit(replace(own, outcome=returns.sum(axis=1) / 2))
    assert any("200 % of all revenue" in warning for warning in low.warnings)


def test_a_channel_without_attributed_results_is_fitted_on_totals():
    spend, returns = two_channels()
    own, total = both_ways(spend, returns)
    part = returns.copy()
    part[:, 1] = np.nan
    curves = fit(replace(own, attributed={"revenue": part}, outcome=total.outcome))
    assert [curve.diagnostics.source for curve in curves.curves] == ["combined", "totals"]
    assert curves["A"].half == fit(own)["A"].half
    assert curves["A"].diagnostics.correction == pytest.approx(1, abs=0.1)
    assert not any("never paused: A" in warning for warning in curves.warnings)


def test_channels_that_were_never_paused_are_named_in_totals():
    spend, returns = two_channels()
    spend[:, 0] = np.maximum(spend[:, 0], 20_000)
    spend[::9, 1], returns[::9, 1] = 0, 0
    curves = fit(both_ways(spend, returns)[1])
    assert any("never paused: A." in warning for warning in curves.warnings)


def test_a_curve_that_promises_more_than_studies_ever_found_is_pointed_out():
    spend, returns = two_channels()
    random = np.random.default_rng(3)
    outcome = 1e4 + returns.sum(axis=1) * np.exp(random.normal(0, 0.02, WEEKS))
    assert any("studies" in warning for warning in fit(history(spend, outcome=outcome)).warnings)


def test_a_curve_remembers_where_the_history_left_off():
    world = attributed_world(6, channels=1)
    curve = fit(world.history).curves[0]
    spend = world.history.spend[:, 0]
    left = spend[:13].mean() / (1 - curve.carryover)
    for money in spend:
        left = money + curve.carryover * left
    assert curve.last_adstock == pytest.approx(left)
    assert curve.last_period == world.history.starts[-1]
    assert curve.observed == (spend.min(), spend.max())


def test_diagnostics_say_how_good_the_fit_is():
    diagnostics = fit(attributed_world(6, channels=1).history).curves[0].diagnostics
    assert diagnostics.periods == 156
    assert 0.3 < diagnostics.r2 < 1
    assert 0.03 < diagnostics.holdout_error < 0.2
    assert 0 < diagnostics.elasticity < 4


@pytest.mark.parametrize("period", [Period.MONTH, Period.QUARTER])
def test_longer_periods_are_fitted_too(period):
    random = np.random.default_rng(4)
    spend = spends(random, 24, [50_000])
    returns = 4 * spend**0.9 * np.exp(random.normal(0, 0.02, spend.shape))
    curve = fit(history(spend, returns, period=period)).curves[0]
    assert curve.known
    assert curve.period is period
    assert curve.carryover <= 0.9 ** (13 / period.per_quarter)


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_the_unit_of_money_does_not_matter(scale):
    for world in (attributed_world(1), totals_world(1)):
        base = world.history
        scaled = replace(
            base,
            spend=scale * base.spend,
            attributed={name: scale * table for name, table in base.attributed.items()},
            outcome=None if base.outcome is None else scale * base.outcome,
        )
        for one, other in zip(fit(base).curves, fit(scaled).curves, strict=True):
            assert one.known == other.known
            assert other.top == pytest.approx(scale * one.top, rel=1e-3)
            assert other.carryover == pytest.approx(one.carryover, abs=1e-3)


def test_the_number_of_threads_does_not_change_a_digit():
    for world in (attributed_world(1), totals_world(1)):
        with threadpool_limits(limits=1):
            alone = fit(world.history)
        with threadpool_limits(limits=2):
            assert fit(world.history).to_json() == alone.to_json()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    periods=st.integers(1, 70),
    channels=st.integers(1, 3),
    blanks=st.floats(0, 1),
    idle=st.floats(0, 1),
    by_channel=st.booleans(),
    period=st.sampled_from(Period),
)
def test_no_history_breaks_a_fit(seed, periods, channels, blanks, idle, by_channel, period):
    random = np.random.default_rng(seed)
    spend = random.lognormal(10, 2, (periods, channels))
    spend[random.random(spend.shape) < idle] = 0
    results = random.normal(0, 1e5, (periods, channels))
    results[random.random(results.shape) < blanks] = np.nan
    told = history(
        spend,
        results if by_channel else None,
        None if by_channel else results[:, 0],
        period=period,
    )
    curves = fit(told)
    assert [curve.channel for curve in curves.curves] == list(told.channels)
    for curve in curves.curves:
        assert np.isfinite(curve.at(np.linspace(0, 1e6, 5))).all()
        assert curve.known or curve.diagnostics.notes
    assert Curves.from_json(curves.to_json()) == curves
