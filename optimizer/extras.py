"""Extras: columns that rules need beside the money, and the switches that several rules share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.form import LinearForm

if TYPE_CHECKING:
    from optimizer.program import Program

# Money below this share of an average cell is none.
_NOTHING = 1e-6


@dataclass(frozen=True)
class Extra:
    """A switch (``whole``) or an amount of money of a rule's own.

    ``follows`` gives its value from a decision in which everything before it is filled in; None
    for what is decided beside the amounts, as a package is. ``brings`` is the response of having
    it at 1, in a ``channel``'s ``quarter``; an extra that ``loses`` is response of these channels
    that does not come in ``quarter``. ``size`` is what counts as 1 inside the program, where that
    is not an average cell's money. One that ``gives_way`` is how far a rule's row does.
    """

    name: str
    low: float = 0.0
    high: float = np.inf
    whole: bool = False
    follows: Callable[[Floats], float] | None = None
    brings: float = 0.0
    channel: int | None = None
    loses: tuple[int, ...] = ()
    quarter: int | None = None
    size: float | None = None
    gives_way: bool = False

    def counts(self, rates: Floats) -> float:
        """What a unit of it counts, where a unit of each channel's response counts rates (C,).

        Of what is lost, the units that count least are lost first.
        """
        if self.loses:
            return -float(rates[list(self.loses)].min())
        return 0.0 if self.channel is None else self.brings * float(rates[self.channel])


class Switches:
    """Switches of cells, made once and shared by the rules that speak of them.

    What links a switch to its cell depends on the cell's bounds, and so comes when all rules have
    spoken: `links`.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._active: dict[int, int] = {}
        self._moves: dict[int, tuple[int, int]] = {}

    @property
    def active_cells(self) -> dict[int, int]:
        """Cells that are nothing or something, with the position of their switch."""
        return self._active

    def active(self, channel: int, quarter: int) -> int:
        """1 where a channel gets money in a quarter."""
        cell = self.program.cell(channel, quarter)
        if cell not in self._active:

            def follows(decision: Floats) -> float:
                return float(decision[cell] > _NOTHING * self.program.unit)

            self._active[cell] = self._switch(f"active {cell}", cell, follows)
        return self._active[cell]

    def moves(self, channel: int, quarter: int) -> tuple[int, int]:
        """1 where a channel's amount rises above its base, and 1 where it falls below."""
        cell = self.program.cell(channel, quarter)
        if cell not in self._moves:
            base = float(self.program.problem.base[channel, quarter])

            def side(sign: float) -> Callable[[Floats], float]:
                leeway = _NOTHING * self.program.unit
                return lambda decision: float(sign * (decision[cell] - base) > leeway)

            rises, falls = (
                self._switch(f"{word} {cell}", cell, side(sign))
                for word, sign in (("rises", 1.0), ("falls", -1.0))
            )
            self._moves[cell] = rises, falls
        return self._moves[cell]

    def _switch(self, name: str, cell: int, follows: Callable[[Floats], float]) -> int:
        """A switch of a cell; where the cell's amount stands, so does the switch."""
        low, high = 0.0, 1.0
        if self.program.past.holds(cell):
            low = high = follows(self.program.past.amounts_alone)
        return self.program.add_extra(Extra(name, low, high, whole=True, follows=follows))

    def links(self, lower: Floats, upper: Floats) -> list[tuple[LinearForm, float]]:
        """Forms with the most they may be; ``lower`` and ``upper`` (cells,) bounds in money."""
        links: list[tuple[LinearForm, float]] = []
        for cell, switch in self._active.items():
            links.append((_form((cell, 1.0), (switch, -upper[cell])), 0.0))
            if lower[cell] > 0:
                links.append((_form((switch, -1.0)), -1.0))
        base = self.program.problem.base.ravel()
        for cell, (rises, falls) in self._moves.items():
            up, down = max(upper[cell] - base[cell], 0.0), max(base[cell] - lower[cell], 0.0)
            links.append((_form((cell, 1.0), (rises, -up)), float(base[cell])))
            links.append((_form((cell, -1.0), (falls, -down)), -float(base[cell])))
            links.append((_form((rises, 1.0), (falls, 1.0)), 1.0))
        return links


def _form(*entries: tuple[int, float]) -> LinearForm:
    cells = np.array([cell for cell, _ in entries], dtype=np.int64)
    return LinearForm(cells, np.array([float(value) for _, value in entries]))
