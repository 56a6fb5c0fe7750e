r"""The regression inside mix modelling: every candidate course against the outcome, with priors.

A ridge regression is plain least squares with one more row per prior. So the baseline can be
projected out of the outcome and of all columns once, and every later question is about the channels
alone: with y and F what remains of the outcome and of the columns (R rows: periods, priors of the
baseline, lift tests),

    -2 log posterior = |y - sum of height_c * F_c[shape_c]|^2 / error + priors of shapes and heights
"""

from dataclasses import dataclass

import numpy as np

from models.baseline import Baseline
from models.saturation import Floats


@dataclass(frozen=True)
class Candidates:
    """What one channel may have brought: K courses, of which one, times a height >= 0, is true.

    ``columns`` (N, K) over the N periods that count, in the outcome's units per unit of height;
    ``tested`` (L, K) what all lift tests would have measured, 0 for those of other channels.
    ``height`` is mean and standard deviation of the height's normal prior, cut off at 0; None where
    it is return on spend, of which all such channels have the prior in common.
    """

    columns: Floats
    tested: Floats
    height: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tested:
    """Lift tests: what was measured and its standard error, (L,) in the outcome's units."""

    lift: Floats
    stderr: Floats


class Regression:
    """Outcome (N,) of variance 1 on candidates and a baseline, noise of variance about ``error``.

    ``base`` has N rows; ``weight`` (N,) is the inverse variance of each period's noise, relative.
    After that: ``y`` (R,), ``columns`` per channel (R, K), and ``power`` (K,), their squares.
    """

    def __init__(
        self,
        candidates: tuple[Candidates, ...],
        tested: Tested,
        base: Baseline,
        outcome: Floats,
        weight: Floats,
        error: float,
    ) -> None:
        self.candidates, self.error, self.rows = candidates, error, len(outcome)
        self._root = np.sqrt(weight / weight.mean())
        self._priors = len(base.precision)
        self._base = np.vstack(
            [self._root[:, None] * base.columns, np.diag(np.sqrt(error * base.precision))]
        )
        self._basis = np.linalg.qr(self._base)[0]
        exact = np.sqrt(error) / tested.stderr
        self.y = np.concatenate([self._projected(outcome[:, None])[:, 0], exact * tested.lift])
        self.columns = [
            np.vstack([self._projected(of.columns), exact[:, None] * of.tested])
            for of in candidates
        ]
        self.power = [np.einsum("rk,rk->k", columns, columns) for columns in self.columns]
        # A coefficient without a prior takes an observation for itself.
        free = int((base.precision == 0).sum())
        self.observations = max(self.rows + len(tested.lift) - free, 0)

    def coefficients(self, left: Floats) -> Floats:
        """(Q,) coefficients of the baseline for what the channels leave of the outcome (N,)."""
        padded = np.concatenate([self._root * left, np.zeros(self._priors)])
        return np.asarray(np.linalg.lstsq(self._base, padded, rcond=None)[0])

    def errors(self, effect: Floats) -> Floats:
        """(N,) errors that are left when the channels bring ``effect`` (R,), unweighted."""
        return np.asarray((self.y - effect)[: self.rows] / self._root)

    def apart(self, courses: Floats) -> Floats:
        """(C,) the share of each course's variance (N, C) that nothing else in the model follows.

        The rest of the model is the baseline and the other courses.
        """
        left = self._projected(courses)[: self.rows]
        out = np.empty(courses.shape[1])
        for c, course in enumerate(courses.T):
            rest = np.delete(left, c, axis=1)
            own = left[:, c] - rest @ np.linalg.lstsq(rest, left[:, c], rcond=1e-10)[0]
            whole = self._root * (course - course.mean())
            out[c] = float(own @ own) / (float(whole @ whole) or 1.0)
        return out

    def _projected(self, values: Floats) -> Floats:
        padded = np.vstack(
            [self._root[:, None] * values, np.zeros((self._priors, values.shape[1]))]
        )
        return np.asarray(padded - self._basis @ (self._basis.T @ padded))
