"""Carry-over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.carryover import adstock, steady_state

SPENDS = st.lists(st.floats(0, 1e9), min_size=1, max_size=40).map(np.array)
CARRYOVERS = st.floats(0, 0.95)


@given(SPENDS, CARRYOVERS)
def test_every_period_adds_its_spend_to_what_is_left(spend, carryover):
    s = adstock(spend, carryover, warm_up=13)
    left = steady_state(spend[:13].mean(), carryover)
    for money, now in zip(spend, s, strict=True):
        left = money + carryover * left
        assert now == pytest.approx(left)


@given(st.floats(0, 1e9), CARRYOVERS)
def test_spend_kept_up_stays_at_its_steady_state_from_the_first_period(spend, carryover):
    s = adstock(np.full(30, spend), carryover, warm_up=13)
    assert s == pytest.approx(np.full(30, spend / (1 - carryover)), rel=1e-9)


def test_without_carry_over_only_the_period_itself_counts():
    spend = np.array([3.0, 0.0, 5.0])
    assert adstock(spend, 0.0, warm_up=1).tolist() == spend.tolist()


def test_a_channel_that_starts_later_begins_at_nothing():
    spend = np.r_[np.zeros(20), 100.0, 100.0]
    s = adstock(spend, 0.5, warm_up=13)
    assert s[:20].max() == 0
    assert s[-2:].tolist() == [100.0, 150.0]


def test_many_channels_and_carry_overs_at_once():
    spend = np.random.default_rng(0).uniform(0, 9, (30, 2))
    both = adstock(spend, np.array([0.3, 0.8]), warm_up=4)
    assert both[:, 1].tolist() == adstock(spend[:, 1], 0.8, warm_up=4).tolist()
