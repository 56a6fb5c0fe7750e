"""What every peer is given and must hand back: one allocation task as JSON, in and out.

Needs NumPy only, so that it runs in each peer's own environment.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Spend ``budget`` (Q,) in full, each amount (C, Q) between ``lower`` and ``upper``, in money.

    Maximise the sum over terms t of weight[t] * (f(s[t]) - f(alpha[t])), where
    s[t] = alpha[t] + sum over q of forms[t, q] * x[channel[t], q] and f is the Hill curve of the
    term's channel: top * s**slope / (s**slope + half**slope). Where ``separable``, there is one
    term per amount and s is that amount itself, so that every quarter is a task of its own.
    """

    separable: bool
    current: Floats
    lower: Floats
    upper: Floats
    budget: Floats
    top: Floats
    half: Floats
    slope: Floats
    channel: NDArray[np.int64]
    alpha: Floats
    forms: Floats
    weight: Floats

    @classmethod
    def read(cls, data: dict[str, object]) -> Task:
        """A task from what `write` made."""
        return cls(bool(data.pop("separable")), **{k: np.array(v) for k, v in data.items()})

    def write(self) -> dict[str, object]:
        """Plain lists, for JSON."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in arrays.items()}

    def value(self, spend: Floats) -> float:
        """The response that the spends (C, Q) bring beyond none at all."""
        gained = self._share(self._adstocked(spend)) - self._share(self.alpha)
        return float(self.weight @ (self.top[self.channel] * gained))

    def gradient(self, spend: Floats) -> Floats:
        """(C, Q) response per further unit of money."""
        of = self.channel
        # Where the slope is below 1 the return at no spend at all is infinite: just beside it.
        s = np.maximum(self._adstocked(spend), 1e-9 * self.half[of])
        share = self._share(s)
        rate = self.weight * self.top[of] * self.slope[of] * share * (1 - share) / s
        out = np.zeros(self.current.shape)
        np.add.at(out, of, rate[:, None] * self.forms)
        return out

    def curve(self, channel: int, spend: Floats) -> Floats:
        """What amounts of one quarter bring in one channel, where the task is separable."""
        return np.asarray(self.top[channel] * self._hill(spend, channel))

    def parts(self) -> list[Task]:
        """One task per quarter where it is separable, as a planner in a hurry would do it."""
        if not self.separable:
            return [self]
        return [self._quarter(q) for q in range(len(self.budget))]

    def _quarter(self, q: int) -> Task:
        terms = self.forms[:, q] > 0
        return replace(
            self,
            current=self.current[:, [q]],
            lower=self.lower[:, [q]],
            upper=self.upper[:, [q]],
            budget=self.budget[[q]],
            channel=self.channel[terms],
            alpha=self.alpha[terms],
            forms=self.forms[terms][:, [q]],
            weight=self.weight[terms],
        )

    def _adstocked(self, spend: Floats) -> Floats:
        return np.asarray(self.alpha + np.sum(self.forms * spend[self.channel], axis=1))

    def _share(self, s: Floats) -> Floats:
        return self._hill(s, self.channel)

    def _hill(self, s: Floats, channel: int | NDArray[np.int64]) -> Floats:
        with np.errstate(divide="ignore", over="ignore"):
            odds = np.exp(-self.slope[channel] * np.log(s / self.half[channel]))
        return np.asarray(1.0 / (1.0 + odds))


def serve(solve: Callable[[Task], tuple[Floats, float]]) -> None:
    """Read a list of tasks from stdin and answer each with spends (C, Q) and seconds.

    ``solve`` gets a task's `parts` one by one and returns both for each, so that a peer counts its
    planning and not its compiling.
    """
    tasks = [Task.read(data) for data in json.load(sys.stdin)]
    with contextlib.redirect_stdout(sys.stderr):
        answers = [_answer(solve, task) for task in tasks]
    json.dump(answers, sys.stdout)


def timed(plan: Callable[[], Floats]) -> tuple[Floats, float]:
    """The plan and the processor's seconds that it took."""
    start = time.process_time()
    spend = plan()
    return spend, time.process_time() - start


def _answer(solve: Callable[[Task], tuple[Floats, float]], task: Task) -> dict[str, object]:
    try:
        solved = [solve(part) for part in task.parts()]
    except Exception as error:  # a peer may fail in any way of its own; the table says how
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}
    spend = np.hstack([spend.reshape(len(task.top), -1) for spend, _ in solved])
    return {"spend": spend.tolist(), "seconds": sum(seconds for _, seconds in solved)}
