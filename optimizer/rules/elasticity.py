"""Elasticity: how far a channel's or a unit's budget may move from the current one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, settled, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Band:
    """How far down and up, as shares of the current amount: Band(0.15, 0.15) is +-15 %."""

    down: float
    up: float

    def __post_init__(self) -> None:
        if not (0 <= self.down <= 1 and self.up >= 0):
            raise ValueError(f"a band needs 0 <= down <= 1 and up >= 0, not {self}")

    def times(self, factor: float) -> Band:
        """A band this much narrower."""
        return Band(factor * self.down, factor * self.up)


@dataclass(frozen=True)
class Elasticity(Rule):
    """-down * base[c, q] <= x[c, q] - base[c, q] <= up * base[c, q], limits in per cent of base.

    base is the current amount scaled to this scenario's quarter budget. A channel takes its own
    band, else its unit's, else the default, else none. A unit with a band also moves no further in
    total; channels with a band of their own, and those over which a higher rule decides (stopped,
    committed, frozen, changed, held), are left out of that total. A channel whose current amount is
    0 is not bound itself, but counts in its unit's total. The band of a channel whose curve is
    ``unsure`` is ``weak`` times as wide.
    """

    name = "elasticity"

    default: Band | None = None
    unit: Mapping[str, Band] = field(default_factory=dict)
    channel: Mapping[str, Band] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    weak: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.weak <= 1:
            raise ValueError(f"weak must be from 0 to 1, not {self.weak}")

    def constrain(self, program: Program) -> None:
        """Two rows per channel and quarter, and two per unit and quarter."""
        problem = program.problem
        base = problem.base
        bands = self._bands(problem)
        for c, band in bands.items():
            for q, quarter in enumerate(problem.quarters):
                if base[c, q] > 0:
                    cells = [program.cell(c, q)]
                    key = problem.channels[c].name
                    _limit_move(program, key, quarter, cells, float(base[c, q]), band)
        for unit, members in self._units(problem, bands).items():
            for q, quarter in enumerate(problem.quarters):
                cells = [program.cell(c, q) for c in members]
                amount = float(base[list(members), q].sum())
                if amount > 0:
                    band = self.unit[unit]
                    _limit_move(program, f"unit {unit}", quarter, cells, amount, band)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Compare each change with what the band allows, in money."""
        problem = plan.problem
        base = problem.base
        change = plan.own - base
        bands = self._bands(problem)
        for c, band in bands.items():
            down, up = band.down * base[c], band.up * base[c]
            over = np.maximum(change[c] - up, -change[c] - down)
            for q in np.flatnonzero((over > slack_of(problem, 1)) & (base[c] > 0)).tolist():
                yield _violation(problem, problem.channels[c].name, q, float(over[q]), band)
        for unit, members in self._units(problem, bands).items():
            band = self.unit[unit]
            for q in range(len(problem.quarters)):
                of = list(members)
                amount, moved = float(base[of, q].sum()), float(change[of, q].sum())
                excess = max(moved - band.up * amount, -moved - band.down * amount)
                if amount > 0 and excess > slack_of(problem, len(of)):
                    yield _violation(problem, f"unit {unit}", q, excess, band)

    def explain(self, row: Row) -> str:
        """Which band was reached, in per cent."""
        direction = "up" if row.side == "max" else "down"
        text = f"{row.key} may move {abs(row.limit):g} % {direction} and no further"
        return f"{text}: moved less, its curve is unsure" if self._narrows(row.key) else text

    def remedy(self, row: Row, limit: float) -> str | None:
        """The wider band; none where it would have to go below nothing."""
        if limit < -100:
            return None
        word = "up" if row.side == "max" else "down"
        if self._narrows(row.key):
            further = f"{abs(limit):,.6g} % {word} instead of {abs(row.limit):,.6g} %"
            return f"let {row.key} move {further}, though its curve is unsure (weak, move_unknown)"
        return f"allow {abs(limit):,.6g} % {word} instead of {abs(row.limit):,.6g} % (elasticity)"

    def _bands(self, problem: AllocationProblem) -> dict[int, Band]:
        """The band that applies to each channel, by position."""
        above = settled(problem)
        bands: dict[int, Band] = {}
        for c, channel in enumerate(problem.channels):
            if channel.name in above:
                continue
            band = self.channel.get(channel.name)
            if band is None and channel.unit is not None:
                band = self.unit.get(channel.unit)
            if band is None:
                band = self.default
            if band is not None:
                bands[c] = band.times(self.weak) if self._narrows(channel.name) else band
        return bands

    def _narrows(self, key: str) -> bool:
        """Whether a channel moves less because its curve is unsure."""
        return self.weak < 1 and key in self.unsure

    def _units(
        self, problem: AllocationProblem, bands: Mapping[int, Band]
    ) -> dict[str, tuple[int, ...]]:
        """The channels that each unit's own band counts."""
        return {
            unit: tuple(
                c
                for c in bands
                if problem.channels[c].unit == unit and problem.channels[c].name not in self.channel
            )
            for unit in self.unit
        }


def _limit_move(
    program: Program, key: str, quarter: str, cells: list[int], amount: float, band: Band
) -> None:
    program.limit(
        Elasticity.name,
        key,
        quarter,
        LinearForm.sum_of(cells, constant=-amount),
        base=LinearForm.of(amount / 100),
        at_least=-100 * band.down,
        at_most=100 * band.up,
        unit="%",
    )


def _violation(
    problem: AllocationProblem, key: str, q: int, excess: float, band: Band
) -> Violation:
    quarter = problem.quarters[q]
    allowed = f"-{100 * band.down:.6g} % to +{100 * band.up:.6g} %"
    text = f"{quarter}: {key} moves {excess:,.2f} further than its elasticity of {allowed}"
    return Violation(Elasticity.name, key, quarter, excess, text)
