"""Experiments in a history: the spend that a lift test changed, and what a curve makes of it."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from models.carryover import adstock
from models.history import History
from models.lift import LiftTest
from models.saturation import Floats, Form, response


@dataclass(frozen=True)
class Experiment:
    """Spend (P,) with the ``change`` (P,) that a test made, and what it was measured to bring.

    After the history's periods stand some more at the last quarter's mean spend: carry-over still
    brings something then.
    """

    spend: Floats
    change: Floats
    lift: float
    stderr: float
    warm_up: int

    def expected(self, top: Floats, half: Floats, slope: Floats, carryover: Floats) -> Floats:
        """(M,) what Hill curves, with parameters (M,), say that the change brought."""
        with_it = adstock(self.spend[:, None], carryover, self.warm_up)
        # Adstock is linear, and what stood before the history is the same either way.
        began = np.concatenate([[0.0], self.change])
        without = with_it - adstock(began[:, None], carryover, 1)[1:]
        brought = response(Form.HILL, with_it, top, half, slope)
        rest = response(Form.HILL, np.maximum(without, 0.0), top, half, slope)
        return np.asarray((brought - rest).sum(axis=0))


def experiments(history: History, channel: str) -> tuple[Experiment, ...]:
    """The tests of a channel that lie in the history."""
    spend = history.spend[:, history.channels.index(channel)]
    quarter = history.period.per_quarter
    later = np.full(history.period.longest_tail, float(spend[-quarter:].mean()))
    found = []
    for test in history.tests:
        days = _days(history, test)
        if test.channel == channel and days.any():
            change = _change(spend, days, test.spend_change)
            found.append(
                Experiment(
                    np.concatenate([spend, later]),
                    np.concatenate([change, np.zeros_like(later)]),
                    test.lift,
                    test.stderr,
                    quarter,
                )
            )
    return tuple(found)


def _change(spend: Floats, days: Floats, money: float) -> Floats:
    """(P,) the change by period: even over the days, or like the spend where that is too little."""
    even = money * days / days.sum()
    if np.all(even <= spend):
        return np.asarray(even)
    like = days * spend
    # No period holds more of a change than was spent in it.
    return np.asarray(np.minimum(money * like / (like.sum() or 1.0), spend))


def _days(history: History, test: LiftTest) -> Floats:
    """(P,) days of the test in every period of the history."""
    end = test.last + timedelta(days=1)
    inside = [
        (min(history.period.after(start, 1), end) - max(start, test.first)).days
        for start in history.starts
    ]
    return np.asarray(np.maximum(np.array(inside, dtype=float), 0.0))
