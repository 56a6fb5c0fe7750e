"""Limits: what a program's rows say, as bounds on single columns and rows over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from models.saturation import Floats
from optimizer.form import LinearForm, Row

if TYPE_CHECKING:
    from optimizer.program import Program

# What gives way bounds its amount a little further out than it can get, so that the price is the
# row's own.
_BEYOND = 1.01


@dataclass(frozen=True)
class Link:
    """at_least <= form <= at_most, for what no rule limits."""

    form: LinearForm
    at_least: float
    at_most: float


@dataclass(frozen=True)
class Limits:
    """What the rows say.

    ``lower``, ``upper`` (amounts + extras,) bounds of every column in program units;
    ``lower_row``, ``upper_row`` the row that set each, -1 for none. ``forms`` are the rows' excess
    forms, ``joint`` the positions of rows over several columns, in the order of the program's
    rows, ``links`` what comes after them. ``impossible`` are rows without any column that do not
    hold. ``money`` is how many amounts there are, ``extras`` where the extras begin in a decision.
    """

    lower: Floats
    upper: Floats
    lower_row: np.ndarray
    upper_row: np.ndarray
    forms: tuple[LinearForm, ...]
    sides: Floats
    joint: tuple[int, ...]
    links: tuple[Link, ...]
    impossible: tuple[int, ...]
    money: int
    extras: int
    width: int

    @property
    def cross(self) -> bool:
        """Whether rules collide in one column already, or a row without columns cannot hold."""
        return bool(self.impossible) or bool(np.any(self.lower > self.upper))

    @property
    def count(self) -> int:
        """How many rows there are: joint ones, then links."""
        return len(self.joint) + len(self.links)

    @cached_property
    def row_forms(self) -> tuple[LinearForm, ...]:
        """The forms of joint rows, then of links."""
        return (*(self.forms[index] for index in self.joint), *(link.form for link in self.links))

    @cached_property
    def matrix(self) -> csr_array:
        """Coefficients of joint rows and links, (rows, positions of a decision)."""
        forms = self.row_forms
        row = np.repeat(np.arange(len(forms)), [len(form.cells) for form in forms])
        column = np.concatenate([form.cells for form in forms] or [np.empty(0, dtype=np.int64)])
        value = np.concatenate([form.coefficients for form in forms] or [np.empty(0)])
        return csr_array((value, (row, column)), shape=(len(forms), self.width))

    @cached_property
    def between(self) -> tuple[Floats, Floats]:
        """(rows,) the least and the most that each row of ``matrix`` may be."""
        constants = np.array([form.constant for form in self.row_forms])
        sides = self.sides[list(self.joint)]
        least = [*np.where(sides < 0, 0.0, -np.inf), *(link.at_least for link in self.links)]
        most = [*np.where(sides > 0, 0.0, np.inf), *(link.at_most for link in self.links)]
        return np.array(least, dtype=float) - constants, np.array(most, dtype=float) - constants

    @cached_property
    def responses(self) -> np.ndarray:
        """Positions of the responses that any row speaks of."""
        used: set[int] = set()
        for form in self.row_forms:
            inside = (form.cells >= self.money) & (form.cells < self.extras)
            if inside.any():
                used.update(form.cells[inside].tolist())
        return np.array(sorted(used), dtype=np.int64)

    @cached_property
    def beyond_money(self) -> np.ndarray:
        """Rows of ``matrix`` over more than amounts: a decision may fail them unseen."""
        rows = [
            number
            for number, form in enumerate(self.row_forms)
            if len(form.cells) and form.cells.max() >= self.money
        ]
        return np.array(rows, dtype=np.int64)

    @cached_property
    def with_response(self) -> np.ndarray:
        """Rows of ``matrix`` that speak of responses."""
        rows = [
            number
            for number, form in enumerate(self.row_forms)
            if np.any((form.cells >= self.money) & (form.cells < self.extras))
        ]
        return np.array(rows, dtype=np.int64)

    def scale_of(self, number: int, scales: Floats) -> float:
        """What a row of ``matrix`` is divided by in the program."""
        form = self.row_forms[number]
        largest = float(np.abs(form.coefficients * scales[form.cells]).max(initial=0.0))
        return largest if largest > 0 else 1.0

    def scaled_row(self, number: int, scales: Floats) -> tuple[LinearForm, float, float]:
        """A row of ``matrix`` in program units, with its bounds."""
        form, by = self.row_forms[number], self.scale_of(number, scales)
        coefficients = form.coefficients * scales[form.cells] / by
        least, most = self.between
        low, high = float(least[number]) / by, float(most[number]) / by
        return LinearForm(form.cells, coefficients), low, high

    def with_rows(self, rows: Sequence[int], links: tuple[Link, ...]) -> Limits:
        """The same with these rules' rows as joint ones and these links, and no others."""
        return replace(self, joint=tuple(rows), links=links)


