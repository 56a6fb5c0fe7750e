"""Joint: the programs of several futures as one, with a quarter to decide that all have alike.

Every future keeps its own amounts, curves, rules and columns; they stand side by side in one
decision, its pool and its unspent money as lines after its channels. Links make equal what is
decided now, which may come after closed quarters. What is maximised is said in `optimizer.aim`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from models.saturation import Floats
from optimizer.aim import Aim, JointObjective
from optimizer.curve_table import Indices
from optimizer.decision import decision_of
from optimizer.form import LinearForm
from optimizer.limits import Limits, Link
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.side_by_side import one_problem, one_response


class Joint(Program):
    """One program over several futures of the same channels, quarters and closed quarters.

    ``now`` is the position of the quarter that is decided now.
    """

    objective: JointObjective

    def __init__(self, programs: Sequence[Program], aim: Aim) -> None:
        self.programs = tuple(programs)
        self.aim = aim
        self.now = len(programs[0].problem.closed_quarters)
        problem = one_problem([program.problem for program in programs])
        response = one_response(problem, [program.response for program in programs])
        super().__init__(problem, response=response)

    def _state(self) -> JointObjective:
        """Every future's columns and rows in place of rules, and what ties the futures together."""
        self.positions = [self._place(number) for number in range(len(self.programs))]
        for program, to in zip(self.programs, self.positions, strict=True):
            active = program.switches.active_cells.items()
            self.switches.active_cells.update({int(to[c]): int(to[s]) for c, s in active})
        objective = JointObjective(self, self.aim, self.scale)
        self.links += [*self._rules(), *self._ties(), *objective.links]
        return objective

    @cached_property
    def scale(self) -> float:
        """What the current budget comes to in a future, on average; one minor unit at least."""
        current = [
            program.objective.at(decision_of(program, Allocation.of(p, p.current, p.current_pool)))
            for program, p in ((program, program.problem) for program in self.programs)
        ]
        return max(float(np.mean(np.abs(current))), self.problem.minor_unit or 1e-9)

    def of(self, decisions: Sequence[Floats]) -> Floats:
        """One decision from one of each future; what is decided now is the first future's."""
        full = np.zeros(self.width)
        for to, decision in zip(self.positions, decisions, strict=True):
            full[to] = decision
        return self.complete(full)

    def parts(self, decision: Floats) -> list[Floats]:
        """A decision as one of each future."""
        return [decision[to] for to in self.positions]

    def complete(self, decision: Floats) -> Floats:
        """A decision with responses and columns of every future, what is decided now made equal."""
        full = decision.copy()
        lines = full[: self.layout.spends].reshape(len(self.programs), -1, self.layout.quarters)
        lines[:, :, self.now] = lines[0, :, self.now]
        for program, to in zip(self.programs, self.positions, strict=True):
            full[to] = program.complete(full[to])
        self.objective.fill(full)
        return full

    @cached_property
    def limits(self) -> Limits:
        """Every future's bounds and rows, and what ties the futures together."""
        count = self.size + len(self.extras)
        lower, upper = np.zeros(count), np.zeros(count)
        for number, extra in enumerate(self.extras, start=self.size):
            lower[number], upper[number] = extra.low, extra.high
        for program, to in zip(self.programs, self.positions, strict=True):
            own, money = program.limits, program.size
            ratio = program.unit / self.unit
            lower[to[:money]], upper[to[:money]] = (
                ratio * own.lower[:money],
                ratio * own.upper[:money],
            )
            columns = to[program.layout.extras :] - self.layout.extras + self.size
            lower[columns], upper[columns] = own.lower[money:], own.upper[money:]
        return Limits(
            lower,
            upper,
            np.full(count, -1),
            np.full(count, -1),
            forms=(),
            sides=np.empty(0),
            joint=(),
            links=tuple(self.links),
            impossible=(),
            money=self.size,
            extras=self.layout.extras,
            width=self.width,
        )

    def _place(self, number: int) -> Indices:
        """(width of the future's program,) where its decision stands; takes in its columns."""
        program, layout = self.programs[number], self.programs[number].layout
        start = number * layout.money
        results = [
            self.layout.money + kind * self.layout.spends + start + np.arange(layout.spends)
            for kind in range(layout.kinds)
        ]
        sizes = program.scales(1.0)[layout.extras :].tolist()
        columns = [
            self.add_extra(replace(extra, size=size))
            for extra, size in zip(program.extras, sizes, strict=True)
        ]
        money = start + np.arange(layout.money)
        return np.concatenate([money, *results, np.array(columns, dtype=np.int64)])

    def moved(self, form: LinearForm, number: int) -> LinearForm:
        """A form over a future's decision as one over the joint decision."""
        return LinearForm(self.positions[number][form.cells], form.coefficients, form.constant)

    def _rules(self) -> list[Link]:
        """Every row of every future."""
        links = []
        for number, program in enumerate(self.programs):
            least, most = program.limits.between
            for row, form in enumerate(program.limits.row_forms):
                moved = LinearForm(self.positions[number][form.cells], form.coefficients)
                links.append(Link(moved, float(least[row]), float(most[row])))
        return links

    def _ties(self) -> list[Link]:
        """What every further future does in the quarter to decide is what the first one does."""
        links = []
        for to in self.positions[1:]:
            pairs = zip(self.positions[0], to, strict=False)
            amounts = [pair for pair in pairs if pair[0] < self.programs[0].size]
            for ours, theirs in amounts[self.now :: self.layout.quarters]:
                links.append(
                    Link(LinearForm(np.array([ours, theirs]), np.array([1.0, -1.0])), 0, 0)
                )
        return links
