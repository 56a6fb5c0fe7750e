"""Lift tests in simulated worlds: changes made to spend, and what they are measured to bring."""

from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from models.carryover import adstock
from models.curve import ResponseCurve
from models.lift import LiftTest
from models.period import Period
from models.saturation import Floats

_WEEKS = 6
_SHARE = 0.8


def tried(
    spend: Floats, usual: Floats, hidden: int, period: Period, tests: int, random: Generator
) -> tuple[Floats, Floats]:
    """Spend (T, C) with the changes made to test it, and these changes (T, C)."""
    length = _WEEKS if period is Period.WEEK else 1
    periods, channels = spend.shape
    changes = np.zeros(spend.shape)
    for c in random.permutation(channels)[:tests]:
        # Late enough to have been seen before, early enough to be seen to fade.
        first = int(random.integers(hidden + (periods - hidden) // 4, periods - 3 * length))
        weeks = slice(first, first + length)
        cut = random.random() < 0.5 and spend[weeks, c].mean() > 0.5 * usual[c]
        changes[weeks, c] = -_SHARE * spend[weeks, c] if cut else _SHARE * usual[c]
    return spend + changes, changes


def lift_tests(
    curves: tuple[ResponseCurve, ...],
    spend: Floats,
    changes: Floats,
    starts: tuple[date, ...],
    random: Generator,
) -> tuple[LiftTest, ...]:
    """What was measured of the changes (T, C) that the spend (T, C) holds."""
    tests = []
    for c, curve in enumerate(curves):
        weeks = np.flatnonzero(changes[:, c])
        if not weeks.size:
            continue
        # What is still carried over when the history ends counts as well.
        later = np.zeros(curve.period.longest_tail)
        with_it = np.concatenate([spend[:, c], later])
        without = np.concatenate([spend[:, c] - changes[:, c], later])
        lift = float((course(curve, with_it) - course(curve, without)).sum())
        stderr = abs(lift) * float(random.uniform(0.1, 0.2))
        tests.append(
            LiftTest(
                channel=curve.channel,
                first=starts[weeks[0]],
                last=curve.period.after(starts[weeks[-1]], 1) - timedelta(days=1),
                spend_change=float(changes[weeks, c].sum()),
                lift=lift + stderr * float(random.normal()),
                stderr=stderr,
            )
        )
    return tuple(tests)


def course(curve: ResponseCurve, spend: Floats) -> Floats:
    """(T,) true response to a course of spend (T,)."""
    return curve.at(state(curve, spend))


def state(curve: ResponseCurve, spend: Floats) -> Floats:
    """(T,) true adstock under a course of spend (T,)."""
    return adstock(spend, curve.carryover, curve.period.per_quarter)