def limits_of(program: Program) -> Limits:
    """The limits of all rows of a program."""
    problem, layout = program.problem, program.layout
    count = program.size + len(program.extras)
    lower, upper = np.zeros(count), np.empty(count)
    most = _BEYOND * problem.budget * (1 + problem.shift) / program.unit
    budget = np.broadcast_to(most, (layout.channels + 2, layout.quarters)).ravel()
    upper[: program.size] = budget
    if program.release is not None:
        # More than the budget may go there: a limit beyond it is one as well.
        upper[program.release.cells] = np.inf
    if problem.objective == "response":
        upper[layout.unspent(0) : program.size] = 0.0
    for k, extra in enumerate(program.extras):
        lower[program.size + k], upper[program.size + k] = extra.low, extra.high
    lower_row, upper_row = np.full(count, -1), np.full(count, -1)
    forms = tuple(program.bends.excess_form(index) for index in range(len(program.rows)))
    joint: list[int] = []
    impossible: list[int] = []
    scales = program.scales(1.0)
    for index, (row, form) in enumerate(zip(program.rows, forms, strict=True)):
        if len(form.cells) == 0:
            if (form.constant if row.side == "max" else -form.constant) > 0:
                impossible.append(index)
            continue
        position = int(form.cells[0])
        in_response = layout.money <= position < layout.extras
        # What is counted is priced by solving again with the row moved, so it stays a row.
        if len(form.cells) > 1 or len(row.base.cells) or in_response or row.counted:
            joint.append(index)
            continue
        cell = layout.column(position)
        scale = float(scales[position])
        from_above, bound = _bound(row, form)
        # A tie goes to the later row: rules are listed from the general to the particular.
        if from_above and bound / scale <= upper[cell]:
            upper[cell], upper_row[cell] = bound / scale, index
        if not from_above and bound / scale >= lower[cell]:
            lower[cell], lower_row[cell] = bound / scale, index
    _bound_bent(program, lower, upper)
    if program.release is not None:
        program.release.bound(lower, upper, budget)
    # 100 % less than something is nothing, whatever floating point makes of it.
    lower[np.abs(lower) < 1e-9] = 0.0
    # Bounds that meet may cross by what floating point loses.
    meet = (lower > upper) & (lower - upper <= 1e-9 * np.maximum(1.0, np.abs(upper)))
    upper[meet] = lower[meet]
    past = program.past
    lower[past.cells] = upper[past.cells] = past.amounts / program.unit
    links = links_of(program, lower[: program.size], upper[: program.size])
    if program.tail is not None:
        links = (*links, *program.tail.links)
    sides = np.array([1.0 if row.side == "max" else -1.0 for row in program.rows])
    return Limits(
        lower,
        upper,
        lower_row,
        upper_row,
        forms,
        sides,
        tuple(joint),
        links,
        tuple(impossible),
        program.size,
        layout.extras,
        program.width,
    )


def _bound(row: Row, form: LinearForm) -> tuple[bool, float]:
    """Whether a row over one column bounds it from above, and where."""
    coefficient = float(form.coefficients[0])
    return (row.side == "max") == (coefficient > 0), -form.constant / coefficient


def _bound_bent(program: Program, lower: Floats, upper: Floats) -> None:
    """Bound amounts by how far rows over one of them give way; nobody's bounds, without a price."""
    for index in program.bends:
        row, most = program.rows[index], _BEYOND * program.bends.most(index)
        form = row.excess_form
        if len(form.cells) != 1 or len(row.base.cells) or form.cells[0] >= program.size:
            continue
        cell = int(form.cells[0])
        from_above, bound = _bound(row, form)
        further = most / abs(float(form.coefficients[0]))
        if from_above:
            upper[cell] = min(upper[cell], (bound + further) / program.unit)
        else:
            lower[cell] = max(lower[cell], (bound - further) / program.unit)


def links_of(program: Program, lower: Floats, upper: Floats) -> tuple[Link, ...]:
    """The links of a program whose amounts have these bounds (amounts,), in program units."""
    switched = program.switches.links(lower * program.unit, upper * program.unit)
    return (*program.links, *(Link(form, -np.inf, most) for form, most in switched))
