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
from optimizer.curve_table import Indices
from optimizer.envelope import Envelope, steepest_chord
from optimizer.response import Response
from optimizer.solve import Model, Rows
from optimizer.tangents import Tangents, envelopes, floors, promises, tangents

# Pieces of which a solution chose less than this are not chosen.
_CHOSEN = 1e-6
_FIRST_TANGENTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Scale:
    """Money and response that count as 1 inside the program."""

    money: float
    value: float


@dataclass(frozen=True, eq=False)
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
    over-estimate, ``switch`` that of being active, None where it has none. ``held_up`` is whether
    the response may be promised too little as well.
    """

    media: Indices
    promised: int
    switch: int | None = None
    held_up: bool = False


class SplitBlock:
    """The pieces of one block; exactly one is chosen."""

    def __init__(
        self, model: Model, scale: Scale, response: Response, box: Box, site: Site
    ) -> None:
        """``response`` is that of the one block; ``box`` that of its being active."""
        self.model = model
        self.scale = scale
        self.response = response
        self.held_up = site.held_up
        self.pieces: list[Piece] = []
        self._parts: dict[int, frozenset[int]] = {}
        self._visits: list[tuple[Piece, Floats, Floats]] = []
        self._link = self._add_link(site)
        self._add_piece(box, on=True)
        self.active = self.pieces[0]
        if site.switch is not None:
            none = np.zeros(1)
            self._add_piece(Box(none, none, box.y_low, box.y_high), on=False)

    def divide(self, x: float, y: float, among: frozenset[int]) -> tuple[frozenset[int], ...]:
        """Two ways to go on among these pieces, from where the last solution stands.

        Where it mixes pieces, one of them or the others; where it takes one, its two parts.
        """
        mixed = [piece for piece, _, _ in self._visits if piece.chosen in among]
        if len(mixed) > 1:
            one = frozenset({self.active.chosen})
            return one, among - one
        old = self.active
        self._parts[old.chosen] = frozenset(
            self._add_piece(part, old.on).chosen for part in self._halves(old, x, y)
        )
        self.pieces.remove(old)
        self.model.set_bounds(np.array([old.chosen]), np.zeros(1), np.zeros(1))
        return tuple(frozenset({part}) for part in sorted(self._parts[old.chosen]))

    def _halves(self, piece: Piece, x: float, y: float) -> tuple[Box, Box]:
        """The piece's box, divided across the coordinate to which most of its excess is due."""
        response, (here, state) = self.response, piece.box.nearest(x, y)
        s = response.adstocked(here, state)
        excess = response.weight * (piece.envelope.value_and_slope(s)[0] - response.curves.value(s))
        box = piece.box
        if self.held_up:
            # What costs money may be promised too little as well.
            high = response.adstocked(box.x_high, box.y_high)
            slope = steepest_chord(response.curves, response.adstocked(box.x_low, box.y_low), high)
            least = response.curves.value(high) - slope * (high - s)
            excess = excess + response.weight * (response.curves.value(s) - least)
        due_x = float(excess @ response.beta) * float(box.x_high[0] - box.x_low[0])
        due_y = float(excess @ response.gamma) * float(box.y_high[0] - box.y_low[0])
        return box.divided("x" if due_x >= due_y else "y", here, state)

    def among(self, pieces: frozenset[int] | None) -> frozenset[int]:
        """The pieces that there are now for some that there were; all for None."""
        if pieces is None:
            return frozenset(piece.chosen for piece in self.pieces)
        now: set[int] = set()
        for piece in pieces:
            parts = self._parts.get(piece)
            now |= {piece} if parts is None else self.among(parts)
        return frozenset(now)

    def piece_at(self, x: float, y: float, *, on: bool) -> Piece:
        """The piece that holds a point."""
        fits = [piece for piece in self.pieces if piece.on == on] or self.pieces
        return next((piece for piece in fits if piece.box.holds(x, y)), fits[0])

    def follow(self, values: Floats) -> None:
        """Take over what a solution chose: of each piece how much, and where in its box.

        What their envelopes promise there is `promised`.
        """
        self._visits = []
        self.promised = 0.0
        for piece in self.pieces:
            share = float(values[piece.chosen])
            if share > _CHOSEN:
                money = self.scale.money / share
                x, y = piece.box.nearest(values[piece.x] * money, values[piece.y] * money)
                self._visits.append((piece, x, y))
                self.promised += share * float(promises(self.response, piece.envelope, x, y)[0])
        self.active = max(self.pieces, key=lambda piece: float(values[piece.chosen]))

    def hold_down(self) -> None:
        """Cut every piece that the solution chose a part of by a tangent where it stands."""
        for piece, x, y in self._visits:
            self.cut(piece, tangents(self.response, piece.envelope, x, y))

    def cut(self, piece: Piece, planes: Tangents, *, from_below: bool = False) -> None:
        """Hold a piece's response down (or up), and at 0 where it is not chosen."""
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
                np.full(count, 0.0 if from_below else -np.inf),
                np.full(count, np.inf if from_below else 0.0),
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

    def _add_piece(self, box: Box, on: bool) -> Piece:
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
        if self.held_up:
            self.cut(piece, floors(self.response, box), from_below=True)
        return piece

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
