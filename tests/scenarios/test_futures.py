from dataclasses import replace

import numpy as np
import pytest

from optimizer.channel import Channel
from scenarios.futures import Event, Spread, draw

CHANNELS = (Channel("Search"), Channel("TV"), Channel("Radio"))
ABROAD = (Channel("Search", buys_in="USD"), Channel("TV"), Channel("Radio", buys_in="USD"))
PRICE_CUT = Event("price cut", 0.2, 2, demand=0.5, channel_demand={"TV": 1.0})


USUAL = Spread()


def drawn(spread=USUAL, events=(), members=100, count=20_000, seed=3, channels=CHANNELS):
    return draw(channels, 4, spread, events, members, count, seed)


def test_futures_lie_around_what_is_expected_as_far_as_stated():
    futures = drawn(Spread(demand=0.2, conversion=0, basket=0, media_price=0.1))
    assert futures.demand.mean(axis=0) == pytest.approx(np.ones((3, 4)), abs=0.01)
    assert futures.demand.std(axis=0) == pytest.approx(np.full((3, 4), 0.2), rel=0.05)
    assert futures.media_price.std(axis=0) == pytest.approx(np.full((3, 4), 0.1), rel=0.05)


def test_channels_and_quarters_move_together_as_far_as_stated():
    futures = drawn(Spread(correlation=0.6, persistence=0.8))
    logs = np.log(futures.media_price)
    assert np.corrcoef(logs[:, 0, 2], logs[:, 1, 2])[0, 1] == pytest.approx(0.6, abs=0.03)
    assert np.corrcoef(logs[:, 0, 2], logs[:, 0, 3])[0, 1] == pytest.approx(0.8, abs=0.03)


def test_the_same_seed_gives_the_same_futures_and_another_others():
    one, same, other = drawn(), drawn(), drawn(seed=4)
    assert np.array_equal(one.demand, same.demand)
    assert np.array_equal(one.member, same.member)
    assert not np.array_equal(one.demand, other.demand)


def test_an_event_that_cannot_happen_changes_nothing():
    without, with_it = drawn(), drawn(events=(replace(PRICE_CUT, probability=0.0),))
    assert np.array_equal(without.demand, with_it.demand)
    assert np.array_equal(without.media_price, with_it.media_price)
    assert np.array_equal(without.member, with_it.member)
    assert not with_it.events.any()


def test_an_event_happens_as_often_as_stated_and_lasts_as_long():
    calm, hit = drawn(), drawn(events=(PRICE_CUT,))
    ratio = hit.demand / calm.demand
    assert hit.events.mean() == pytest.approx(0.2, abs=0.01)
    assert set(np.unique(np.round(ratio[:, 0], 9))) == {0.5, 1.0}
    assert np.all(ratio[:, 1] == 1)
    quarters = (ratio[hit.events[:, 0], 0] < 1).sum(axis=1)
    # Two quarters, but for those events that begin in the last.
    assert set(quarters.tolist()) == {1, 2}
    assert np.mean(quarters == 1) == pytest.approx(0.25, abs=0.02)


def test_a_currencys_rate_moves_all_that_is_bought_in_it_alike_and_nothing_else():
    spread = Spread(exchange=0.2, persistence=0.8)
    home, abroad = drawn(spread), drawn(spread, channels=ABROAD)
    rate = abroad.media_price / home.media_price
    assert np.all(rate[:, 1] == 1)
    assert rate[:, 0] == pytest.approx(rate[:, 2])
    assert rate[:, 0].mean() == pytest.approx(1, abs=0.01)
    assert rate[:, 0].std() == pytest.approx(0.2, rel=0.05)
    assert np.corrcoef(np.log(rate[:, 0, 1]), np.log(rate[:, 0, 2]))[0, 1] == pytest.approx(
        0.8, abs=0.03
    )
    assert np.array_equal(home.demand, abroad.demand)
    euro = (replace(ABROAD[0], buys_in="EUR"), *ABROAD[1:])
    other = drawn(spread, channels=euro).media_price / home.media_price
    assert np.corrcoef(other[:, 0, 0], other[:, 2, 0])[0, 1] == pytest.approx(0, abs=0.03)


def test_without_spread_every_future_is_the_one_expected():
    none = Spread(demand=0, media_price=0, conversion=0, basket=0, exchange=0)
    assert np.all(drawn(none, count=5).demand == 1)


@pytest.mark.parametrize("wrong", [{"demand": -0.1}, {"correlation": 1.2}, {"persistence": -1}])
def test_spreads_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Spread(**wrong)


def test_an_event_needs_a_probability():
    with pytest.raises(ValueError, match="probability"):
        Event("x", 1.5)
