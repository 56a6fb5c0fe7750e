"""The relaxation: a program that promises at least what every plan within the rules can bring.

Each block of the response has one column, held down by tangents to the block's concave envelope.
One tangent covers all periods of a quarter at once, so the program's size does not depend on how
many periods there are. Blocks whose curve lies below the envelope are split into pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.box import Box
from optimizer.choice import Choice
from optimizer.curve_table import Indices
from optimizer.domain import domain, media_at
from optimizer.form import LinearForm
from optimizer.media import media_columns
from optimizer.pieces import Scale, Site, SplitBlock
from optimizer.program import Program
from optimizer.response import Response
from optimizer.solve import Model, Outcome, Rows
from optimizer.tangents import Tangents, envelopes, floors, promises, tangents

# Few tangents to begin with: those that matter are added where solutions fall.
_FIRST_TANGENTS = (0.0, 0.5, 1.0)
# A row counts as kept within this share of its largest entry.
_LEEWAY = 1e-7
# A switch this close to a whole number is decided.
_WHOLE = 1e-6
# Responses below this are none: scaling by them would overflow.
_NO_RESPONSE = 1e-200


@dataclass(frozen=True)
class Point:
    """A solution: a decision in money, and what each block was promised, (B,) in response.

    ``x`` and ``y`` (B,) are the media and the states that the promise was for. Where results cost
    money they differ a little from the decision's: who promises less response pays less for it.
    """

    outcome: Outcome
    decision: Floats = field(default_factory=lambda: np.empty(0))
    promised: Floats = field(default_factory=lambda: np.empty(0))
    x: Floats = field(default_factory=lambda: np.empty(0))
    y: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def found(self) -> bool:
        """False where the solve ended without a solution."""
        return self.outcome.values is not None


class Relaxation:
    """The over-estimating program of one problem on one HiGHS model."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.response: Response = program.response
        self.box = domain(program)
        self._whole = envelopes(self.response, self.box)
        self._split: dict[int, SplitBlock] = {}
        most = promises(self.response, self._whole, *self.box.at(1.0))
        average = float(most.mean()) if len(most) else 0.0
        self.scale = Scale(program.unit, average if average > _NO_RESPONSE else 1.0)
        self.model = Model.of(program.build(self.value))
        self.columns = self._promised(most)
        self.media = media_columns(program, self.model, self.scale, self.columns)
        self.pursue(program.objective.form)
        self._between = tuple(bound.copy() for bound in program.limits.between)
        for fraction in _FIRST_TANGENTS:
            self.add_tangents(*self.box.at(fraction), np.arange(len(most)))
        self._hold_up()
        self._switch_blocks()

    @property
    def value(self) -> float:
        """Response that counts as 1 inside the program."""
        return self.scale.value

    def pursue(self, objective: LinearForm) -> None:
        """Maximise this form over decisions from now on."""
        self.objective = objective
        scales = self.program.scales(self.value)
        costs = objective.entries(self.program.width)
        # What the objective counts as 1: response, or money where it has none.
        self.worth = costs[self.response.position]
        self.unit = self._unit(costs)
        self._costs = costs * scales / self.unit
        self.price(self.model)
        self.model.set_costs(self.columns, self.worth * self.value / self.unit)

    def price(self, model: Model) -> None:
        """Set what the objective says of the PuLP problem's columns in a model of it."""
        column_of = self.program.column_of
        at = np.flatnonzero(column_of >= 0)
        model.set_costs(column_of[at], self._costs[at])

    def _unit(self, costs: Floats) -> float:
        """What counts as 1 in the objective: the most that one thing brings or costs."""
        largest = float(np.abs(costs * self.program.scales(self.value)).max(initial=0.0))
        return largest if largest > _NO_RESPONSE else 1.0

    @property
    def most(self) -> float:
        """The objective with everything that helps at its most: a bound before any solving."""
        layout, limits = self.program.layout, self.program.limits
        own = self.program.objective
        form = own.mean if self.objective is own.form else self.objective
        at_most = promises(self.response, self._whole, *self.box.at(1.0))
        brought = dict(zip(self.response.position.tolist(), at_most.tolist(), strict=True))
        scales = self.program.scales(self.value)
        total = form.constant
        for position, worth in zip(form.cells.tolist(), form.coefficients.tolist(), strict=True):
            if layout.money <= position < layout.extras:
                best = max(worth, 0.0) * brought[position]
            else:
                column = layout.column(position)
                bound = limits.upper[column] if worth > 0 else limits.lower[column]
                best = worth * float(bound) * float(scales[position])
            total += best
        return total

    def maximise(self, seconds: float, gap: float | None = None) -> Point:
        """Solve the linear program under the choices that were made.

        With a ``gap`` (of the objective), solve for the choices as well.
        """
        if gap is None:
            outcome = self.model.relax(seconds)
        else:
            outcome = self.model.solve(seconds, gap / self.unit)
        if outcome.values is None:
            return Point(outcome)
        self.follow(outcome)
        response = self.response
        media = np.maximum(outcome.values[self.media], 0.0) * self.scale.money
        media = media.reshape(-1, self.program.layout.quarters)
        state = np.sum(response.carry * media[response.channel], axis=1)
        return Point(
            outcome,
            self.program.decision(outcome.values),
            outcome.values[self.columns] * self.value,
            media.ravel()[response.cell],
            state,
        )

    def follow(self, outcome: Outcome) -> None:
        """Take over which pieces a solution chose."""
        assert outcome.values is not None
        for split in self._split.values():
            split.follow(outcome.values)

    def withheld(self, point: Point) -> Floats:
        """(B,) money by which a solution pays less for a block's response than it costs.

        What it gains otherwise by promising less counts as money, too.
        """
        rate = self.response.cost + self.program.objective.shunned * self.scale.money / self.unit
        true = self.response.block_values(point.x, point.y)
        return np.asarray(rate * np.maximum(true - point.promised, 0.0))

    def importance(self, point: Point) -> Floats:
        """(B,) what a unit of each block's response is worth, rules' prices included."""
        program, limits = self.program, self.program.limits
        if not len(limits.responses):
            return self.worth
        priced = limits.matrix.T @ self.row_duals(point.outcome)
        worth = self.worth - priced[self.response.position]
        # A rule's price may take all worth from a response that is promised too high: where a
        # market is full, say. It is no less promised for that.
        least = self.worth
        if program.objective.weighs and self.objective is program.objective.form:
            # A draw that is promised too much may be among the worst without having a price.
            least = program.counts(point.decision)
        return np.asarray(np.maximum(np.maximum(worth, least), 0.0))

    def row_duals(self, outcome: Outcome) -> Floats:
        """(rows,) objective gained per unit added to each right-hand side of `Limits.matrix`."""
        return np.asarray(outcome.row_duals[: len(self._row_scales)] * self.unit / self._row_scales)

    def spend(self, decision: Floats) -> Floats:
        """(C, Q) the channels' part of a decision."""
        layout = self.program.layout
        return decision[: layout.spends].reshape(-1, layout.quarters)

    def promise(self, point: Point) -> Floats:
        """(B,) what the envelopes promise where a solution stands, piece by piece."""
        promised = promises(self.response, self._whole, point.x, point.y)
        for block, split in self._split.items():
            promised[block] = split.promised
        return promised

    def add_tangents(self, x: Floats, y: Floats, blocks: Indices) -> None:
        """Hold some blocks down by tangents at (x, y), both (B,); split ones where they stand."""
        planes = tangents(self.response, self._whole, x, y)
        whole = np.array([b for b in blocks.tolist() if b not in self._split], dtype=np.int64)
        self.model.add_rows(
            cuts(self.response, self.scale, self.columns, self.media, whole, planes.take(whole))
        )
        for block in blocks.tolist():
            if block in self._split:
                self._split[block].hold_down()

    def divide(self, block: int, point: Point, choice: Choice) -> tuple[frozenset[int], ...]:
        """Two ways to go on with a block of which a solution promises too much: open pieces."""
        if block not in self._split:
            self._split[block] = self._whole_piece(block, None)
        split = self._split[block]
        among = split.among(choice.pieces.get(block))
        return split.divide(float(point.x[block]), float(point.y[block]), among)

    def short_of(self, decision: Floats, values: Floats) -> Floats:
        """(rows,) by how much a solution's decision fails each row, though its columns keep it.

        A rule that gives way does so by what the columns say, not by what the curves make of it.
        """
        short = self.shortfall(decision)
        if not short.any():
            return short
        return self.shortfall(self.program.as_claimed(decision, values))

    def afresh(self, decision: Floats) -> Model:
        """The rules and the objective alone, linear, with switches as in a decision."""
        model = self.model.afresh()
        model.relax_integers()
        self.price(model)
        columns, positions = self._switches
        model.set_bounds(columns, decision[positions], decision[positions])
        return model

    def shortfall(self, decision: Floats) -> Floats:
        """(rows,) by how much of its form a decision fails each row that it may fail unseen."""
        limits = self.program.limits
        short = np.zeros(limits.count)
        rows = limits.beyond_money
        if len(rows):
            least, most = (bound[rows] for bound in self._between)
            value = limits.matrix[rows] @ decision
            short[rows] = np.maximum(np.maximum(least - value, value - most), 0.0)
            leeway = _LEEWAY * self._row_scales[rows]
            short[rows] = np.where(short[rows] <= leeway, 0.0, short[rows])
        return short

    def missed(self, point: Point) -> Iterator[tuple[Floats, float]]:
        """Rows about responses that a solution fails: what each block counts (B,), and by how much.

        Counts are positive where more response helps.
        """
        assert point.outcome.values is not None
        limits, short = (
            self.program.limits,
            self.short_of(point.decision, point.outcome.values),
        )
        for number in limits.with_response[short[limits.with_response] > 0].tolist():
            sign = 1.0 if np.isfinite(limits.between[0][number]) else -1.0
            counts = sign * limits.matrix[[number]].toarray()[0]
            blocks = counts[self.response.position]
            yield np.maximum(blocks, 0.0), float(short[number])

    def keeps(self, decision: Floats) -> bool:
        """Whether a decision keeps what its amounts alone do not show: switches and responses."""
        layout, limits = self.program.layout, self.program.limits
        own = decision[layout.extras :] / self.program.scales(self.value)[layout.extras :]
        low, high = limits.lower[limits.money :], limits.upper[limits.money :]
        if np.any(own < low - _LEEWAY) or np.any(own > high + _LEEWAY):
            return False
        return not self.shortfall(decision).any()

    def shift_rows(self, model: Model, by: Floats) -> None:
        """Ask more of a model's rows than they say, by so much of their forms (rows,); 0 undoes it.

        ``model`` is this relaxation's own, or one made `afresh`.
        """
        least, most = self._between
        for number in self.program.limits.with_response.tolist():
            self._bound_row(model, number, least[number] + by[number], most[number] - by[number])

    def loosen_row(self, number: int, by: float) -> None:
        """Let a row of `Limits.matrix` go so much further than it says, until it is set back."""
        least, most = self.program.limits.between
        self.set_row(number, least[number] - by, most[number] + by)

    def set_row(self, number: int, least: float, most: float) -> None:
        """Bound a row of `Limits.matrix` anew; as long as it holds, rows say this."""
        self._between[0][number], self._between[1][number] = least, most
        self._bound_row(self.model, number, least, most)

    def _bound_row(self, model: Model, number: int, least: float, most: float) -> None:
        scale = self._row_scales[number]
        model.set_row_bounds(number, least / scale, most / scale)

    def allow(self, choice: Choice) -> None:
        """Open the pieces and set the switches of a choice; all others are free."""
        pieces: list[int] = []
        open_: list[float] = []
        for block, split in self._split.items():
            among = split.among(choice.pieces.get(block))
            pieces += [piece.chosen for piece in split.pieces]
            open_ += [float(piece.chosen in among) for piece in split.pieces]
        self.model.set_bounds(
            np.array(pieces, dtype=np.int64), np.zeros(len(open_)), np.array(open_)
        )
        columns, _ = self._switches
        limits = self.program.limits
        low, high = limits.lower[columns].copy(), limits.upper[columns].copy()
        for number, column in enumerate(columns.tolist()):
            if column in choice.switches:
                low[number] = high[number] = choice.switches[column]
        self.model.set_bounds(columns, low, high)

    def likeliest(self, point: Point) -> Choice:
        """Of every split block the piece, of every switch the value that a solution is nearest."""
        assert point.outcome.values is not None
        pieces = {block: frozenset({split.active.chosen}) for block, split in self._split.items()}
        columns, _ = self._switches
        values = np.rint(point.outcome.values[columns]).tolist()
        # A switch that pieces decide follows them.
        decided = {int(self.program.column_of[s]) for s in self._decided_by_pieces}
        return Choice(
            pieces,
            {c: v for c, v in zip(columns.tolist(), values, strict=True) if c not in decided},
        )

    def undecided(self, point: Point) -> int | None:
        """The column of the switch that a solution leaves most in the middle; None if none."""
        assert point.outcome.values is not None
        columns, _ = self._switches
        values = point.outcome.values[columns]
        middle = np.minimum(values, 1.0 - values)
        if not len(columns) or middle.max() <= _WHOLE:
            return None
        return int(columns[np.argmax(middle)])

    @property
    def has_own_switches(self) -> bool:
        """Whether rules have switches that no block's pieces decide."""
        _, positions = self._switches
        return bool(np.setdiff1d(positions, self._decided_by_pieces).size)

    def start_from(self, decision: Floats) -> None:
        """Hand a decision within the rules to the next mixed-integer solve as its incumbent."""
        layout = self.program.layout
        x, y = self.response.coordinates(self.spend(decision))
        response = self.response.block_values(x, y) / self.value
        values = np.zeros(self.model.columns)
        column_of = self.program.column_of
        at = np.flatnonzero(column_of >= 0)
        values[column_of[at]] = (decision / self.program.scales(self.value))[at]
        values[self.columns] = response
        values[self.media] = self.response.media(self.spend(decision)).ravel() / self.scale.money
        active = self.program.switches.active_cells
        for block, split in self._split.items():
            switch = active.get(int(self.response.cell[block]))
            on = switch is None or bool(decision[switch] > 0)
            piece = split.piece_at(float(x[block]), float(y[block]), on=on)
            own, state = x[block] / self.scale.money, y[block] / self.scale.money
            values[piece.columns] = [1.0, own, state, response[block]]
        values[: layout.money] = decision[: layout.money] / self.scale.money
        self.model.start_from(values)

    @property
    def _decided_by_pieces(self) -> list[int]:
        """Positions of the switches that are the on-pieces of some block."""
        active = self.program.switches.active_cells
        cells = (int(self.response.cell[block]) for block in self._split)
        return [active[cell] for cell in cells if cell in active]

    @property
    def _switches(self) -> tuple[Indices, Indices]:
        """Columns of the rules' switches that are to be set, and their positions in a decision."""
        free = (k for k, e in enumerate(self.program.extras) if e.whole and e.low < e.high)
        numbers = np.fromiter(free, dtype=np.int64)
        return self.program.size + numbers, self.program.layout.extras + numbers

    @cached_property
    def _row_scales(self) -> Floats:
        """(rows,) what the rows of `Limits.matrix` are divided by in the program."""
        limits, scales = self.program.limits, self.program.scales(self.value)
        return np.array([limits.scale_of(number, scales) for number in range(limits.count)])

    def _promised(self, most: Floats) -> Indices:
        """One column per block: the PuLP problem's where a rule speaks of it, or a new one."""
        columns = self.program.column_of[self.response.position].copy()
        new = np.flatnonzero(columns < 0)
        low = np.full(len(most), -np.inf)
        columns[new] = self.model.add_columns(np.zeros(len(new)), low[new], most[new] / self.value)
        old = np.setdiff1d(np.arange(len(most)), new)
        self.model.set_bounds(columns[old], low[old], most[old] / self.value)
        return columns

    @cached_property
    def _held_up(self) -> NDArray[np.bool_]:
        """(B,) whether a solution may gain by promising less response than there is."""
        return np.asarray((self.response.cost > 0) | (self.program.objective.shunned > 0))

    def _hold_up(self) -> None:
        """Keep responses that cost money from being promised less than they are."""
        costly = np.flatnonzero(self._held_up)
        if len(costly):
            planes = floors(self.response, self.box).take(costly)
            rows = cuts(self.response, self.scale, self.columns, self.media, costly, planes)
            # From below: what the cut calls its most is its least.
            rows = Rows(rows.upper, -rows.lower, rows.starts, rows.columns, rows.values)
            self.model.add_rows(rows)

    def _switch_blocks(self) -> None:
        """Split the blocks of channels that get nothing or something into these two."""
        active = self.program.switches.active_cells
        for block, cell in enumerate(self.response.cell.tolist()):
            closed = self.program.past.holds(cell)
            if cell in active and not closed and self.program.limits.lower[cell] <= 0:
                self._split[block] = self._whole_piece(block, active[cell])

    def _whole_piece(self, block: int, switch: int | None) -> SplitBlock:
        one = np.array([block])
        box = self.box.take(one)
        if switch is not None:
            low, high = media_at(self.program, int(self.response.cell[block]))
            box = Box(np.array([low]), np.array([high]), box.y_low, box.y_high)
        column = None if switch is None else int(self.program.column_of[switch])
        held_up = bool(self._held_up[block])
        site = Site(self.media, int(self.columns[block]), column, held_up)
        return SplitBlock(self.model, self.scale, self.response.take(one), box, site)


def cuts(
    response: Response,
    scale: Scale,
    columns: Indices,
    media: Indices,
    blocks: Indices,
    planes: Tangents,
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
        np.concatenate([columns[blocks], media[response.cell[blocks]], media[earlier.ravel()]]),
        np.concatenate([np.ones(count), -planes.per_x * ratio, carried.ravel()]),
    )
