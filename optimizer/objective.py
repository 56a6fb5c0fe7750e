"""The objective: what a program maximises, as linear forms over a decision.

What counts is what a plan brings, less what is spent for profit; for the least money it is the
money, negative. With caution the worst of the draws stand for what is unsure: see `Tail`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program


class Maximand(ABC):
    """What a program maximises."""

    @property
    @abstractmethod
    def form(self) -> LinearForm:
        """The objective over a decision's results and columns."""

    @abstractmethod
    def around(self, decision: Floats) -> LinearForm:
        """The objective by results alone: equal to it at a decision, and nowhere below it."""

    @property
    @abstractmethod
    def mean(self) -> LinearForm:
        """A form nowhere below the objective: the mean of all for that of the worst."""

    @property
    @abstractmethod
    def weighs(self) -> bool:
        """Whether what counts depends on what turns out to be worst."""

    @property
    @abstractmethod
    def shunned(self) -> Floats:
        """(B,) what the objective gains by a unit less of each block's response."""

    def at(self, decision: Floats) -> float:
        """The objective at a decision."""
        return self.form.at(decision)


class PlanObjective(Maximand):
    """What the plan of one problem is chosen for."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def form(self) -> LinearForm:
        """What is sure, and the mean of the worst draws of what is not."""
        tail = self.program.tail
        return self._sure if tail is None else self._sure.plus(tail.objective)

    def around(self, decision: Floats) -> LinearForm:
        """The same with the mean of those draws that are the worst ones at a decision."""
        tail = self.program.tail
        return self.form if tail is None else self._sure.plus(tail.around(decision))

    @property
    def mean(self) -> LinearForm:
        """The same with the mean of all draws."""
        tail = self.program.tail
        return self.form if tail is None else self._sure.plus(tail.mean())

    @property
    def weighs(self) -> bool:
        """Whether what counts depends on which draws are the worst ones."""
        return self.program.tail is not None

    @cached_property
    def shunned(self) -> Floats:
        """Only where caution counts by draws what a market has room for as it is expected."""
        problem, response = self.program.problem, self.program.response
        gain = np.zeros(len(response.kind))
        unsure = (response.kind == 0) & problem.unsure[0, response.channel]
        for extra in self.program.extras if self.weighs else ():
            if extra.loses:
                there = np.isin(response.channel, extra.loses)
                there &= unsure & (response.quarter == extra.quarter)
                gain[there] -= extra.counts(problem.values[0])
        return gain

    @cached_property
    def _sure(self) -> LinearForm:
        """The objective without what is unsure."""
        problem, response = self.program.problem, self.program.response
        results = len(problem.results)
        unsure = problem.unsure[response.kind % results, response.channel]
        return _brought(self.program, (response.kind < results) & ~unsure)


def expectation(program: Program) -> LinearForm:
    """The objective by the curves that are expected, whatever caution makes of them."""
    return _brought(program, program.response.kind < len(program.problem.results))


def _brought(program: Program, counted: NDArray[np.bool_]) -> LinearForm:
    """The objective by the results of some blocks (B,) alone."""
    problem, response = program.problem, program.response
    kept = _worth_of_the_rest(program)
    if problem.objective == "spend":
        return kept.minus(1.0, program.spent)
    blocks = np.flatnonzero(counted)
    worth = response.worth[blocks]
    positions = response.position[blocks]
    brought = program.brought.with_choices(positions, worth, problem.values[0]).plus(kept)
    return brought if problem.objective == "response" else brought.minus(1.0, program.spent)


def _worth_of_the_rest(program: Program) -> LinearForm:
    """What the pool's balance at the horizon's end counts."""
    stages = program.problem.stages
    if program.release is None or stages is None or stages.keep_value == 0:
        return LinearForm.of(0.0)
    return program.release.kept.times(stages.keep_value)
