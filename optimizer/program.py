"""The program: money per channel and quarter as variables, rules as rows.

The only place that makes PuLP variables and rows. It keeps every rule's rows under (rule, key), so
that slack, price and explanation need no parsing of names. Money is scaled so that an average cell
is 1: budgets of a hundred and of a billion solve alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pulp
from scipy.sparse import csr_array

from models.saturation import Floats
from optimizer.form import LinearForm, Row, Side
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule

_ONE = LinearForm.of(1.0)


class Program:
    """Collects the rows of the rules of one problem."""

    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        self.rows: list[Row] = []
        self.owners: list[Rule] = []
        for rule in problem.rules:
            rule.constrain(self)
            self.owners.extend([rule] * (len(self.rows) - len(self.owners)))

    def explain(self, index: int) -> str:
        """What it means, in words, that a row binds."""
        return self.owners[index].explain(self.rows[index])

    @property
    def size(self) -> int:
        """Cells of a decision: channels x quarters, then the pool's quarters."""
        return (len(self.problem.channels) + 1) * len(self.problem.quarters)

    @cached_property
    def unit(self) -> float:
        """Money that counts as 1 inside the program: an average cell."""
        return float(self.problem.budget.sum()) / self.size

    def cell(self, channel: int, quarter: int) -> int:
        """Position of a channel's amount in the decision vector."""
        return channel * len(self.problem.quarters) + quarter

    def pool_cell(self, quarter: int) -> int:
        """Position of the pool's amount in the decision vector."""
        return self.cell(len(self.problem.channels), quarter)

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
    ) -> None:
        """at_least * base <= form <= at_most * base; ``unit`` is the currency unless "%"."""
        sides: tuple[tuple[Side, float | None], ...] = (("min", at_least), ("max", at_most))
        for side, limit in sides:
            if limit is not None and np.isfinite(limit):
                words = unit or self.problem.currency
                self.rows.append(Row(rule, key, quarter, side, form, base, limit, words))

    def money(self, values: Floats) -> Floats:
        """The decision (money) in a solution's columns, which begin with the cells.

        Clipped to the cells' bounds, which a solver keeps only to its tolerance.
        """
        limits = self.limits
        return np.clip(values[: self.size], limits.lower, limits.upper) * self.unit

    def allocation(self, decision: Floats) -> Allocation:
        """A decision vector as spends and pool."""
        quarters = len(self.problem.quarters)
        spend = decision[:-quarters].reshape(-1, quarters)
        return Allocation(self.problem, spend, decision[-quarters:])

    @cached_property
    def limits(self) -> Limits:
        """All rows as bounds on single cells and rows over several."""
        return _limits(self)

    def build(self) -> pulp.LpProblem:
        """The PuLP problem: one variable per cell and one row per rule row over several cells.

        Its objective names every variable once, so that none is dropped; what is maximised is set
        on the solver's model by the certificate.
        """
        limits = self.limits
        return self._build(limits.lower, limits.upper, limits.joint)

    def build_unbounded(self, rows: Sequence[int]) -> pulp.LpProblem:
        """The same with every listed rule row as a row, and cells bounded by 0 only."""
        return self._build(np.zeros(self.size), np.full(self.size, np.inf), rows)

    def _build(self, lower: Floats, upper: Floats, rows: Sequence[int]) -> pulp.LpProblem:
        prob = pulp.LpProblem("reallot", pulp.LpMaximize)
        width = len(str(self.size))
        money = [
            prob.add_variable(f"x{i:0{width}d}", low, None if np.isinf(high) else high)
            for i, (low, high) in enumerate(zip(lower.tolist(), upper.tolist(), strict=True))
        ]
        prob += pulp.lpSum(money)
        for number, index in enumerate(rows):
            form, row = self.limits.forms[index], self.rows[index]
            total = pulp.lpDot(form.coefficients.tolist(), [money[i] for i in form.cells.tolist()])
            rhs = -form.constant / self.unit
            prob += (total <= rhs if row.side == "max" else total >= rhs), f"r{number}"
        return prob


@dataclass(frozen=True)
class Limits:
    """What the rows say, in program units.

    ``lower``, ``upper`` (n,) bounds of every cell; ``lower_row``, ``upper_row`` (n,) the row that
    set each, -1 for none. ``forms`` are the rows' excess forms, ``joint`` the positions of rows
    over several cells, in the order of the program's rows, ``impossible`` those of rows without
    any cell that do not hold.
    """

    lower: Floats
    upper: Floats
    lower_row: np.ndarray
    upper_row: np.ndarray
    forms: tuple[LinearForm, ...]
    joint: tuple[int, ...]
    impossible: tuple[int, ...]

    @property
    def cross(self) -> bool:
        """Whether rules collide in one cell already, or a row without cells cannot hold."""
        return bool(self.impossible) or bool(np.any(self.lower > self.upper))

    @cached_property
    def matrix(self) -> csr_array:
        """Coefficients of the joint rows, (joint rows, cells)."""
        forms = [self.forms[index] for index in self.joint]
        row = np.repeat(np.arange(len(forms)), [len(form.cells) for form in forms])
        column = np.concatenate([form.cells for form in forms] or [np.empty(0, dtype=np.int64)])
        value = np.concatenate([form.coefficients for form in forms] or [np.empty(0)])
        return csr_array((value, (row, column)), shape=(len(forms), len(self.lower)))

    @cached_property
    def rhs(self) -> Floats:
        """(joint rows,) right-hand sides in money."""
        return np.array([-self.forms[index].constant for index in self.joint], dtype=float)


def _limits(program: Program) -> Limits:
    quarters = len(program.problem.quarters)
    lower = np.zeros(program.size)
    upper = np.tile(program.problem.budget, program.size // quarters) / program.unit
    lower_row = np.full(program.size, -1)
    upper_row = np.full(program.size, -1)
    forms = tuple(row.excess_form for row in program.rows)
    joint: list[int] = []
    impossible: list[int] = []
    for index, (row, form) in enumerate(zip(program.rows, forms, strict=True)):
        if len(form.cells) == 0:
            if (form.constant if row.side == "max" else -form.constant) > 0:
                impossible.append(index)
            continue
        if len(form.cells) > 1 or len(row.base.cells):
            joint.append(index)
            continue
        cell = int(form.cells[0])
        bound = -form.constant / float(form.coefficients[0]) / program.unit
        # A tie goes to the later row: rules are listed from the general to the particular.
        if row.side == "max" and bound <= upper[cell]:
            upper[cell], upper_row[cell] = bound, index
        if row.side == "min" and bound >= lower[cell]:
            lower[cell], lower_row[cell] = bound, index
    # Bounds that meet may cross by what floating point loses.
    meet = (lower > upper) & (lower - upper <= 1e-9 * np.maximum(1.0, np.abs(upper)))
    upper[meet] = lower[meet]
    return Limits(lower, upper, lower_row, upper_row, forms, tuple(joint), tuple(impossible))
