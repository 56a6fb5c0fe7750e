"""Standing: where a decision stands to every rule's row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.saturation import Floats
from optimizer.form import LinearForm
from optimizer.program import Program

# Sums of responses are exact to this share of their size, sums of money to this share of all.
_RESPONSE, _MONEY = 1e-6, 1e-9


@dataclass(frozen=True)
class Standing:
    """A decision, and per row of the program, in its order, where it stands.

    ``used`` in the unit of the row's limit, ``base`` what one unit of the limit comes to,
    ``excess`` by how much of its form the row is broken (negative: the room it has), ``leeway``
    how much of that rounding may leave over.
    """

    decision: Floats
    used: Floats
    base: Floats
    excess: Floats
    leeway: Floats

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Rows that bind; a row whose base is nothing (a channel switched off) says nothing."""
        return np.asarray((self.base != 0) & (-self.excess <= self.leeway))


def standing(program: Program, decision: Floats) -> Standing:
    """Where a decision stands to every row of a program."""
    rows = program.rows
    form, base = (
        _values([getattr(row, part) for row in rows], decision) for part in ("form", "base")
    )
    limit = np.array([row.limit for row in rows])
    side = np.array([1.0 if row.side == "max" else -1.0 for row in rows])
    return Standing(
        decision=decision,
        used=np.divide(form, base, out=np.zeros_like(form), where=base != 0),
        base=base,
        excess=side * (form - limit * base),
        leeway=_leeway(program, decision),
    )


def _values(forms: Sequence[LinearForm], decision: Floats) -> Floats:
    constants = np.array([form.constant for form in forms])
    return np.asarray(_matrix(forms, len(decision)) @ decision + constants)


def _matrix(forms: Sequence[LinearForm], width: int) -> csr_array:
    row = np.repeat(np.arange(len(forms)), [len(form.cells) for form in forms])
    column = np.concatenate([form.cells for form in forms] or [np.empty(0, dtype=np.int64)])
    value = np.concatenate([form.coefficients for form in forms] or [np.empty(0)])
    return csr_array((value, (row, column)), shape=(len(forms), width))


def _leeway(program: Program, decision: Floats) -> Floats:
    """What rounding to minor units may leave over of each row's excess."""
    problem, layout = program.problem, program.layout
    matrix = abs(_matrix(program.limits.forms, program.width))
    money = matrix[:, : layout.money]
    largest, total = money.max(axis=1).toarray().ravel(), np.asarray(money.sum(axis=1)).ravel()
    exact = _MONEY * largest * float(problem.budget.sum())
    speaks = np.flatnonzero(matrix[:, layout.money : layout.extras].sum(axis=1) > 0)
    for index in speaks.tolist():
        slope = np.abs(program.gradient(decision, program.limits.forms[index]))
        largest[index], total[index] = slope.max(initial=0.0), slope.sum()
        exact[index] = _RESPONSE * (matrix[[index]] @ np.abs(decision))[0]
    rounded = problem.minor_unit * np.maximum(largest, 0.5 * total)
    # A row over switches only is exact.
    return np.asarray(np.maximum(rounded + exact, 1e-9))
