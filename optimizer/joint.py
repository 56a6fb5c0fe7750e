"""Joint: the programs of several futures as one, with a quarter to decide that all have alike.

Every future keeps its own amounts, curves, rules and columns; they stand side by side in one
decision, its pool and its unspent money as lines after its channels. Links make equal what is
decided now, which may come after closed quarters. What is maximised weighs the futures' objectives
v[s] by their probabilities p[s], or the worst of them only: the mean of the worst share a of the
probability (CVaR, R. T. Rockafellar and S. Uryasev, Journal of Risk 2, 2000), as columns

    eta - sum over s of p[s] / a * short[s],     short[s] >= eta - (v[s] - yardstick[s]),  >= 0

With equal probabilities and a = 1 / S that is the worst future alone, and with what each future
could bring at most for yardstick its largest regret, negative (L. J. Savage, Journal of the
American Statistical Association 46, 1951). With a = 1 it is the expectation, and needs no columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.saturation import Floats
from optimizer.bends import Bends
from optimizer.curve_table import CurveTable, Indices
from optimizer.extras import Extra, Switches
from optimizer.form import LinearForm
from optimizer.layout import Layout
from optimizer.limits import Limits, Link
from optimizer.past import Past
from optimizer.problem import Allocation, AllocationProblem, Channel
from optimizer.program import Program
from optimizer.response import Response

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


class Joint(Program):
    """One program over several futures of the same channels, quarters and closed quarters.

    ``now`` is the position of the quarter that is decided now.
    """

    def __init__(self, programs: Sequence[Program], aim: Aim) -> None:
        self.programs = tuple(programs)
        self.aim = aim
        self.now = len(programs[0].problem.closed_quarters)
        self.problem = _side_by_side([program.problem for program in programs])
        self.layout = Layout(
            len(self.problem.channels), len(self.problem.quarters), programs[0].layout.kinds
        )
        self.rows = []
        self.owners = []
        self.extras = []
        self.links = []
        self.tail = None
        self.release = None
        self.past = Past(self)
        self.bends = Bends(self, {})
        self.switches = Switches(self)
        self.positions = [self._place(number) for number in range(len(programs))]
        self.response = self._responses()
        self._short = [] if aim.even else self._shortfalls()
        for number, program in enumerate(self.programs):
            to = self.positions[number]
            active = program.switches.active_cells.items()
            self.switches.active_cells.update({int(to[c]): int(to[s]) for c, s in active})

    @cached_property
    def scale(self) -> float:
        """What the current budget comes to in a future, on average; one minor unit at least."""
        current = [
            program.objective.at(program.decision_of(Allocation.of(p, p.current, p.current_pool)))
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

    def worths(self, decision: Floats) -> Floats:
        """(S,) every future's objective at a decision, to be maximised."""
        parts = zip(self.programs, self.parts(decision), strict=True)
        return np.array([program.objective.at(part) for program, part in parts])

    def complete(self, decision: Floats) -> Floats:
        """A decision with responses and columns of every future, what is decided now made equal."""
        full = decision.copy()
        lines = full[: self.layout.spends].reshape(len(self.programs), -1, self.layout.quarters)
        lines[:, :, self.now] = lines[0, :, self.now]
        for program, to in zip(self.programs, self.positions, strict=True):
            full[to] = program.complete(full[to])
        if self._short:
            eta, *short = self._short
            worths = self.worths(full) - self.aim.yardstick
            full[eta] = self.aim.last(worths + self.aim.yardstick)
            full[short] = np.maximum(full[eta] - worths, 0.0)
        return full

    def as_claimed(self, decision: Floats, values: Floats) -> Floats:
        """A decision in which rules give way as far as a solution's columns say."""
        claimed = decision.copy()
        for program, to in zip(self.programs, self.positions, strict=True):
            at = to[np.array(program.bends.positions, dtype=np.int64)]
            columns = at - self.layout.extras + self.size
            claimed[at] = np.maximum(values[columns], 0.0) * self.scales(1.0)[at]
        return claimed

    @cached_property
    def objective(self) -> LinearForm:
        """What is sought over all futures."""
        if not self._short:
            return self._weighed(self.aim.probabilities, [p.objective for p in self.programs])
        eta, *short = self._short
        rates = -self.aim.probabilities / self.aim.worst
        return LinearForm(np.array([eta, *short], dtype=np.int64), np.array([1.0, *rates]))

    def around(self, decision: Floats) -> LinearForm:
        """What is sought by results alone: equal at a decision, and nowhere below it."""
        parts = zip(self.programs, self.parts(decision), strict=True)
        forms = [program.around(part) for program, part in parts]
        return self._weighed(self.aim.weights(self.worths(decision)), forms)

    def without_tail(self, form: LinearForm) -> LinearForm:
        """A form nowhere below what is sought, with the mean of all futures for the worst."""
        if form is not self.objective:
            return form
        forms = [program.without_tail(program.objective) for program in self.programs]
        return self._weighed(self.aim.probabilities, forms)

    @property
    def weighs(self) -> bool:
        """Whether what counts depends on which futures or draws are the worst ones."""
        return bool(self._short) or any(program.weighs for program in self.programs)

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
            links=(*self._rules, *self._ties, *self._short_links),
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
            self._column(replace(extra, size=size))
            for extra, size in zip(program.extras, sizes, strict=True)
        ]
        money = start + np.arange(layout.money)
        return np.concatenate([money, *results, np.array(columns, dtype=np.int64)])

    def _responses(self) -> Response:
        """The futures' responses as one, over the lines of all."""
        of = [program.response for program in self.programs]
        ends = np.cumsum([0, *(response.first[-1] for response in of)])
        starts = [number * program.layout.money for number, program in enumerate(self.programs)]
        kept = np.zeros(2)
        return Response(
            problem=self.problem,
            cell=np.concatenate([r.cell + start for r, start in zip(of, starts, strict=True)]),
            kind=np.concatenate([r.kind for r in of]),
            carry=np.concatenate([r.carry for r in of]),
            first=np.concatenate(
                [[0], *(r.first[1:] + end for r, end in zip(of, ends, strict=False))]
            ).astype(np.int64),
            curves=_tables([r.curves for r in of]),
            alpha=np.concatenate([r.alpha for r in of]),
            beta=np.concatenate([r.beta for r in of]),
            gamma=np.concatenate([r.gamma for r in of]),
            weight=np.concatenate([r.weight for r in of]),
            fixed=np.concatenate([part for r in of for part in (r.fixed, kept)]),
            rate=np.concatenate([part for r in of for part in (r.rate, kept)]),
        )

    def _shortfalls(self) -> list[int]:
        """Positions of eta and of what each future falls short of it."""
        eta = self._column(Extra("eta", low=-np.inf, size=self.scale))
        of = (f"short {program.problem.scenario}" for program in self.programs)
        return [eta, *(self._column(Extra(name, size=self.scale)) for name in of)]

    def _column(self, extra: Extra) -> int:
        """A further column; `complete` fills it in."""
        self.extras.append(extra)
        return self.layout.extras + len(self.extras) - 1

    def _moved(self, form: LinearForm, number: int) -> LinearForm:
        """A form over a future's decision as one over the joint decision."""
        return LinearForm(self.positions[number][form.cells], form.coefficients, form.constant)

    def _weighed(self, weights: Floats, forms: Sequence[LinearForm]) -> LinearForm:
        """The futures' forms less their yardsticks, weighed (S,)."""
        moved = [self._moved(form, number) for number, form in enumerate(forms)]
        parts = [form.times(weight) for form, weight in zip(moved, weights.tolist(), strict=True)]
        return LinearForm(
            np.concatenate([part.cells for part in parts]),
            np.concatenate([part.coefficients for part in parts]),
            sum(part.constant for part in parts) - float(weights @ self.aim.yardstick),
        )

    @cached_property
    def _rules(self) -> list[Link]:
        """Every row of every future."""
        links = []
        for number, program in enumerate(self.programs):
            least, most = program.limits.between
            for row, form in enumerate(program.limits.row_forms):
                moved = LinearForm(self.positions[number][form.cells], form.coefficients)
                links.append(Link(moved, float(least[row]), float(most[row])))
        return links

    @cached_property
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

    @cached_property
    def _short_links(self) -> list[Link]:
        """objective + short - eta >= yardstick for every future."""
        if not self._short:
            return []
        eta, *short = self._short
        links = []
        for number, program in enumerate(self.programs):
            own = self._moved(program.objective, number)
            form = own.plus(LinearForm.sum_of([short[number]]))
            form = form.minus(1.0, LinearForm.sum_of([eta]))
            links.append(Link(form, float(self.aim.yardstick[number]), np.inf))
        return links


