"""What comes anyway: the forecast of revenue without the channels."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from models import Curves, History, Period, ResponseCurve
from models.curve import Member
from models.effects import effects_of, possible_effects
from models.fit import fit
from models.forecast import Forecast, forecast
from models.saturation import Form
from tests.models.worlds import history, totals_world

WEEKS = 156
YEAR = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")


def a_year_after(told: History, curves: Curves, quarters: tuple[str, ...] = YEAR) -> Forecast:
    """The forecast of the quarters from the first that begins after the history."""
    last = told.starts[-1]
    month = 3 * ((last.month - 1) // 3) + 4
    first = date(last.year + month // 13, month % 12, 1)
    return forecast(told, curves, first, quarters)


def base_of(weeks: int, random: np.random.Generator, noise: float = 0.02) -> np.ndarray:
    """A baseline of about 1,000 a week with a season of 20 per cent."""
    season = np.exp(0.2 * np.sin(2 * np.pi * np.arange(weeks) / 52.18))
    return 1000 * season * np.exp(random.normal(0, noise, weeks))


def without_channels(base: np.ndarray, **controls: np.ndarray) -> History:
    """A history of totals with one channel that nothing was ever spent on."""
    return history(np.zeros((len(base), 1)), outcome=base, controls=controls)


def sums(told: History, values: np.ndarray, quarters: int = 4) -> np.ndarray:
    """Values by week beyond the history, summed day by day over the quarters after it."""
    first = told.starts[0]
    out = np.zeros(quarters)
    last = told.starts[-1]
    month = 3 * ((last.month - 1) // 3) + 4
    begin = date(last.year + month // 13, month % 12, 1)
    for p, value in enumerate(values):
        for day in range(7):
            when = first + timedelta(weeks=p, days=day)
            q = 4 * (when.year - begin.year) + (when.month - begin.month) // 3
            if when >= begin and q < quarters:
                out[q] += value / 7
    return out


def test_a_season_comes_again():
    random = np.random.default_rng(1)
    base = base_of(WEEKS + 70, random, noise=0.02)
    told = without_channels(base[:WEEKS])
    found = a_year_after(told, Curves(()))
    assert found.quarters == YEAR
    assert found.mean == pytest.approx(sums(told, base), rel=0.03)
    assert all(low < mean < high for low, mean, high in zip(*intervals(found), strict=True))


def intervals(found: Forecast) -> tuple[tuple[float, ...], ...]:
    return found.low, found.mean, found.high


def test_growth_of_the_past_stays_and_does_not_run_on():
    weeks = np.arange(WEEKS)
    told = without_channels(1000.0 * 1.1 ** (weeks / 52.18))
    found = a_year_after(told, Curves(()))
    level = 1000 * 1.1 ** (WEEKS / 52.18)
    # A quarter has 90 to 92 days.
    assert found.mean == pytest.approx([level * days / 7 for days in (90, 91, 92, 92)], rel=0.04)


def test_a_level_that_has_changed_for_good_goes_on():
    random = np.random.default_rng(8)
    step = np.where(np.arange(WEEKS + 70) > 70, 1.3, 1.0)
    base = base_of(WEEKS + 70, random) * step
    told = without_channels(base[:WEEKS])
    found = a_year_after(told, Curves(()))
    assert found.mean == pytest.approx(sums(told, base), rel=0.05)


def test_what_the_channels_bring_is_no_part_of_it():
    world = totals_world(3)
    told, random = world.history, np.random.default_rng(0)
    effect = sum(truth.response(told.spend[:, c]) for c, truth in enumerate(world.truths))
    base = base_of(WEEKS, random) * effect.mean() / 300
    curves = Curves(
        tuple(
            ResponseCurve(
                name, Form.HILL, t.top, t.half, t.slope, t.carryover, Period.WEEK,
            )
            for name, t in zip(told.channels, world.truths, strict=True)
        )
    )  # fmt: skip
    with_media = replace(told, outcome=base + effect, controls={})
    alone = without_channels(base)
    assert a_year_after(with_media, curves).mean == pytest.approx(
        a_year_after(alone, Curves(())).mean, rel=1e-6
    )


def test_a_curve_by_the_quarter_counts_as_one_by_the_week():
    spend = np.full((WEEKS, 1), 100.0)
    base = base_of(WEEKS, np.random.default_rng(0))
    told = history(spend, outcome=base + 50)
    quarterly = ResponseCurve("A", Form.LINEAR, 650.0, 1300.0, 1, 0, Period.QUARTER)
    weekly = ResponseCurve("A", Form.LINEAR, 50.0, 100.0, 1, 0, Period.WEEK)
    assert a_year_after(told, Curves((quarterly,))).mean == pytest.approx(
        a_year_after(told, Curves((weekly,))).mean
    )


def test_one_week_far_off_hardly_moves_it():
    base = base_of(WEEKS, np.random.default_rng(5))
    spiked = base.copy()
    spiked[140] *= 4
    plain = a_year_after(without_channels(base), Curves(()))
    found = a_year_after(without_channels(spiked), Curves(()))
    assert found.mean == pytest.approx(plain.mean, rel=0.04)


def test_a_control_takes_part_where_its_coming_values_are_known_and_it_helps():
    random = np.random.default_rng(2)
    price = np.cumsum(random.normal(0, 0.25, WEEKS + 70))
    base = base_of(WEEKS + 70, random) * np.exp(-0.1 * price)
    told = without_channels(base[:WEEKS], price=price[:WEEKS])
    known = replace(told, ahead={"price": price[WEEKS:]})
    truth = sums(told, base)
    with_it, without = (a_year_after(of, Curves(())) for of in (known, told))
    assert (with_it.controls, without.controls) == (("price",), ())
    assert with_it.mean == pytest.approx(truth, rel=0.05)
    assert with_it.error < 0.5 * without.error
    assert "price" in without.notes[0]


def test_a_control_known_for_a_part_of_the_plan_takes_no_part():
    random = np.random.default_rng(2)
    price = np.cumsum(random.normal(0, 0.25, WEEKS + 70))
    base = base_of(WEEKS, random) * np.exp(-0.1 * price[:WEEKS])
    told = replace(
        without_channels(base, price=price[:WEEKS]), ahead={"price": price[WEEKS : WEEKS + 20]}
    )
    assert a_year_after(told, Curves(())).controls == ()


def test_a_control_that_does_not_help_takes_no_part():
    random = np.random.default_rng(4)
    noise = random.normal(0, 1, WEEKS + 70)
    told = without_channels(base_of(WEEKS, random, noise=0.05), weather=noise[:WEEKS])
    found = a_year_after(replace(told, ahead={"weather": noise[WEEKS:]}), Curves(()))
    assert found.controls == ()


@pytest.mark.parametrize("period", list(Period))
def test_every_rhythm_has_a_forecast(period):
    steps = {Period.WEEK: 156, Period.MONTH: 36, Period.QUARTER: 12}[period]
    season = 1 + 0.2 * np.sin(2 * np.pi * np.arange(steps) / period.per_year)
    told = history(np.zeros((steps, 1)), outcome=1000 * season, period=period)
    starts = tuple(period.after(date(2023, 1, 1), p) for p in range(steps))
    found = forecast(replace(told, starts=starts), Curves(()), date(2026, 1, 1), YEAR)
    by_quarter = (1000 * season).reshape(12, -1).sum(axis=1)[-4:]
    assert found.mean == pytest.approx(by_quarter, rel=0.05)


def test_a_plan_that_has_begun_counts_what_has_come():
    base = base_of(WEEKS, np.random.default_rng(6))
    told = without_channels(base)
    first = date(2025, 10, 1)
    found = forecast(told, Curves(()), first, ("2025Q4",))
    came = sum(
        value
        for p, value in enumerate(base)
        for day in range(7)
        if told.starts[0] + timedelta(weeks=p, days=day) >= first
    ) / 7  # fmt: skip
    assert found.mean[0] == pytest.approx(came, rel=0.06)
    assert found.high[0] - found.low[0] < 0.1 * found.mean[0]


def test_missing_revenue_is_left_out():
    base = base_of(WEEKS, np.random.default_rng(7))
    holes = base.copy()
    holes[[20, 21, 70, 120]] = np.nan
    plain = a_year_after(without_channels(base), Curves(()))
    found = a_year_after(without_channels(holes), Curves(()))
    assert found.mean == pytest.approx(plain.mean, rel=0.02)


def test_nothing_is_forecast_without_totals():
    told = history(np.ones((WEEKS, 1)), revenue=np.ones((WEEKS, 1)))
    found = a_year_after(told, Curves(()))
    assert not found
    assert "no total revenue" in found.notes[0]


def test_nothing_is_forecast_from_a_year():
    found = a_year_after(without_channels(np.full(52, 1000.0)), Curves(()))
    assert not found
    assert "5 quarters" in found.notes[0]


def test_nothing_is_forecast_where_the_curves_take_all_revenue():
    greedy = ResponseCurve("A", Form.LINEAR, 10, 1, 1, 0, Period.WEEK)
    told = history(np.ones((WEEKS, 1)), outcome=np.full(WEEKS, 5.0))
    found = a_year_after(told, Curves((greedy,)))
    assert not found
    assert "all of it" in found.notes[0]


def test_a_future_multiplies_it_by_its_demand():
    found = Forecast(("2027Q1", "2027Q2"), (100.0, 200.0), (90.0, 180.0), (110.0, 220.0))
    assert found.at((1.1,)).mean == pytest.approx((110, 220))
    assert found.at((0.9, 1.0)).low == pytest.approx((81, 180))
    assert Forecast(notes=("why not",)).at((0.9, 1.0)).notes == ("why not",)


def test_intervals_hold_what_they_promise():
    inside, tried = 0, 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        level = np.exp(np.cumsum(random.normal(0, 0.01, WEEKS + 60)))
        base = base_of(WEEKS + 60, random, noise=0.05) * level
        told = without_channels(base[:WEEKS])
        found = a_year_after(told, Curves(()))
        truth = sums(told, base)[:3]
        inside += np.sum((found.low[:3] <= truth) & (truth <= found.high[:3]))
        tried += 3
    assert 0.7 <= inside / tried <= 0.95


def unsure(returns: np.ndarray, expected: float = 1.0) -> ResponseCurve:
    """A channel that brings ``expected`` per money, or one of these returns instead."""
    members = tuple(Member(float(k), 1.0, 1.0, 0.0) for k in returns)
    return ResponseCurve("A", Form.LINEAR, expected, 1.0, 1, 0, Period.WEEK, members=members)


def test_what_curves_may_wrongly_take_from_the_baseline_is_in_the_interval():
    base = base_of(WEEKS, np.random.default_rng(9))
    told = history(np.full((WEEKS, 1), 1000.0), outcome=base + 1000)
    sure = a_year_after(told, Curves((unsure(np.empty(0)),)))
    doubtful = a_year_after(told, Curves((unsure(np.linspace(0.6, 1.4, 100)),)))
    assert doubtful.mean == sure.mean
    low, mean, high = map(sum, intervals(doubtful))
    # 10 of 100 worlds leave less than 680 a week of 1,000, and 10 more than 1,320.
    assert low / mean == pytest.approx(0.68, abs=0.02)
    assert high / mean == pytest.approx(1.32, abs=0.02)
    assert sum(sure.low) > 0.9 * mean


def test_members_that_agree_with_their_curve_leave_the_interval_as_it_is():
    told = history(np.full((WEEKS, 1), 500.0), outcome=base_of(WEEKS, np.random.default_rng(9)))
    sure, agreed = (
        a_year_after(told, Curves((unsure(returns),))) for returns in (np.empty(0), np.ones(100))
    )
    assert agreed.low == pytest.approx(sure.low)
    assert agreed.high == pytest.approx(sure.high)


def test_a_world_in_which_the_channels_bring_all_leaves_nothing():
    told = history(np.full((WEEKS, 1), 1000.0), outcome=base_of(WEEKS, np.random.default_rng(9)))
    found = a_year_after(told, Curves((unsure(np.repeat([0.2, 2.0], 50), expected=0.5),)))
    assert found.low == pytest.approx([0.0] * 4)


def test_effects_are_those_of_each_world_by_itself():
    random = np.random.default_rng(3)
    told = history(random.uniform(50, 150, (WEEKS, 2)), outcome=base_of(WEEKS, random))
    members = tuple(Member(1e3 * k, 200.0 / k, 1.0 + k, 0.2 * k) for k in (0.5, 1.0, 2.0))
    first = ResponseCurve("A", Form.HILL, 1e3, 150, 1.5, 0.3, Period.WEEK, members=members)
    monthly = ResponseCurve("B", Form.HILL, 4e3, 600, 1.5, 0.1, Period.MONTH, members=members[:2])
    found = possible_effects(told, Curves((first, monthly)))
    assert found.shape == (WEEKS, 3)
    for m, of in enumerate(found.T):
        world = Curves((first.drawn(m), monthly.drawn(m % 2)))
        assert of == pytest.approx(effects_of(told, world))


def test_intervals_hold_what_they_promise_where_the_curves_are_unsure():
    inside = []
    for seed in range(25):
        random = np.random.default_rng(seed)
        base = base_of(WEEKS + 60, random, noise=0.05)
        spend = 1000 * np.exp(random.normal(0, 0.1, (WEEKS, 1)))
        truth, *returns = random.normal(1.0, 0.3, 101)
        told = history(spend, outcome=base[:WEEKS] + truth * spend[:, 0])
        curves = Curves((unsure(np.abs(returns)),))
        found, comes = a_year_after(told, curves), sums(told, base)[:3]
        inside.append((np.array(found.low[:3]) <= comes) & (comes <= np.array(found.high[:3])))
    assert 0.7 <= np.mean(inside) <= 0.95


def test_with_fitted_curves_it_beats_the_year_before():
    errors, naive = [], []
    for seed in range(6):
        told = totals_world(seed, weeks=208).history
        found = a_year_after(told, fit(told))
        errors.append(found.error)
        naive.append(found.naive_error)
    assert np.mean(errors) < 0.05
    assert np.mean(errors) < 0.6 * np.mean(naive)
