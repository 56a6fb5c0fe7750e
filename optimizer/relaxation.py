"""The relaxation: a program that promises at least what every plan within the rules can bring.

Each block of the response has one column, held down by tangents to the block's concave envelope.
One tangent covers all periods of a quarter at once, so the program's size does not depend on how
many periods there are. Blocks whose curve lies below the envelope are split into pieces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.box import Box
from optimizer.envelope import Envelope
from optimizer.pieces import Scale, SplitBlock
from optimizer.program import Program
from optimizer.response import Indices, Response
from optimizer.solve import Model, Outcome, Rows
from optimizer.tangents import Tangents, envelopes, promises, tangents

# Few tangents to begin with: those that matter are added where solutions fall.
_FIRST_TANGENTS = (0.0, 0.5, 1.0)
# Responses below this are none: scaling by them would overflow.
_NO_RESPONSE = 1e-200


@dataclass(frozen=True)
class Point:
    """A solution: a decision in money, and what each block was promised, (B,) in response."""

    outcome: Outcome
    decision: Floats
    promised: Floats

    @property
    def found(self) -> bool:
        """False where the solve ended without a solution."""
        return self.outcome.values is not None


class Relaxation:
    """The over-estimating program of one problem on one HiGHS model."""

    def __init__(self, program: Program, response: Response) -> None:
        self.program = program
        self.response = response
        self.model = Model(program.build())
        self.box = _domain(program, response)
        self._whole = self._active = envelopes(response, self.box)
        self._split: dict[int, SplitBlock] = {}
        most = promises(response, self._whole, *self.box.at(1.0))
        self.most = float(most.sum())
        average = float(most.mean()) if len(most) else 0.0
        self.scale = Scale(program.unit, average if average > _NO_RESPONSE else 1.0)
        self.columns = self.model.add_columns(
            np.ones(len(most)), np.full(len(most), -np.inf), most / self.value
        )
        for fraction in _FIRST_TANGENTS:
            self.add_tangents(*self.box.at(fraction), np.arange(len(most)))

    @property
    def value(self) -> float:
        """Response that counts as 1 inside the program."""
        return self.scale.value

    def maximise(self, seconds: float, gap: float | None) -> Point:
        """Solve the linear relaxation, or with a ``gap`` (in response) the program itself."""
        if gap is None:
            outcome = self.model.relax(seconds)
        else:
            outcome = self.model.solve(seconds, gap / self.value)
        if outcome.values is None:
            return Point(outcome, np.empty(0), np.empty(0))
        self._follow(outcome.values)
        decision = self.program.money(outcome.values)
        return Point(outcome, decision, outcome.values[self.columns] * self.value)

    def spend(self, decision: Floats) -> Floats:
        """(C, Q) the channels' part of a decision."""
        return self.program.allocation(decision).spend

    def promise(self, x: Floats, y: Floats) -> Floats:
        """(B,) what the blocks' active pieces promise at (x, y)."""
        return promises(self.response, self._active, x, y)

    def add_tangents(self, x: Floats, y: Floats, blocks: Indices) -> None:
        """Hold some blocks down by tangents to their active pieces at (x, y), both (B,)."""
        planes = tangents(self.response, self._active, x, y)
        whole = np.array([b for b in blocks.tolist() if b not in self._split], dtype=np.int64)
        self.model.add_rows(
            cuts(self.response, self.scale, self.columns, whole, planes.take(whole))
        )
        for block in blocks.tolist():
            if block in self._split:
                split = self._split[block]
                split.cut(split.active, planes.take(np.array([block])))

    def split(self, block: int, x: float, y: float) -> None:
        """Divide the domain of a block at a point where its promise was too high."""
        if block not in self._split:
            self._split[block] = SplitBlock(
                self.model,
                self.scale,
                self.response.one(block),
                self.box.take(np.array([block])),
                int(self.columns[block]),
            )
        self._split[block].split(x, y)

    def start_from(self, decision: Floats) -> None:
        """Hand a decision within the rules to the next mixed-integer solve as its incumbent."""
        x, y = self.response.coordinates(self.spend(decision))
        response = self.response.block_values(x, y) / self.value
        values = np.zeros(self.model.columns)
        values[: self.program.size] = decision / self.scale.money
        values[self.columns] = response
        for block, split in self._split.items():
            split.settle(float(x[block]), float(y[block]))
            own, state = x[block] / self.scale.money, y[block] / self.scale.money
            values[split.active.columns] = [1.0, own, state, response[block]]
        self.model.start_from(values)

    def fix_pieces(self) -> None:
        """Keep the active piece of every split block."""
        for split in self._split.values():
            columns = np.array([piece.chosen for piece in split.pieces])
            kept = np.array([float(piece is split.active) for piece in split.pieces])
            self.model.set_bounds(columns, kept, kept)

    def free_pieces(self) -> None:
        """Let every piece be chosen again."""
        for split in self._split.values():
            columns = np.array([piece.chosen for piece in split.pieces])
            self.model.set_bounds(columns, np.zeros(len(columns)), np.ones(len(columns)))

    def _follow(self, values: Floats) -> None:
        """Take the pieces that a solution chose as the active ones."""
        if not self._split:
            return
        whole = self._whole
        low, until = whole.low.copy(), whole.until.copy()
        at_low, chord = whole.at_low.copy(), whole.chord.copy()
        first = self.response.first
        for block, split in self._split.items():
            split.active = max(split.pieces, key=lambda piece: float(values[piece.chosen]))
            env, rows = split.active.envelope, slice(first[block], first[block + 1])
            low[rows], until[rows] = env.low, env.until
            at_low[rows], chord[rows] = env.at_low, env.chord
        self._active = Envelope(whole.curves, low, until, at_low, chord)


def cuts(
    response: Response, scale: Scale, columns: Indices, blocks: Indices, planes: Tangents
) -> Rows:
    """Rows that keep the columns of some blocks under their planes.

    The carried state is written out as what the channel's earlier quarters leave.
    """
    count, quarters = len(blocks), response.carry.shape[1]
    ratio = scale.money / scale.value
    rows = np.arange(count)
    earlier = response.channel[blocks][:, None] * quarters + np.arange(quarters)
    carried = -planes.per_y[:, None] * response.carry[blocks] * ratio
    return Rows.from_entries(
        np.full(count, -np.inf),
        planes.constant / scale.value,
        np.concatenate([rows, rows, np.repeat(rows, quarters)]),
        np.concatenate([columns[blocks], response.cell[blocks], earlier.ravel()]),
        np.concatenate([np.ones(count), -planes.per_x * ratio, carried.ravel()]),
    )


def _domain(program: Program, response: Response) -> Box:
    """Own spends within their bounds, states within what those bounds carry over."""
    limits = program.limits
    low = program.allocation(limits.lower * program.unit).spend
    high = program.allocation(limits.upper * program.unit).spend
    x_low, y_low = response.coordinates(low)
    x_high, y_high = response.coordinates(high)
    return Box(x_low, x_high, y_low, y_high)
