"""Aim: what is sought over several futures, and what a joint program maximises for it.

The futures' objectives v[s] are weighed by their probabilities p[s], or the worst of them only: the
mean of the worst share a of the probability (CVaR, R. T. Rockafellar and S. Uryasev, Journal of
Risk 2, 2000), as columns

    eta - sum over s of p[s] / a * short[s],     short[s] >= eta - (v[s] - yardstick[s]),  >= 0

With equal probabilities and a = 1 / S that is the worst future alone, and with what each future
could bring at most for yardstick its largest regret, negative (L. J. Savage, Journal of the
American Statistical Association 46, 1951). With a = 1 it is the expectation, and needs no columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm
from optimizer.limits import Link
from optimizer.objective import Maximand

if TYPE_CHECKING:
    from optimizer.joint import Joint

# A share of probability that comes to all of it does so but for floating point.
_NOTHING = 1e-12


@dataclass(frozen=True)
class Aim:
    """What is sought over S futures: the mean of the ``worst`` share of their probability.

    ``probabilities`` (S,) add up to 1; ``yardstick`` (S,) is what each future's objective is
    measured from.
    """

    probabilities: Floats
    worst: float
    yardstick: Floats

    def weights(self, values: Floats) -> Floats:
        """(S,) how much each future counts at objectives (S,), all to be maximised."""
        order = np.argsort(values - self.yardstick, kind="stable")
        ordered = self.probabilities[order]
        before = np.cumsum(ordered) - ordered
        weights = np.zeros(len(values))
        weights[order] = np.clip(self.worst - before, 0.0, ordered) / self.worst
        return weights

    def of(self, values: Floats) -> float:
        """What is sought, to be maximised, at objectives (S,)."""
        return float(self.weights(values) @ (values - self.yardstick))

    def last(self, values: Floats) -> float:
        """The best objective, measured from its yardstick, that still counts."""
        counts = self.weights(values) > 0
        return float((values - self.yardstick)[counts].max())

    @property
    def even(self) -> bool:
        """Whether all futures count, good or bad."""
        return self.worst >= 1 - _NOTHING


class JointObjective(Maximand):
    """What is sought over all futures of a joint program, with columns where only the worst count.

    ``size`` is what counts as 1 in these columns.
    """

    def __init__(self, joint: Joint, aim: Aim, size: float) -> None:
        self.joint = joint
        self.aim = aim
        self._short: list[int] = []
        if not aim.even:
            self._eta = joint.add_extra(Extra("eta", low=-np.inf, size=size))
            names = (f"short {program.problem.scenario}" for program in joint.programs)
            self._short = [joint.add_extra(Extra(name, size=size)) for name in names]

    @cached_property
    def form(self) -> LinearForm:
        """The mean of all futures, or that of the worst by the columns."""
        if not self._short:
            return self._weighed(self.aim.probabilities, self._own)
        rates = -self.aim.probabilities / self.aim.worst
        positions = np.array([self._eta, *self._short], dtype=np.int64)
        return LinearForm(positions, np.array([1.0, *rates]))

    def around(self, decision: Floats) -> LinearForm:
        """The mean of those futures that count at a decision."""
        parts = zip(self.joint.programs, self.joint.parts(decision), strict=True)
        forms = [program.objective.around(part) for program, part in parts]
        return self._weighed(self.aim.weights(self._worths(decision)), forms)

    @property
    def mean(self) -> LinearForm:
        """The mean of all futures."""
        forms = [program.objective.mean for program in self.joint.programs]
        return self._weighed(self.aim.probabilities, forms)

    @property
    def weighs(self) -> bool:
        """Whether what counts depends on which futures or draws are the worst ones."""
        own = (program.objective.weighs for program in self.joint.programs)
        return bool(self._short) or any(own)

    @cached_property
    def shunned(self) -> Floats:
        """What each future's own caution gains, at the most that the future may count."""
        most = np.minimum(self.aim.probabilities / self.aim.worst, 1.0).tolist()
        programs = zip(most, self.joint.programs, strict=True)
        return np.concatenate([share * program.objective.shunned for share, program in programs])

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """objective + short - eta >= yardstick for every future."""
        links = []
        for number, (own, short) in enumerate(zip(self._own, self._short, strict=False)):
            form = self.joint.moved(own, number).plus(LinearForm.sum_of([short]))
            form = form.minus(1.0, LinearForm.sum_of([self._eta]))
            links.append(Link(form, float(self.aim.yardstick[number]), np.inf))
        return tuple(links)

    def fill(self, decision: Floats) -> None:
        """Set the columns to what a decision's amounts and results imply."""
        if self._short:
            worths = self._worths(decision)
            decision[self._eta] = self.aim.last(worths)
            beyond = decision[self._eta] - (worths - self.aim.yardstick)
            decision[self._short] = np.maximum(beyond, 0.0)

    @property
    def _own(self) -> list[LinearForm]:
        return [program.objective.form for program in self.joint.programs]

    def _worths(self, decision: Floats) -> Floats:
        """(S,) every future's objective at a decision."""
        parts = zip(self.joint.programs, self.joint.parts(decision), strict=True)
        return np.array([program.objective.at(part) for program, part in parts])

    def _weighed(self, weights: Floats, forms: Sequence[LinearForm]) -> LinearForm:
        """The futures' forms less their yardsticks, weighed (S,)."""
        moved = [self.joint.moved(form, number) for number, form in enumerate(forms)]
        parts = [form.times(weight) for form, weight in zip(moved, weights.tolist(), strict=True)]
        return LinearForm(
            np.concatenate([part.cells for part in parts]),
            np.concatenate([part.coefficients for part in parts]),
            sum(part.constant for part in parts) - float(weights @ self.aim.yardstick),
        )
