r"""The regression inside mix modelling: every candidate shape against the outcome, priors included.

A ridge regression is plain least squares with one more row per prior. So the baseline can be
projected out of the outcome and of all columns once, and every later question is about the channels
alone: with y and F what remains of the outcome and of the columns (R rows: periods and priors),

    -2 log posterior = |y - sum of height_c * F_c[shape_c]|^2 / error + penalties of the shapes
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from models.baseline import Baseline
from models.evidence import persistence
from models.saturation import Floats

# The outcome's variance is 1: a perfect fit must leave the priors some meaning.
_LEAST_ERROR = 1e-6


@dataclass(frozen=True)
class Candidates:
    """Every shape of a grid (3, K) as one column of shares of the top per channel.

    ``columns`` (C, N, K) over the N periods that count, ``penalty`` (K,) of the shapes' prior, and
    ``height_prior`` (C, K) the inverse standard deviation of the prior on a column's height.
    """

    shapes: Floats
    penalty: Floats
    columns: Floats
    height_prior: Floats

    def only(self, k: int) -> "Candidates":
        """The same with one shape for every channel."""
        one = slice(k, k + 1)
        return Candidates(
            self.shapes[:, one],
            self.penalty[one],
            self.columns[:, :, one],
            self.height_prior[:, one],
        )


class Regression:
    """Outcome (N,) of variance 1 on candidates and a baseline, noise of variance ``error``.

    ``base`` has N rows; ``weight`` (N,) is the inverse variance of each period's noise, relative.
    After that: ``y`` (R,), ``columns`` per channel (R, K), and ``power`` (C, K), their squares.
    """

    def __init__(
        self,
        candidates: Candidates,
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
        channels = len(candidates.columns)
        self.y = np.concatenate([self._projected(outcome[:, None])[:, 0], np.zeros(channels)])
        self.columns = [
            np.vstack([self._projected(columns), np.sqrt(error) * np.outer(own, prior)])
            for columns, prior, own in zip(
                candidates.columns, candidates.height_prior, np.eye(channels), strict=True
            )
        ]
        self.power = np.stack([(columns**2).sum(axis=0) for columns in self.columns])

    @property
    def parameters(self) -> float:
        """Parameters that the baseline takes from the data: the trace of its ridge projection."""
        return float((self._basis[: self.rows] ** 2).sum())

    def coefficients(self, left: Floats) -> Floats:
        """(Q,) coefficients of the baseline for what the channels leave of the outcome (N,)."""
        padded = np.concatenate([self._root * left, np.zeros(self._priors)])
        return np.asarray(np.linalg.lstsq(self._base, padded, rcond=None)[0])

    def best_errors(self) -> Floats:
        """(N,) errors when every channel has its first shape and the best height >= 0."""
        design = np.stack([columns[:, 0] for columns in self.columns], axis=1)
        return np.asarray((self.y - design @ nnls(design, self.y)[0])[: self.rows])

    def variance(self, squares: float, errors: Floats) -> float:
        """Variance of the noise for a sum of squares; errors (N,) that persist count for more."""
        r = persistence(errors)
        spare = max(self.rows - self.parameters, 1.0)
        return max(squares / spare * (1 + r) / (1 - r), _LEAST_ERROR)

    def criterion(self, errors: Floats) -> float:
        """Akaike's information criterion, corrected for few observations (Hurvich and Tsai)."""
        p, n = self.parameters + len(self.columns), self.rows
        if n - p - 1 <= 0:
            return np.inf
        variance = max(float(errors @ errors) / n, _LEAST_ERROR)
        return float(n * np.log(variance) + 2 * p + 2 * p * (p + 1) / (n - p - 1))

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
