"""Mix modelling: what totals, lift tests and other models' courses say together."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from models import Period, evidence
from models.mix import Mix, fit_mix, predict_mix
from models.saturation import Floats
from models.shape import Hill, rhythm_of
from models.totals import KnownCourse, Totals, Trial
from tests.models.worlds import Truth, World, spends, totals_world, truths

RHYTHM = rhythm_of(Period.WEEK)


def totals(spend, outcome, **more) -> Totals:
    return Totals(
        spend=spend,
        controls=more.pop("controls", np.empty((len(spend), 0))),
        outcome=outcome,
        weight=np.ones(len(spend)),
        rhythm=RHYTHM,
        per_year=Period.WEEK.per_year,
        **more,
    )


def of(world: World) -> Totals:
    told = world.history
    return totals(told.spend, told.outcome, controls=told.controls["price"][:, None])


def kept_up(curve: Hill | Truth, spend: float) -> float:
    powered = (spend / (1 - curve.carryover)) ** curve.slope
    return curve.top * powered / (powered + curve.half**curve.slope)


def rise(curve: Hill | Truth, spend: float) -> float:
    return kept_up(curve, 1.1 * spend) - kept_up(curve, 0.9 * spend)


def marginal_returns(mix: Mix, spend) -> np.ndarray:
    means = spend.mean(axis=0).tolist()
    return np.array(
        [rise(k, mean) / (0.2 * mean) for k, mean in zip(mix.curves, means, strict=True)]
    )


def test_where_the_data_are_silent_one_unit_of_money_brings_the_same_everywhere():
    random = np.random.default_rng(3)
    spend = spends(random, 30, [5_000, 20_000, 50_000, 200_000])
    mix = fit_mix(totals(spend, random.normal(1e6, 2e5, 30)))
    assert np.ptp(np.log(marginal_returns(mix, spend))) < np.log(1.6)


def test_where_the_data_are_silent_the_return_of_each_is_that_of_any_channel():
    random = np.random.default_rng(3)
    spend = spends(random, 30, [5_000, 20_000, 50_000, 200_000])
    mix = fit_mix(totals(spend, random.normal(1e6, 2e5, 30)))
    assert np.all(mix.borrowed > evidence.MOST_BORROWED)


def test_where_the_data_speak_hardly_any_of_a_return_is_borrowed():
    random = np.random.default_rng(5)
    spend = spends(random, 156, [40_000, 50_000, 60_000])
    spend[random.random(spend.shape) < 0.3] = 0
    behind = truths(random, [40_000, 50_000, 60_000])
    brought = [truth.response(spend[:, c]) for c, truth in enumerate(behind)]
    outcome = 1e6 + np.sum(brought, axis=0) + random.normal(0, 5e3, 156)
    assert np.all(fit_mix(totals(spend, outcome)).borrowed < 0.4)


def test_where_the_data_speak_returns_are_told_apart():
    random = np.random.default_rng(3)
    spend = spends(random, 156, [50_000, 50_000])
    outcome = 1e6 + 6 * spend[:, 0] ** 0.97 + 1 * spend[:, 1] ** 0.97 + random.normal(0, 2e4, 156)
    high, low = marginal_returns(fit_mix(totals(spend, outcome)), spend)
    assert high > 3 * low


def test_draws_are_of_the_whole_world_and_always_the_same():
    random = np.random.default_rng(5)
    spend = spends(random, 156, [50_000])
    # The second channel is bought as the first one is, give or take a little.
    spend = np.hstack([spend, spend * np.exp(random.normal(0, 0.03, spend.shape))])
    outcome = 1e6 + 3 * spend.sum(axis=1) + random.normal(0, 2e4, 156)
    mix = fit_mix(totals(spend, outcome))
    rises = np.array([[rise(member, 50_000) for member in of] for of in mix.members])
    assert rises.shape == (2, 100)
    # Who brought it is open, what both brought is not.
    assert rises.sum(axis=0).std() < 0.5 * rises[0].std()
    assert fit_mix(totals(spend, outcome)).members == mix.members


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for seed in range(12):
        world = totals_world(seed, channels=4)
        mix = fit_mix(of(world))
        for truth, members, spend in zip(
            world.truths, mix.members, world.history.spend.T, strict=True
        ):
            usual = float(spend[-52:].mean())
            for figure in (kept_up, rise):
                low, high = np.quantile([figure(m, usual) for m in members], [0.1, 0.9])
                held.append(low <= figure(truth, usual) <= high)
    assert 0.65 < np.mean(held) < 0.95


def test_a_few_wild_weeks_hardly_change_what_is_believed():
    world = totals_world(1, channels=3, noise=0.01)
    calm = of(world)
    wild = calm.outcome.copy()
    wild[[20, 77, 130]] *= [1.8, 0.3, 2.2]
    expected = marginal_returns(fit_mix(calm), calm.spend)
    found = marginal_returns(fit_mix(replace(calm, outcome=wild)), calm.spend)
    assert found == pytest.approx(expected, rel=0.3)


def test_a_step_in_the_market_is_not_taken_for_the_effect_of_a_channel():
    random = np.random.default_rng(11)
    spend = spends(random, 156, [50_000, 50_000])
    # The market falls by a quarter; the idle channel was given up half a year later.
    spend[110:, 1] *= 0.5
    market = np.where(np.arange(156) < 84, 1e6, 7.5e5)
    outcome = market + 3 * spend[:, 0] + random.normal(0, 1e4, 156)
    busy, idle = marginal_returns(fit_mix(totals(spend, outcome)), spend)
    assert idle < 0.5 * busy


def test_the_baseline_goes_on_after_the_history():
    world = totals_world(2, noise=0.01)
    whole = of(world)
    seen = replace(
        whole,
        spend=whole.spend[:143],
        controls=whole.controls[:143],
        outcome=whole.outcome[:143],
        weight=whole.weight[:143],
    )
    ahead = predict_mix(fit_mix(seen), whole)[143:]
    assert ahead.sum() == pytest.approx(whole.outcome[143:].sum(), rel=0.05)


def seasonal(truth: Truth) -> Totals:
    """Two years of one channel that is bought as the season goes, so that totals say little."""
    random = np.random.default_rng(7)
    season = np.sin(2 * np.pi * np.arange(104) / 52.18)
    spend = 50_000 * (1 + 0.6 * season)[:, None] * np.exp(random.normal(0, 0.05, (104, 1)))
    outcome = truth.response(spend[:, 0]) + 1e6 * (1 + 0.3 * season) + random.normal(0, 3e4, 104)
    return totals(spend, outcome)


@pytest.mark.parametrize("roi", [1.0, 6.0])
def test_a_lift_test_tells_what_totals_leave_open(roi):
    (truth,) = truths(np.random.default_rng(1), [50_000], roi)
    told = seasonal(truth)
    spend = told.spend[:, 0]
    without = spend.copy()
    without[60:66] *= 0.2
    lift = float((truth.response(spend) - truth.response(without)).sum())
    trial = Trial(0, spend, without, lift, 0.05 * lift)
    tested, untested = fit_mix(replace(told, trials=(trial,))), fit_mix(told)

    def lifts(curves: Iterable[Hill]) -> Floats:
        """What curves make of the test."""
        rows = [k.course(spend, RHYTHM) - k.course(without, RHYTHM) for k in curves]
        return np.sum(rows, axis=1)

    assert lifts(tested.curves) == pytest.approx(lift, rel=0.1)
    assert lifts(untested.curves) != pytest.approx(lift, rel=0.2)
    assert lifts(tested.members[0]).std() < 0.2 * lifts(untested.members[0]).std()


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.5])
def test_a_known_course_is_set_right_by_totals(factor):
    random = np.random.default_rng(13)
    spend = spends(random, 156, [50_000, 50_000])
    claimed = 4 * spend[:, 0]
    outcome = 1e6 + factor * claimed + 2 * spend[:, 1] + random.normal(0, 1e4, 156)
    course = KnownCourse(claimed, mean=1.0, spread=0.4)
    mix = fit_mix(totals(spend[:, 1:], outcome, courses=(course,)))
    assert mix.factors.shape == (100, 1)
    assert mix.factors.mean() == pytest.approx(factor, abs=0.05)
    assert len(mix.curves) == len(mix.members) == 1


def test_a_known_course_without_help_from_totals_keeps_its_prior_and_heeds_its_lift_tests():
    random = np.random.default_rng(17)
    spend, outcome = spends(random, 104, [50_000]), random.normal(1e6, 3e5, 104)
    steady = KnownCourse(np.full(104, 2e5), mean=1.0, spread=0.4)
    alone = fit_mix(totals(spend, outcome, courses=(steady,))).factors
    assert alone.mean() == pytest.approx(1.0, abs=0.15)
    assert alone.std() == pytest.approx(0.4, abs=0.1)
    tested = replace(steady, tests=((100_000, 60_000, 5_000),))
    found = fit_mix(totals(spend, outcome, courses=(tested,))).factors
    assert found.mean() == pytest.approx(0.6, abs=0.05)
