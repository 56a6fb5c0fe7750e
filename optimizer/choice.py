"""Choices: what a relaxation leaves to choose, which pieces of blocks and which switches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.box import Box
from optimizer.curve_table import Indices
from optimizer.domain import media_at
from optimizer.pieces import Site, SplitBlock

if TYPE_CHECKING:
    from optimizer.relaxation import Relaxation

# A switch this close to a whole number is decided.
_WHOLE = 1e-6


@dataclass(frozen=True)
class Choice:
    """Open pieces by block (all where a block is not named), values of switches by column."""

    pieces: Mapping[int, frozenset[int]] = field(default_factory=dict)
    switches: Mapping[int, float] = field(default_factory=dict)

    def with_pieces(self, block: int, pieces: frozenset[int]) -> Choice:
        """The same with only these pieces of a block."""
        return Choice({**self.pieces, block: pieces}, self.switches)

    def with_switch(self, column: int, value: float) -> Choice:
        """The same with a switch set."""
        return Choice(self.pieces, {**self.switches, column: value})


class Choices:
    """The blocks of a relaxation that are split into pieces, and the switches of its rules.

    Blocks of channels that get nothing or something are split into these two from the start.
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.program = relaxation.program
        self.response = relaxation.response
        self.split: dict[int, SplitBlock] = {}
        active, limits = self._active, self.program.limits
        for block, cell in enumerate(self.response.cell.tolist()):
            closed = self.program.past.holds(cell)
            if cell in active and not closed and limits.lower[cell] <= 0:
                self.split[block] = self._whole_piece(block, active[cell])

    @property
    def switches(self) -> tuple[Indices, Indices]:
        """Columns of the rules' switches that are to be set, and their positions in a decision."""
        free = (k for k, e in enumerate(self.program.extras) if e.whole and e.low < e.high)
        numbers = np.fromiter(free, dtype=np.int64)
        return self.program.size + numbers, self.program.layout.extras + numbers

    @property
    def have_own_switches(self) -> bool:
        """Whether rules have switches that no block's pieces decide."""
        _, positions = self.switches
        return bool(np.setdiff1d(positions, self._decided_by_pieces).size)

    def allow(self, choice: Choice) -> None:
        """Open the pieces and set the switches of a choice; all others are free."""
        pieces: list[int] = []
        open_: list[float] = []
        for block, split in self.split.items():
            among = split.among(choice.pieces.get(block))
            pieces += [piece.chosen for piece in split.pieces]
            open_ += [float(piece.chosen in among) for piece in split.pieces]
        model = self.relaxation.model
        model.set_bounds(np.array(pieces, dtype=np.int64), np.zeros(len(open_)), np.array(open_))
        columns, _ = self.switches
        limits = self.program.limits
        low, high = limits.lower[columns].copy(), limits.upper[columns].copy()
        for number, column in enumerate(columns.tolist()):
            if column in choice.switches:
                low[number] = high[number] = choice.switches[column]
        model.set_bounds(columns, low, high)

    def follow(self, values: Floats) -> None:
        """Take over which pieces a solution chose."""
        for split in self.split.values():
            split.follow(values)

    def likeliest(self, values: Floats) -> Choice:
        """Of every split block the piece, of every switch the value that a solution is nearest."""
        pieces = {block: frozenset({split.active.chosen}) for block, split in self.split.items()}
        columns, _ = self.switches
        nearest = np.rint(values[columns]).tolist()
        # A switch that pieces decide follows them.
        decided = {int(self.program.column_of[s]) for s in self._decided_by_pieces}
        return Choice(
            pieces,
            {c: v for c, v in zip(columns.tolist(), nearest, strict=True) if c not in decided},
        )

    def undecided(self, values: Floats) -> int | None:
        """The column of the switch that a solution leaves most in the middle; None if none."""
        columns, _ = self.switches
        middle = np.minimum(values[columns], 1.0 - values[columns])
        if not len(columns) or middle.max() <= _WHOLE:
            return None
        return int(columns[np.argmax(middle)])

    def divide(self, block: int, x: float, y: float, choice: Choice) -> tuple[frozenset[int], ...]:
        """Two ways to go on with a block that is promised too much at (x, y): open pieces."""
        if block not in self.split:
            self.split[block] = self._whole_piece(block, None)
        split = self.split[block]
        return split.divide(x, y, split.among(choice.pieces.get(block)))

    def fill(self, values: Floats, decision: Floats, x: Floats, y: Floats) -> None:
        """Set the pieces' columns of a decision that buys x and carries y, both (B,)."""
        scale, active = self.relaxation.scale, self._active
        promised = values[self.relaxation.columns]
        for block, split in self.split.items():
            switch = active.get(int(self.response.cell[block]))
            on = switch is None or bool(decision[switch] > 0)
            piece = split.piece_at(float(x[block]), float(y[block]), on=on)
            own, state = x[block] / scale.money, y[block] / scale.money
            values[piece.columns] = [1.0, own, state, promised[block]]

    @property
    def _active(self) -> dict[int, int]:
        """Cells that are nothing or something, with the position of their switch."""
        return self.program.switches.active_cells

    @property
    def _decided_by_pieces(self) -> list[int]:
        """Positions of the switches that are the on-pieces of some block."""
        active = self._active
        cells = (int(self.response.cell[block]) for block in self.split)
        return [active[cell] for cell in cells if cell in active]

    def _whole_piece(self, block: int, switch: int | None) -> SplitBlock:
        relaxation, one = self.relaxation, np.array([block])
        box = relaxation.box.take(one)
        if switch is not None:
            low, high = media_at(self.program, int(self.response.cell[block]))
            box = Box(np.array([low]), np.array([high]), box.y_low, box.y_high)
        column = None if switch is None else int(self.program.column_of[switch])
        held_up = bool(relaxation.held_up[block])
        site = Site(relaxation.media, int(relaxation.columns[block]), column, held_up)
        response = self.response.take(one)
        return SplitBlock(relaxation.model, relaxation.scale, response, box, site)
