"""Caution: plan for what the curves may turn out to be at worst, in place of what is expected.

A fit says what else its curves may be: draws of the whole world, one curve of every channel each.
Caution maximises the mean of the worst share of them, CVaR (R. T. Rockafellar and S. Uryasev,
Journal of Risk 2, 2000), as columns of the program:

    eta - sum over draws d of short[d] / (worst * draws)
    short[d] >= eta - worth[d],   short[d] >= 0

with worth[d] what the plan brings in draw d. Eta ends where the worst share does. What is not
unsure (channels without draws, costs, packages) is the same in all draws and counts as it is; rules
and what results cost go by what is expected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm
from optimizer.limits import Link

if TYPE_CHECKING:
    from optimizer.program import Program

# A share that comes to a whole number of draws does so but for floating point.
_WHOLE = 1e-9


@dataclass(frozen=True)
class Caution:
    """The mean over the ``worst`` share of so many ``curves``, drawn from each curve's members."""

    worst: float = 0.2
    curves: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.worst <= 1 or self.curves < 1:
            raise ValueError(f"caution needs 0 < worst <= 1 and curves of 1 or more, not {self}")

    def of(self, members: int) -> tuple[int, ...]:
        """Which of so many members to take: evenly spread, all where there are no more."""
        count = min(self.curves, members)
        return tuple(number * members // count for number in range(count))

    def weights(self, worth: Floats) -> Floats:
        """(draws,) how much each draw counts in the mean of the worst; they add up to 1."""
        count = len(worth)
        order = np.argsort(worth, kind="stable")
        left = self.worst * count - np.arange(count)
        weights = np.zeros(count)
        weights[order] = np.clip(left, 0.0, 1.0) / (self.worst * count)
        return weights

    def last(self, worth: Floats) -> float:
        """The worth of the best draw that still counts."""
        number = ceil(self.worst * len(worth) - _WHOLE)
        return float(np.sort(worth)[number - 1])


class Tail:
    """The columns and links of caution in a program in which something is unsure."""

    def __init__(self, program: Program, caution: Caution, draws: int) -> None:
        self.program = program
        self.caution = caution
        response = program.response
        results = len(program.problem.results)
        value = response.worth
        of = response.kind // results
        self.forms = tuple(
            LinearForm(response.position[chosen], value[chosen])
            for chosen in (np.flatnonzero(of == draw) for draw in range(1, draws + 1))
        )
        now = program.response.block_values(*program.response.coordinates(program.problem.current))
        size = float(np.abs(now @ value)) / (draws * program.size) or 1.0
        self.eta = program.add_extra(Extra("eta", follows=self._last, size=size))
        self.short = [
            program.add_extra(Extra(f"short {d}", follows=self._short(form), size=size))
            for d, form in enumerate(self.forms)
        ]

    @property
    def objective(self) -> LinearForm:
        """The mean of the worst, by the columns."""
        rate = -1 / (self.caution.worst * len(self.forms))
        positions = np.array([self.eta, *self.short], dtype=np.int64)
        return LinearForm(positions, np.array([1.0, *(rate for _ in self.short)]))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """worth[d] + short[d] - eta >= 0 for every draw."""
        gone = LinearForm.sum_of([self.eta])
        return tuple(
            Link(form.plus(LinearForm.sum_of([short])).minus(1.0, gone), 0.0, np.inf)
            for form, short in zip(self.forms, self.short, strict=True)
        )

    def around(self, decision: Floats) -> LinearForm:
        """The mean of those draws that are the worst ones at a decision: equal there, and linear.

        Elsewhere it is too high by whatever other draws are worse.
        """
        return self.mean(self.caution.weights(self._worth(decision)))

    def mean(self, weights: Floats | None = None) -> LinearForm:
        """The mean of all draws by these weights (draws,), which add up to 1; evenly without."""
        even = np.full(len(self.forms), 1 / len(self.forms))
        chosen = even if weights is None else weights
        return LinearForm(
            np.concatenate([form.cells for form in self.forms]),
            np.concatenate(
                [
                    weight * form.coefficients
                    for weight, form in zip(chosen.tolist(), self.forms, strict=True)
                ]
            ),
        )

    def fill(self, decision: Floats) -> None:
        """Set the columns to what a decision's results imply."""
        decision[self.eta] = self._last(decision)
        for short, form in zip(self.short, self.forms, strict=True):
            decision[short] = self._short(form)(decision)

    def _worth(self, decision: Floats) -> Floats:
        return np.array([form.at(decision) for form in self.forms])

    def _last(self, decision: Floats) -> float:
        return self.caution.last(self._worth(decision))

    def _short(self, form: LinearForm) -> Callable[[Floats], float]:
        return lambda decision: max(0.0, float(decision[self.eta]) - form.at(decision))
