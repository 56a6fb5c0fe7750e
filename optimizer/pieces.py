"""Pieces: the domain of one block divided, so that a curve below its envelope is followed closer.

Each piece has one binary and its own copies of the block's own spend, carried state and response;
the copies are 0 where the piece is not chosen, and add up to the block's. Relaxed, this is the
convex hull of the pieces (Balas' disjunctive form), so splitting never weakens the bound.

Where a channel gets nothing or something, the nothing is a piece of its own, and the other pieces
together are the channel's switch: so the response is as tight as the switch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.box import Box
from optimizer.envelope import Envelope
from optimizer.response import Indices, Response
from optimizer.solve import Model, Rows
from optimizer.tangents import Tangents, envelopes, promises, tangents

# Pieces of which a solution chose less than this are not chosen.
_CHOSEN = 1e-6
_FIRST_TANGENTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Scale:
    """Money and response that count as 1 inside the program."""

    money: float
    value: float


@dataclass(frozen=True)
class Piece:
    """One part of a block's domain (box of one block), its envelope and its columns.

    ``on`` is False for the piece in which the channel gets nothing at all.
    """

    box: Box
    on: bool
    envelope: Envelope
    chosen: int
    x: int
    y: int
    response: int

    @property
    def columns(self) -> Indices:
        """Binary, own spend, carried state and response."""
        return np.array([self.chosen, self.x, self.y, self.response])


@dataclass(frozen=True)
class Site:
    """Where a block stands in the model.

    ``media`` (C * Q,) the column of every cell's media, ``promised`` that of the block's
    over-estimate, ``switch`` that of being active, None where it has none.
    """

    media: Indices
    promised: int
    switch: int | None = None


class SplitBlock:
    """The pieces of one block; exactly one is chosen."""

    def __init__(
        self, model: Model, scale: Scale, response: Response, box: Box, site: Site
    ) -> None:
        """``response`` is that of the one block; ``box`` that of its being active."""
        self.model = model
        self.scale = scale
        self.response = response
        self.pieces: list[Piece] = []
        self._link = self._add_link(site)
        self._add_piece(box, on=True)
        self.active = self.pieces[0]
        if site.switch is not None:
            none = np.zeros(1)
            self._add_piece(Box(none, none, box.y_low, box.y_high), on=False)

    def split(self, x: float, y: float) -> None:
        """Divide the active piece at the point where its promise was too high.

        Across the coordinate to which most of the over-estimate is due.
        """
        old, response = self.active, self.response
        here, state = old.box.nearest(x, y)
        s = response.adstocked(here, state)
        excess = response.weight * (old.envelope.value_and_slope(s)[0] - response.curves.value(s))
        due_x = float(excess @ response.beta) * float(old.box.x_high[0] - old.box.x_low[0])
        due_y = float(excess @ response.gamma) * float(old.box.y_high[0] - old.box.y_low[0])
        for part in old.box.divided("x" if due_x >= due_y else "y", here, state):
            self._add_piece(part, old.on)
        self.pieces.remove(old)
        self.model.set_bounds(np.array([old.chosen]), np.zeros(1), np.zeros(1))
        self.settle(x, y, on=old.on)

    def settle(self, x: float, y: float, *, on: bool) -> None:
        """Make the piece that holds the point the active one."""
        fits = [p for p in self.pieces if p.on == on] or self.pieces
        self.active = next((p for p in fits if p.box.holds(x, y)), fits[0])

    def follow(self, values: Floats) -> None:
        """Take over what a solution chose: of each piece how much, and where in its box.

        The pieces' promises and what the curves keep of them are `promised` and `kept`.
        """
        self._visits: list[tuple[Piece, Floats, Floats]] = []
        self.promised = self.kept = 0.0
        for piece in self.pieces:
            share = float(values[piece.chosen])
            if share > _CHOSEN:
                money = self.scale.money / share
                x, y = piece.box.nearest(values[piece.x] * money, values[piece.y] * money)
                self._visits.append((piece, x, y))
                self.promised += share * float(promises(self.response, piece.envelope, x, y)[0])
                self.kept += share * float(self.response.block_values(x, y)[0])
        self.active = max(self.pieces, key=lambda piece: float(values[piece.chosen]))

    def hold_down(self) -> None:
        """Cut every piece that the solution chose a part of by a tangent where it stands."""
        for piece, x, y in self._visits:
            self.cut(piece, tangents(self.response, piece.envelope, x, y))

    def cut(self, piece: Piece, planes: Tangents) -> None:
        """Hold a piece's response down, and at 0 where it is not chosen."""
        ratio = self.scale.money / self.scale.value
        count = len(planes.constant)
        values = np.column_stack(
            [
                -planes.constant / self.scale.value,
                -planes.per_x * ratio,
                -planes.per_y * ratio,
                np.ones(count),
            ]
        )
        self.model.add_rows(
            Rows.from_entries(
                np.full(count, -np.inf),
                np.zeros(count),
                np.repeat(np.arange(count), 4),
                np.tile(piece.columns, count),
                values.ravel(),
            )
        )

    def _add_link(self, site: Site) -> Indices:
        """Rows: one piece is chosen; copies of x, y and response add up to the block's.

        With a switch, the pieces that are on add up to it.
        """
        response = self.response
        earlier = np.flatnonzero(response.carry[0])
        first = int(response.channel[0]) * response.carry.shape[1]
        row = [1, *np.full(len(earlier), 2), 3]
        column = [site.media[response.cell[0]], *site.media[first + earlier], site.promised]
        value = [-1.0, *-response.carry[0, earlier], -1.0]
        right = [1.0, 0.0, 0.0, 0.0]
        if site.switch is not None:
            row, column, value = [*row, 4], [*column, site.switch], [*value, -1.0]
            right = [*right, 0.0]
        sides = np.array(right)
        rows = Rows.from_entries(sides, sides, np.array(row), np.array(column), np.array(value))
        return self.model.add_rows(rows)

    def _add_piece(self, box: Box, on: bool) -> None:
        chosen = self.model.add_binaries(1)
        copies = self.model.add_columns(
            np.zeros(3), np.array([0.0, 0.0, -np.inf]), np.full(3, np.inf)
        )
        env = envelopes(self.response, box)
        piece = Piece(box, on, env, int(chosen[0]), *copies.tolist())
        self.pieces.append(piece)
        columns = [*piece.columns.tolist(), *([piece.chosen] if on else [])]
        for row, column in zip(self._link.tolist(), columns, strict=False):
            self.model.set_entry(row, column, 1.0)
        self._bound_copies(piece)
        points = [box.at(fraction) for fraction in _FIRST_TANGENTS]
        for x, y in points:
            self.cut(piece, tangents(self.response, piece.envelope, x, y))

    def _bound_copies(self, piece: Piece) -> None:
        """low * chosen <= copy <= high * chosen, for x and y."""
        box = piece.box
        ends = np.array([box.x_low[0], box.x_high[0], box.y_low[0], box.y_high[0]])
        copies = np.array([piece.x, piece.x, piece.y, piece.y])
        self.model.add_rows(
            Rows.from_entries(
                np.array([0.0, -np.inf, 0.0, -np.inf]),
                np.array([np.inf, 0.0, np.inf, 0.0]),
                np.tile(np.arange(4), 2),
                np.concatenate([copies, np.full(4, piece.chosen)]),
                np.concatenate([np.ones(4), -ends / self.scale.money]),
            )
        )