def _side_by_side(problems: Sequence[AllocationProblem]) -> AllocationProblem:
    """The lines of all futures, pools and unspent money among them, without any rule."""
    first = problems[0]

    def rows(name: str, kept: float) -> Floats:
        lines = np.full((2, len(first.quarters)), kept)
        return np.vstack([part for p in problems for part in (getattr(p, name), lines)])

    names = ("reserve", "unspent")
    return replace(
        first,
        scenario="all scenarios",
        channels=tuple(
            line for p in problems for line in (*p.channels, *(Channel(name) for name in names))
        ),
        current=rows("current", 0.0),
        demand=rows("demand", 1.0),
        media_price=rows("media_price", 1.0),
        pacing=tuple(line for p in problems for line in (*p.pacing, None, None)),
        budget=np.sum([p.budget for p in problems], axis=0),
        current_pool=np.sum([p.current_pool for p in problems], axis=0),
        rules=(),
        bends={},
        closed=None,
        stages=None,
    )


def _tables(tables: Sequence[CurveTable]) -> CurveTable:
    """The curves of several tables as one."""
    forms = tuple(dict.fromkeys(form for table in tables for form in table.forms))
    numbers = [np.array([forms.index(form) for form in t.forms], dtype=np.int64) for t in tables]
    return CurveTable(
        forms,
        np.concatenate([of[t.form] for of, t in zip(numbers, tables, strict=True)]),
        np.concatenate([t.top for t in tables]),
        np.concatenate([t.half for t in tables]),
        np.concatenate([t.slope for t in tables]),
        np.concatenate([t.least for t in tables]),
    )
