r"""Correction: what attribution credits to a channel, set right by lift tests and totals.

    what a channel really brings = factor * what is attributed to it

The shape of a curve comes from attributed results, which show it best; its height is theirs only up
to a factor that is the attribution's error, normal around 1 with standard deviation 0.3, cut off at
0. A lift test is one more row: lift = factor * (what the curve makes of the change) + noise. So is
the total outcome, in which the channel is a course known up to the factor (`models.mix`).
"""

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np
from scipy.special import ndtr, ndtri

from models.carryover import adstock
from models.curve import ResponseCurve
from models.experiment import Experiment
from models.history import History
from models.saturation import Floats
from models.totals import KnownCourse

# How far attribution is off, beforehand.
SPREAD = 0.3
# Below this share of that doubt, what was compared has told something.
_TOLD = 0.8
# Beyond this factor, up or down, attribution and what it is compared with contradict each other.
_CONTRADICTED = 2.5


def by_tests(curve: ResponseCurve, tests: Sequence[Experiment]) -> ResponseCurve:
    """A curve from attributed results, set right by at least one lift test of its channel."""
    random = np.random.default_rng(crc32(curve.channel.encode()) + 1)
    columns = np.array(curve.members).T
    expected = np.stack([test.expected(*columns) for test in tests], axis=1)
    lifts = np.array([test.lift for test in tests])
    worth = np.array([test.stderr for test in tests]) ** -2.0
    precision = SPREAD**-2 + expected**2 @ worth
    mean = (SPREAD**-2 + expected @ (worth * lifts)) / precision
    # What the tests say of each draw's shape, its factor integrated out.
    log_mass = (mean**2 * precision - np.log(precision)) / 2
    mass = np.cumsum(np.exp(log_mass - log_mass.max()))
    marks = (np.arange(len(mass)) + random.random()) / len(mass) * mass[-1]
    drawn = random.permutation(np.searchsorted(mass, marks))
    return corrected(
        replace(curve, members=tuple(curve.members[m] for m in drawn)),
        truncated(mean[drawn], precision[drawn] ** -0.5, random),
        told_by(len(tests), totals=False),
    )


def course(history: History, curve: ResponseCurve, tests: Sequence[Experiment]) -> KnownCourse:
    """What a curve from attributed results says that its channel brought, and in lift tests."""
    spend = history.spend[:, history.channels.index(curve.channel)]
    s = adstock(spend, curve.carryover, history.period.per_quarter)
    point = np.array([[curve.top], [curve.half], [curve.slope], [curve.carryover]])
    return KnownCourse(
        response=curve.at(s),
        mean=1.0,
        spread=SPREAD,
        tests=tuple((float(test.expected(*point)[0]), test.lift, test.stderr) for test in tests),
    )


def corrected(curve: ResponseCurve, factors: Floats, told: str) -> ResponseCurve:
    """The curve with its height times the mean of ``factors`` (M,), and each draw times its own.

    ``told`` are the words for what the factors come from.
    """
    factor = float(factors.mean())
    members = tuple(
        m._replace(top=float(f) * m.top) for f, m in zip(factors, curve.members, strict=True)
    )
    about = replace(
        curve.diagnostics,
        source="combined",
        correction=factor,
        notes=(*curve.diagnostics.notes, _note(factors, told)),
    )
    return replace(curve, top=factor * curve.top, members=members, diagnostics=about)


def scaled(curve: ResponseCurve, factor: float | None) -> ResponseCurve:
    """The curve and its draws with heights times a factor; None leaves it as it is."""
    if factor is None:
        return curve
    members = tuple(m._replace(top=factor * m.top) for m in curve.members)
    return replace(curve, top=factor * curve.top, members=members)


def told_by(tests: int, totals: bool) -> str:
    """The words for what attribution was compared with."""
    words = ["1 lift test"] if tests == 1 else [f"{tests} lift tests"] if tests else []
    return " and ".join(words + ["total revenue"] * totals)


def truncated(mean: Floats, spread: Floats, random: np.random.Generator) -> Floats:
    """One draw from each normal, cut off at 0, by the inverse of its distribution."""
    below = ndtr(-mean / spread)
    marks = below + (1 - below) * random.random(mean.shape)
    drawn = mean + spread * ndtri(np.clip(marks, 1e-300, 1 - 1e-16))
    return np.maximum(drawn, 0.0)


def _note(factors: Floats, told: str) -> str:
    factor = float(factors.mean())
    low, high = np.quantile(factors, [0.1, 0.9]).tolist()
    if max(factor, 1 / max(factor, 1e-9)) > _CONTRADICTED:
        return (
            f"its results and {told} contradict each other: what it brings would be {factor:.1f} "
            "times what is attributed to it. Look at the units and the dates of the test, and at "
            "what is attributed, before you rely on its curve."
        )
    if factors.std() > _TOLD * SPREAD * max(factor, 1.0):
        return f"whether its results are credited right, {told} can hardly tell."
    if low <= 1 <= high:
        return (
            f"its results are credited about right: what they bring is {100 * factor:.0f} % of "
            f"them, by {told} (between {100 * low:.0f} and {100 * high:.0f} %)."
        )
    ends = sorted(abs(100 * (end - 1)) for end in (low, high))
    return (
        f"its results are {'under' if factor > 1 else 'over'}-credited by "
        f"{abs(100 * (factor - 1)):.0f} % (between {ends[0]:.0f} and {ends[1]:.0f} %), by {told}."
    )
