"""The relaxation: a program that promises at least what every plan within the rules can bring.

Each block of the response has one column, held down by tangents to the block's concave envelope.
One tangent covers all periods of a quarter at once, so the program's size does not depend on how
many periods there are. Blocks whose curve lies below the envelope are split into pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.choice import Choices
from optimizer.curve_table import Indices
from optimizer.decision import decided
from optimizer.domain import domain
from optimizer.form import LinearForm
from optimizer.media import media_columns
from optimizer.pieces import Scale
from optimizer.program import Program
from optimizer.requirements import Requirements
from optimizer.response import Response
from optimizer.solve import Model, Outcome, Rows
from optimizer.tangents import Tangents, envelopes, floors, promises, tangents

# Few tangents to begin with: those that matter are added where solutions fall.
_FIRST_TANGENTS = (0.0, 0.5, 1.0)
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

    @property
    def values(self) -> Floats:
        """The columns of a solution that was found."""
        assert self.outcome.values is not None
        return self.outcome.values


class Relaxation:
    """The over-estimating program of one problem on one HiGHS model.

    ``choices`` are its pieces and switches, ``requirements`` its rows.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.response: Response = program.response
        self.box = domain(program)
        self._whole = envelopes(self.response, self.box)
        most = promises(self.response, self._whole, *self.box.at(1.0))
        average = float(most.mean()) if len(most) else 0.0
        self.scale = Scale(program.unit, average if average > _NO_RESPONSE else 1.0)
        self.model = Model.of(program.build(self.value))
        self.columns = self._promised(most)
        self.media = media_columns(program, self.model, self.scale, self.columns)
        self.pursue(program.objective.form)
        self.requirements = Requirements(program, self.model, self.value)
        for fraction in _FIRST_TANGENTS:
            self._hold_down(*self.box.at(fraction), np.arange(len(most)))
        self._hold_up()
        self.choices = Choices(self)

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
        self.choices.follow(outcome.values)
        response = self.response
        media = np.maximum(outcome.values[self.media], 0.0) * self.scale.money
        media = media.reshape(-1, self.program.layout.quarters)
        state = np.sum(response.carry * media[response.channel], axis=1)
        return Point(
            outcome,
            decided(self.program, outcome.values),
            outcome.values[self.columns] * self.value,
            media.ravel()[response.cell],
            state,
        )

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
        scales = self.requirements.scales
        return np.asarray(outcome.row_duals[: len(scales)] * self.unit / scales)

    def promise(self, point: Point) -> Floats:
        """(B,) what the envelopes promise where a solution stands, piece by piece."""
        promised = promises(self.response, self._whole, point.x, point.y)
        for block, split in self.choices.split.items():
            promised[block] = split.promised
        return promised

    def add_tangents(self, x: Floats, y: Floats, blocks: Indices) -> None:
        """Hold some blocks down by tangents at (x, y), both (B,); split ones where they stand."""
        split = self.choices.split
        whole = np.array([b for b in blocks.tolist() if b not in split], dtype=np.int64)
        self._hold_down(x, y, whole)
        for block in blocks.tolist():
            if block in split:
                split[block].hold_down()

    def afresh(self, decision: Floats) -> Model:
        """The rules and the objective alone, linear, with switches as in a decision."""
        model = self.model.afresh()
        model.relax_integers()
        self.price(model)
        columns, positions = self.choices.switches
        model.set_bounds(columns, decision[positions], decision[positions])
        return model

    def start_from(self, decision: Floats) -> None:
        """Hand a decision within the rules to the next mixed-integer solve as its incumbent."""
        layout = self.program.layout
        spend = layout.spend(decision)
        x, y = self.response.coordinates(spend)
        response = self.response.block_values(x, y) / self.value
        values = np.zeros(self.model.columns)
        column_of = self.program.column_of
        at = np.flatnonzero(column_of >= 0)
        values[column_of[at]] = (decision / self.program.scales(self.value))[at]
        values[self.columns] = response
        values[self.media] = self.response.media(spend).ravel() / self.scale.money
        self.choices.fill(values, decision, x, y)
        values[: layout.money] = decision[: layout.money] / self.scale.money
        self.model.start_from(values)

    def _promised(self, most: Floats) -> Indices:
        """One column per block: the PuLP problem's where a rule speaks of it, or a new one."""
        columns = self.program.column_of[self.response.position].copy()
        new = np.flatnonzero(columns < 0)
        low = np.full(len(most), -np.inf)
        columns[new] = self.model.add_columns(np.zeros(len(new)), low[new], most[new] / self.value)
        old = np.setdiff1d(np.arange(len(most)), new)
        self.model.set_bounds(columns[old], low[old], most[old] / self.value)
        return columns

    def _hold_down(self, x: Floats, y: Floats, blocks: Indices) -> None:
        """Keep responses under their envelopes' tangents at (x, y), both (B,)."""
        planes = tangents(self.response, self._whole, x, y).take(blocks)
        self.model.add_rows(
            cuts(self.response, self.scale, self.columns, self.media, blocks, planes)
        )

    @cached_property
    def held_up(self) -> NDArray[np.bool_]:
        """(B,) whether a solution may gain by promising less response than there is."""
        return np.asarray((self.response.cost > 0) | (self.program.objective.shunned > 0))

    def _hold_up(self) -> None:
        """Keep responses that cost money from being promised less than they are."""
        costly = np.flatnonzero(self.held_up)
        if len(costly):
            planes = floors(self.response, self.box).take(costly)
            rows = cuts(self.response, self.scale, self.columns, self.media, costly, planes)
            # From below: what the cut calls its most is its least.
            rows = Rows(rows.upper, -rows.lower, rows.starts, rows.columns, rows.values)
            self.model.add_rows(rows)


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
