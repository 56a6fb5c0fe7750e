import numpy as np

from optimizer.reallocate import reallocate
from optimizer.rules import Band, Elasticity
from tests.optimizer.worlds import channel, problem

PM50 = (Elasticity(default=Band(0.5, 0.5)),)


def test_money_does_not_move_between_channels_that_are_alike() -> None:
    lines = tuple(channel(name) for name in "abc")
    plan = reallocate(problem(lines, np.full((3, 2), 100.0), PM50))
    assert np.all(plan.allocation.spend == 100.0)


def test_money_does_not_move_where_no_move_brings_anything() -> None:
    flat = tuple(channel(name, top=0.0) for name in "abc")
    plan = reallocate(problem(flat, [[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]], PM50))
    assert np.all(plan.allocation.spend == plan.problem.current)


def test_only_the_channels_that_gain_move() -> None:
    lines = (channel("good", 4000, 100), channel("bad", 100, 800), *(channel(n) for n in "cde"))
    plan = reallocate(problem(lines, np.full((5, 1), 100.0), PM50))
    assert plan.allocation.spend[0, 0] == 150.0
    assert plan.allocation.spend[1, 0] == 50.0
    assert np.all(plan.allocation.spend[2:] == 100.0)
