"""Bends: the columns that say how far rows of rules give way, by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm, Row

if TYPE_CHECKING:
    from optimizer.problem import AllocationProblem
    from optimizer.program import Program


@dataclass(frozen=True)
class _Bend:
    """``position`` of the column in a decision; ``whole`` is the limit, in the row's form."""

    position: int
    level: int
    whole: float


class Bends:
    """Rows that give way, each with a column for its excess: max(0, form - limit * base).

    ``given`` is how far the rows of a level may give way together, as the sum of excess over limit;
    a level that is not in it is not limited, one at 0 does not give way at all. A limit of 0 is
    measured against an average amount, or against one thing where it counts things.
    """

    def __init__(self, program: Program, given: Mapping[int, float]) -> None:
        self.program = program
        self.given = given
        self._of: dict[int, _Bend] = {}
        self._links: dict[int, int] = {}

    def __contains__(self, index: object) -> bool:
        """Whether a row may give way."""
        return index in self._of

    def __iter__(self) -> Iterator[int]:
        """The rows that may give way."""
        return iter(self._of)

    def add(self, row: Row, index: int) -> None:
        """Give a row a column, if its rule bends and has not turned out to hold."""
        level = level_of(self.program.problem, row.rule, row.key)
        if level is None or self.given.get(level) == 0:
            return
        whole = self._whole(row)
        column = self.program.add_extra(
            Extra(
                f"{row.rule} {row.key}",
                follows=lambda decision: max(0.0, row.excess(decision)),
                size=whole,
                gives_way=True,
            )
        )
        self._of[index] = _Bend(column, level, whole)

    def level(self, index: int) -> int:
        """The level at which a row gives way."""
        return self._of[index].level

    def excess_form(self, index: int) -> LinearForm:
        """form - limit * base of a row, less how far it gives way."""
        row = self.program.rows[index]
        if index not in self._of:
            return row.excess_form
        given = LinearForm.sum_of([self._of[index].position])
        return row.excess_form.minus(1.0 if row.side == "max" else -1.0, given)

    def most(self, index: int) -> float:
        """How far a row may give way if no other of its level does, in its form."""
        bend = self._of[index]
        return self.given.get(bend.level, np.inf) * bend.whole

    def link(self, index: int) -> tuple[int, float]:
        """Which of the program's links holds a row's level, and what one more of its limit adds."""
        bend = self._of[index]
        return self._links[bend.level], 1 / bend.whole

    def in_whole_units(self, decision: Floats, unit: float) -> Floats:
        """A decision in which rules give way by whole units: what rounding needs to stay within."""
        full = decision.copy()
        at = [bend.position for bend in self._of.values()]
        # What is whole but for floating point is whole.
        full[at] = np.ceil(decision[at] / unit - 1e-4) * unit
        return full

    def excess(self, level: int) -> LinearForm:
        """The sum of excess over limit of a level's rows."""
        found = [bend for bend in self._of.values() if bend.level == level]
        return LinearForm(
            np.array([bend.position for bend in found], dtype=np.int64),
            np.array([1 / bend.whole for bend in found]),
        )

    def hold(self) -> None:
        """Rows that keep every level within what it may give way, once all rules have spoken."""
        for level, most in self.given.items():
            if most > 0:
                self._links[level] = len(self.program.links)
                self.program.link(self.excess(level), at_most=most)

    def _whole(self, row: Row) -> float:
        """What an excess is a share of: the limit at the current budget, switches on."""
        base, extras = row.base, self.program.layout.extras
        inside = base.cells < extras
        amount = float(base.coefficients[inside] @ self._now[base.cells[inside]])
        amount += float(base.coefficients[~inside].sum()) + base.constant
        whole = abs(row.limit * amount)
        return whole or (1.0 if row.counted else self.program.unit)

    @cached_property
    def _now(self) -> Floats:
        """Amounts and responses of the current budget, scaled to this scenario's."""
        program, layout = self.program, self.program.layout
        now = np.zeros(layout.extras)
        base = program.problem.base
        now[: layout.spends] = base.ravel()
        response = program.response
        now[response.position] = response.block_values(*response.coordinates(base))
        return now


def level_of(problem: AllocationProblem, rule: str, key: str) -> int | None:
    """The level at which a key of a rule gives way; None where it never does."""
    return problem.bends.get((rule, key), problem.bends.get((rule, "")))
