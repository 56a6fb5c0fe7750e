"""Linear forms over a decision, and the rows of rules that are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats

Side = Literal["min", "max"]


@dataclass(frozen=True)
class LinearForm:
    """constant + sum of coefficients x cells; ``cells`` are positions in `Layout`."""

    cells: NDArray[np.int64]
    coefficients: Floats
    constant: float = 0.0

    @classmethod
    def sum_of(cls, cells: Iterable[int], constant: float = 0.0) -> LinearForm:
        """The plain sum of some cells, plus a constant."""
        index = np.fromiter(cells, dtype=np.int64)
        return cls(index, np.ones(len(index)), constant)

    @classmethod
    def of(cls, constant: float) -> LinearForm:
        """A form without cells."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0), constant)

    def at(self, decision: Floats) -> float:
        """Value at a decision vector."""
        return float(self.coefficients @ decision[self.cells]) + self.constant

    def in_each(self, decisions: Floats) -> Floats:
        """(K,) values at decision vectors (K, width)."""
        return np.asarray(decisions[:, self.cells] @ self.coefficients + self.constant)

    def entries(self, width: int) -> Floats:
        """(width,) the coefficients by position."""
        entries = np.zeros(width)
        np.add.at(entries, self.cells, self.coefficients)
        return entries

    def times(self, factor: float) -> LinearForm:
        """factor * self."""
        return LinearForm(self.cells, factor * self.coefficients, factor * self.constant)

    def plus(self, other: LinearForm) -> LinearForm:
        """self + other."""
        return self.minus(-1.0, other)

    def minus(self, factor: float, other: LinearForm) -> LinearForm:
        """self - factor * other."""
        constant = self.constant - factor * other.constant
        if not len(other.cells):
            return LinearForm(self.cells, self.coefficients, constant)
        cells, where = np.unique(np.concatenate([self.cells, other.cells]), return_inverse=True)
        coefficients = np.zeros(len(cells))
        np.add.at(
            coefficients, where, np.concatenate([self.coefficients, -factor * other.coefficients])
        )
        return LinearForm(cells, coefficients, constant)


@dataclass(frozen=True)
class Row:
    """One row of one rule, seen from one side: form <= limit * base, or >= for side "min".

    ``limit`` is in ``unit``: money, where ``base`` is the constant 1; percentage points ("%"),
    where ``base`` is one per cent of the money that the share is taken of; or another resource's
    unit, where ``base`` is the money that uses one of it. So one more unit of ``limit`` loosens the
    row by ``base`` units of money, for every rule alike. A ``counted`` row's limit is a number of
    things: its price is for one thing more.
    """

    rule: str
    key: str
    quarter: str | None
    side: Side
    form: LinearForm
    base: LinearForm
    limit: float
    unit: str
    counted: bool = False

    @property
    def excess_form(self) -> LinearForm:
        """form - limit * base: <= 0 (side "max") or >= 0 (side "min") where the row holds."""
        return self.form.minus(self.limit, self.base)

    def excess(self, decision: Floats) -> float:
        """By how much of ``form`` the decision breaks the row; negative where it has room."""
        value = self.excess_form.at(decision)
        return value if self.side == "max" else -value

    def used(self, decision: Floats) -> float:
        """What the decision uses, in the unit of ``limit``."""
        base = self.base.at(decision)
        return self.form.at(decision) / base if base else 0.0
