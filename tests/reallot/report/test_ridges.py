"""The picture of many futures."""

import re

import numpy as np
import pytest

from reallot.report.ridges import HEIGHT, WIDTH, ridges_of
from scenarios.judging import Distribution, Judged


def judged(name: str, values: np.ndarray) -> Judged:
    return Judged(name, "plan", 0.0, True, values, Distribution.of(values), {}, 0.0)


RANDOM = np.random.default_rng(1)
LOW, HIGH = (judged(name, RANDOM.normal(mean, 10, 2000)) for name, mean in (("a", 100), ("b", 140)))


def points(path: str) -> np.ndarray:
    return np.array([pair.split(",") for pair in re.findall(r"[\d.]+,[\d.]+", path)], dtype=float)


def test_a_ridge_is_highest_where_most_futures_lie() -> None:
    ridges = ridges_of([LOW, HIGH])
    tops = []
    for ridge in ridges.rows:
        outline = points(ridge.outline)
        tops.append(outline[np.argmin(outline[:, 1]), 0])
        assert tops[-1] / WIDTH * 100 == pytest.approx(ridge.mean, abs=4)
    assert tops[0] < tops[1]


def test_all_ridges_are_on_one_scale_inside_their_box() -> None:
    ridges = ridges_of([LOW, HIGH])
    for ridge in ridges.rows:
        outline = points(ridge.outline)
        assert outline.min() >= 0
        assert outline[:, 0].max() <= WIDTH
        assert outline[:, 1].max() <= HEIGHT
        assert points(ridge.worst)[:, 0].max() / WIDTH * 100 <= ridge.low
    assert [at for at, _ in ridges.ticks] == sorted(at for at, _ in ridges.ticks)


@pytest.mark.parametrize("values", [np.full(50, 100.0), np.array([100.0]), np.zeros(3)])
def test_futures_that_are_all_alike_have_no_ridge_and_still_a_mean(values: np.ndarray) -> None:
    (ridge,) = ridges_of([judged("calm", values)]).rows
    assert points(ridge.outline)[:, 1].min() == HEIGHT
    assert 0 <= ridge.mean <= 100
