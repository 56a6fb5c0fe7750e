"""The program: money per channel and quarter as variables, rules as rows.

The only place that makes PuLP variables and rows. It keeps every rule's rows under (rule, key), so
that slack, price and explanation need no parsing of names. Money is scaled so that an average cell
is 1: budgets of a hundred and of a billion solve alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pulp
from scipy.sparse import csr_array

from models.saturation import Floats
from optimizer.bends import Bends
from optimizer.brought import Brought
from optimizer.caution import Tail
from optimizer.comparable import spent_lines
from optimizer.curve_table import Indices
from optimizer.extras import Extra, Switches
from optimizer.form import LinearForm, Row, Side
from optimizer.limits import Limits, Link, limits_of, links_of
from optimizer.objective import Maximand, PlanObjective
from optimizer.past import Past
from optimizer.problem import AllocationProblem
from optimizer.release import COUNT_OWN, Release
from optimizer.response import Response, response_of
from optimizer.rules.rule import Rule
from optimizer.stages import Turn, turns

_ONE = LinearForm.of(1.0)


class Program:
    """Collects the rows of the rules of one problem.

    ``given`` is how far rules that bend may give way, by level: see `Bends`. ``response`` is that
    of the problem, where it was made for another budget already.
    """

    def __init__(
        self,
        problem: AllocationProblem,
        given: Mapping[int, float] | None = None,
        response: Response | None = None,
    ) -> None:
        self.problem = problem
        self.layout = problem.layout
        self.response = response_of(problem) if response is None else response
        self.rows: list[Row] = []
        self.owners: list[Rule] = []
        self.extras: list[Extra] = []
        self.links: list[Link] = []
        self.past = Past(self)
        self.switches = Switches(self)
        self.brought = Brought(self)
        self._choices: dict[str, int] = {}
        self.bends = Bends(self, {} if given is None else given)
        self.release: Release | None = None
        self.tail: Tail | None = None
        self._turn = Turn(problem)
        self.objective: Maximand = self._state()

    def _state(self) -> Maximand:
        """Say what there is to say in columns and rows, as the last step of being made.

        Returns what is maximised for it.
        """
        problem = self.problem
        for c, channel in enumerate(problem.channels):
            if channel.fixed_cost > 0:
                for q in range(self.layout.quarters):
                    self.switches.active(c, q)
        if problem.stages is not None and problem.stages.release:
            self.release = Release(self)
        for rule in problem.rules:
            rule.prepare(self)
        for turn in turns(problem):
            self._speak(turn)
        self.problem = problem
        self.bends.hold()
        if problem.caution is not None and problem.unsure.any():
            self.tail = Tail(self, problem.caution, len(problem.draws))
        return PlanObjective(self)

    def _speak(self, turn: Turn) -> None:
        """The rows of the rules whose turn it is."""
        self._turn, self.problem = turn, turn.problem
        for rule in turn.problem.rules:
            rule.constrain(self)
            self.owners.extend([rule] * (len(self.rows) - len(self.owners)))

    def explain(self, index: int) -> str:
        """What it means, in words, that a row binds."""
        return self.owners[index].explain(self.rows[index])

    @property
    def size(self) -> int:
        """How many amounts a decision has."""
        return self.layout.money

    @property
    def width(self) -> int:
        """Length of a decision vector: see `Layout`."""
        return self.layout.extras + len(self.extras)

    @cached_property
    def unit(self) -> float:
        """Money that counts as 1 inside the program: an average cell; 1 where there is no money."""
        return float(self.problem.budget.sum()) / self.size or 1.0

    def cell(self, channel: int, quarter: int) -> int:
        """Position of a channel's amount in the decision vector."""
        return self.layout.cell(channel, quarter)

    def pool_cell(self, quarter: int) -> int:
        """Position of the pool's amount in the decision vector."""
        return self.layout.pool(quarter)

    def add_extra(self, extra: Extra) -> int:
        """A column of a rule's own; returns its position in the decision vector."""
        if extra.loses and self._turn.leaves(self.problem.quarters[extra.quarter or 0]):
            extra = Extra(extra.name, high=0.0, follows=lambda _: 0.0)
        self.extras.append(self.past.settle(extra))
        position = self.layout.extras + len(self.extras) - 1
        if extra.follows is None:
            self._choices[extra.name] = position
        return position

    def choice(self, name: str) -> int:
        """Position of what is decided beside the amounts under this name."""
        return self._choices[name]

    def link(self, form: LinearForm, at_least: float = -np.inf, at_most: float = np.inf) -> None:
        """A row that says what a rule's own columns mean; nobody's limit, so it has no price."""
        self.links.append(Link(form, at_least, at_most))

    def limit(
        self,
        rule: str,
        key: str,
        quarter: str | None,
        form: LinearForm,
        *,
        base: LinearForm = _ONE,
        at_least: float | None = None,
        at_most: float | None = None,
        unit: str | None = None,
        counted: bool = False,
    ) -> None:
        """at_least * base <= form <= at_most * base; ``unit`` is the currency unless given.

        A row that speaks of closed quarters only is left out: nobody can keep it, or break it.
        """
        if self._turn.leaves(quarter) or self.past.decided(quarter, form, base):
            return
        if self.release is not None and rule in COUNT_OWN:
            form = self.release.own(form)
        sides: tuple[tuple[Side, float | None], ...] = (("min", at_least), ("max", at_most))
        for side, limit in sides:
            if limit is not None and np.isfinite(limit):
                words = unit or self.problem.currency
                row = Row(rule, key, quarter, side, form, base, limit, words, counted)
                self.bends.add(row, len(self.rows))
                self.rows.append(row)

    @cached_property
    def spent(self) -> LinearForm:
        """The money that is spent: what channels get, pool and funds left out."""
        spent = np.repeat(spent_lines(self.problem), self.layout.quarters)
        return LinearForm.sum_of(np.flatnonzero(spent).tolist())

    @property
    def tail_rows(self) -> Indices:
        """Which rows of `Limits.matrix` say what the worst of the draws are; empty without them."""
        count = 0 if self.tail is None else len(self.tail.forms)
        return np.arange(self.limits.count - count, self.limits.count)

    def counts(self, decision: Floats) -> Floats:
        """(B,) what a unit of each block's result counts in the objective at a decision."""
        return self.objective.around(decision).entries(self.width)[self.response.position]

    def complete(self, decision: Floats) -> Floats:
        """A decision with responses, and what its amounts imply for the rules' own columns."""
        layout = self.layout
        full = decision.copy()
        spend = layout.spend(full)
        brought = self.response.block_values(*self.response.coordinates(spend))
        full[layout.money : layout.extras] = 0.0
        full[self.response.position] = brought
        for k, extra in enumerate(self.extras):
            if extra.follows is not None:
                full[layout.extras + k] = extra.follows(full)
        return full

    def gradient(self, decision: Floats, form: LinearForm) -> Floats:
        """(amounts,) what one more unit of money in each amount adds to a form, switches kept."""
        layout, entries = self.layout, form.entries(self.width)
        out = entries[: layout.money].copy()
        worth = entries[self.response.position]
        if worth.any():
            spend = layout.spend(decision)
            out[: layout.spends] += self.response.marginal(spend, worth).ravel()
        return out

    def linearised(self, decision: Floats) -> csr_array:
        """(rows, amounts) the rows of `Limits.matrix` around a decision, switches kept."""
        limits = self.limits
        rows = limits.matrix[:, : self.size].tolil()
        for number in limits.with_response.tolist():
            rows[[number]] = self.gradient(decision, limits.row_forms[number])
        return csr_array(rows)

    @cached_property
    def limits(self) -> Limits:
        """All rows as bounds on single columns and rows over several."""
        return limits_of(self)

    def build(self, value: float) -> pulp.LpProblem:
        """The PuLP problem: one variable per amount, extra and response that a rule speaks of.

        One row per rule row over several of them, then the links; ``value`` is the response that
        counts as 1. The objective names every variable once, so that none is dropped; what is
        maximised is set on the solver's model by the relaxation.
        """
        return self._build(self.limits.lower, self.limits.upper, self.limits, value)

    def build_unbounded(self, rows: Sequence[int], value: float) -> pulp.LpProblem:
        """The same with every listed rule row as a row, and amounts bounded by 0 only."""
        most = max(self.problem.budget.sum(), self.problem.holds.sum()) / self.unit
        wide = links_of(self, np.zeros(self.size), np.full(self.size, most))
        limits = self.limits.with_rows(rows, wide)
        lower = np.array([*np.zeros(self.size), *(extra.low for extra in self.extras)])
        upper = np.array([*np.full(self.size, np.inf), *(extra.high for extra in self.extras)])
        if self.problem.objective == "response":
            upper[self.layout.unspent(0) : self.size] = 0.0
        lower[self.past.cells] = upper[self.past.cells] = self.past.amounts / self.unit
        return self._build(lower, upper, limits, value)

    def scales(self, value: float) -> Floats:
        """(width,) what counts as 1 inside the program, per position of a decision."""
        scales = np.full(self.width, self.unit)
        scales[self.layout.money : self.layout.extras] = value
        scales[self.layout.extras :] = [self.size_of(extra) for extra in self.extras]
        return scales

    def size_of(self, extra: Extra) -> float:
        """What of an extra counts as 1 inside the program."""
        if extra.whole:
            return 1.0
        return self.unit if extra.size is None else extra.size

    @cached_property
    def column_of(self) -> Indices:
        """(width,) the PuLP problem's column of every position, -1 where it has none."""
        columns = np.full(self.width, -1)
        columns[: self.size] = np.arange(self.size)
        columns[self.layout.extras :] = self.size + np.arange(len(self.extras))
        used = self.limits.responses
        columns[used] = self.size + len(self.extras) + np.arange(len(used))
        return columns

    def _build(self, lower: Floats, upper: Floats, limits: Limits, value: float) -> pulp.LpProblem:
        prob = pulp.LpProblem("reallot", pulp.LpMaximize)
        whole = [False] * self.size + [extra.whole for extra in self.extras]
        used = len(self.limits.responses)
        lows = [None if np.isinf(low) else low for low in lower.tolist()] + [None] * used
        highs = [None if np.isinf(high) else high for high in upper.tolist()] + [None] * used
        whole += [False] * used
        width = len(str(len(lows)))
        columns = [
            prob.add_variable(f"x{i:0{width}d}", low, high, pulp.LpInteger)
            if integer
            else prob.add_variable(f"x{i:0{width}d}", low, high)
            for i, (low, high, integer) in enumerate(zip(lows, highs, whole, strict=True))
        ]
        prob += pulp.lpSum(columns)
        scales = self.scales(value)
        for number in range(limits.count):
            form, low, high = limits.scaled_row(number, scales)
            at = self.column_of[form.cells].tolist()
            total = pulp.lpDot(form.coefficients.tolist(), [columns[i] for i in at])
            if np.isfinite(low) and np.isfinite(high):
                prob += total == low, f"r{number}"
            else:
                prob += (total <= high if np.isfinite(high) else total >= low), f"r{number}"
        return prob
