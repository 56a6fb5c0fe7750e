"""What single periods are worth to a fit."""

import numpy as np
import pytest

from models.noise import worth

MEAN = np.linspace(10.0, 100.0, 200)


def ratio(y):
    """Worth of the largest results over that of the smallest."""
    found = worth(y, MEAN, np.ones(200))
    return found[-20:].mean() / found[:20].mean()


def test_noise_that_is_the_same_everywhere_makes_all_periods_worth_the_same():
    assert ratio(MEAN + np.random.default_rng(1).normal(0, 5, 200)) == pytest.approx(1, abs=0.2)


def test_noise_in_per_cent_makes_large_results_worth_less():
    y = MEAN * (1 + np.random.default_rng(1).normal(0, 0.1, 200))
    assert ratio(y) == pytest.approx((15 / 95) ** 2, rel=0.5)


def test_a_result_far_out_counts_as_one_at_the_edge():
    y = MEAN + np.random.default_rng(1).normal(0, 5, 200)
    y[100] = 1000
    found = worth(y, MEAN, np.ones(200))
    assert found[100] * (y[100] - MEAN[100]) ** 2 < 10 * 5**2 * found.max()
    assert found[99] == found.max()


def test_periods_without_spend_or_results_do_not_make_noise_look_small():
    mean, y = np.concatenate([np.zeros(300), MEAN]), MEAN * 1.0
    y *= 1 + np.random.default_rng(1).normal(0, 0.1, 200)
    found = worth(np.concatenate([np.zeros(300), y]), mean, np.ones(500))[300:]
    own = worth(y, MEAN, np.ones(200))
    assert found / found.mean() == pytest.approx(own / own.mean(), rel=0.01)
