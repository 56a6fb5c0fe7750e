"""Totals made ready for the regression: in standard units, with all courses that may be true."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import shape as shapes
from models.baseline import Baseline, Controls, Pattern, baseline
from models.common import MIDDLE, Common, Noise, Returns, Shapes, grid
from models.outliers import calming
from models.posterior import Posterior
from models.regression import Candidates, Regression, Tested
from models.saturation import Floats
from models.season import Evidence, evidence, patterns
from models.totals import Totals


@dataclass(frozen=True)
class Channel:
    """The grid's shapes for one channel of ``usual`` spend.

    ``shares`` (N, K) of the top in the periods that count, and ``tops`` (K,), in units of the
    outcome per unit of return: with them a unit of spend has brought one.
    """

    usual: float
    shares: Floats
    tops: Floats

    @classmethod
    def of(cls, spend: Floats, totals: Totals, grid: Floats) -> "Channel":
        """A channel of spend (P,) and the shapes of a grid (3, K)."""
        used, usual = totals.weight > 0, shapes.usual(spend, totals.weight)
        shares = shapes.shares_of_top(spend, grid, usual, totals.rhythm)[used]
        # A channel without spend in the periods that count has shares of 0.
        money = float(spend[used].mean()) or usual
        return cls(usual, shares, money / np.maximum(shares.mean(axis=0), 1e-3))


@dataclass(frozen=True)
class Standard:
    """Totals in standard units: the outcome (N,) less ``level``, in ``unit``s; what may explain it.

    The unit is the outcome's standard deviation, ``gross`` the mean outcome in units per money
    spent. ``candidates`` are those of the channels, in their order, then the known courses.
    """

    totals: Totals
    used: NDArray[np.bool_]
    level: float
    unit: float
    outcome: Floats
    weight: Floats
    grid: Floats
    channels: tuple[Channel, ...]
    candidates: tuple[Candidates, ...]
    tested: Tested
    controls: Controls
    common: Common
    gross: float

    @classmethod
    def of(cls, totals: Totals) -> "Standard":
        """Totals with at least one channel and one period that counts."""
        used, tried = totals.weight > 0, grid(totals.rhythm)
        level = float(np.average(totals.outcome[used], weights=totals.weight[used]))
        unit = float(totals.outcome[used].std()) or 1.0
        gross = _gross(totals, abs(level) / unit)
        channels = tuple(Channel.of(spend, totals, tried) for spend in totals.spend.T)
        return cls(
            totals=totals,
            used=used,
            level=level,
            unit=unit,
            outcome=(totals.outcome[used] - level) / unit,
            weight=totals.weight[used],
            grid=tried,
            channels=channels,
            candidates=_candidates(totals, channels, tried, unit),
            tested=_tested(totals, unit),
            controls=Controls.of(totals.controls, totals.weight),
            common=Common(
                Noise.of(abs(level) / unit),
                Returns.of(gross, unit),
                Shapes.of(tried, totals.rhythm),
            ),
            gross=gross,
        )

    def believed(self) -> Floats:
        """(N, C) the likeliest course of every channel beforehand, per unit of height."""
        middle = int(np.argmin(shapes.penalty(self.grid, self.totals.rhythm)))
        found = [of.columns[:, 0 if of.height else middle] for of in self.candidates]
        return np.stack(found, axis=1)

    def expected(self, found: Posterior) -> Floats:
        """(N, C) the mean course of every channel, per unit of height."""
        pairs = zip(self.candidates, found.likely, strict=True)
        return np.stack([of.columns @ likely for of, likely in pairs], axis=1)

    def calm(self, errors: Floats) -> Floats:
        """(N,) weights of the periods, less where errors (N,) lie far out."""
        return self.weight * calming(errors * np.sqrt(self.weight / self.weight.mean()))

    def season(self, media: Floats, weight: Floats) -> tuple[Pattern, Evidence]:
        """The pattern that the data support best beside courses of the channels (N, C)."""
        usual = (MIDDLE * self.gross, MIDDLE * self.gross)
        heights = np.array([of.height or usual for of in self.candidates])
        left = self.outcome - media @ heights[:, 0]
        years, per_year = self.totals.years, self.totals.per_year
        tried = []
        for pattern in patterns(float(years[-1]), per_year):
            base = baseline(years, pattern, self.controls)
            columns = np.hstack([base.columns[self.used], media])
            both = Baseline(columns, np.append(base.precision, heights[:, 1] ** -2.0))
            tried.append((pattern, evidence(both, left, weight, self.common.noise)))
        return max(tried, key=lambda of: of[1].log_density)

    def regression(self, pattern: Pattern, left: Evidence) -> Regression:
        """Everything against the outcome, the periods weighted by what that pattern left."""
        base = baseline(self.totals.years, pattern, self.controls)
        rows = Baseline(base.columns[self.used], base.precision)
        weight = self.calm(left.errors)
        return Regression(self.candidates, self.tested, rows, self.outcome, weight, left.error)


def _gross(totals: Totals, level: float) -> float:
    """Mean outcome, given in its standard deviations, per unit of all spend; 1 without spend.

    A return on an outcome whose mean is about 0 means nothing; its deviation then takes its place.
    """
    used = totals.weight > 0
    money = float(totals.spend[used].sum()) / int(used.sum())
    return max(level, 1.0) / money if money > 0 else 1.0


def _candidates(
    totals: Totals, channels: tuple[Channel, ...], grid: Floats, unit: float
) -> tuple[Candidates, ...]:
    """All shapes of all channels, then the known courses."""
    used = totals.weight > 0
    tests = sum(len(known.tests) for known in totals.courses) + len(totals.trials)
    out = []
    for c, channel in enumerate(channels):
        expected = np.zeros((tests, grid.shape[1]))
        for row, trial in enumerate(totals.trials):
            if trial.channel == c:
                with_it, without = (
                    shapes.shares_of_top(spend, grid, channel.usual, totals.rhythm).sum(axis=0)
                    for spend in (trial.spend, trial.without)
                )
                expected[row] = (with_it - without) * channel.tops
        out.append(Candidates(channel.shares * channel.tops, expected))
    row = len(totals.trials)
    for known in totals.courses:
        expected = np.zeros((tests, 1))
        for test in known.tests:
            expected[row] = test[0] / unit
            row += 1
        course = known.response[used, None] / unit
        out.append(Candidates(course, expected, (known.mean, known.spread)))
    return tuple(out)


def _tested(totals: Totals, unit: float) -> Tested:
    """What all lift tests measured: those of the channels, then those of the known courses."""
    pairs = [(trial.lift, trial.stderr) for trial in totals.trials]
    pairs += [test[1:] for known in totals.courses for test in known.tests]
    lift, stderr = np.array(pairs).reshape(-1, 2).T / unit
    return Tested(lift, stderr)
