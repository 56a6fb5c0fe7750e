"""Sampling, against densities whose moments are known."""

import numpy as np
import pytest

from models.sampling import sample

LOW, HIGH = np.array([-10.0, -10.0]), np.array([10.0, 10.0])
START = np.stack([axis.ravel() for axis in np.meshgrid(*[np.linspace(-10, 10, 9)] * 2)])


@pytest.mark.parametrize("width", [3.0, 0.1, 1e-4])
def test_a_peak_is_found_however_narrow_it_is(width):
    covariance = width**2 * np.array([[1.0, 0.9], [0.9, 1.0]])
    middle, inverse = np.array([1.234, -0.777]), np.linalg.inv(covariance)

    def log_density(points):
        away = points - middle[:, None]
        return -0.5 * (away * (inverse @ away)).sum(axis=0)

    found = sample(log_density, START, (LOW, HIGH), np.random.default_rng(0))
    assert found.weights.sum() == pytest.approx(1)
    assert found.effective > 200
    assert found.mean == pytest.approx(middle, abs=0.15 * width)
    assert found.covariance == pytest.approx(covariance, abs=0.15 * width**2)


def test_nothing_is_drawn_beyond_the_bounds():
    found = sample(lambda points: points[0], START, (LOW, HIGH), np.random.default_rng(0))
    assert np.all(found.points >= LOW[:, None])
    assert np.all(found.points <= HIGH[:, None])
    # Of density e^x up to 10, the mean is 9.
    assert found.mean[0] == pytest.approx(9, abs=0.2)


def test_draws_come_as_often_as_their_weights_say():
    random = np.random.default_rng(0)
    found = sample(lambda points: points[0], START, (LOW, HIGH), random)
    drawn = found.points[:, found.draw(1000, random)]
    assert drawn.mean(axis=1) == pytest.approx(found.mean, abs=0.1)
