"""Moves: how many channels change in a quarter, and how little a change may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.rule import Rule, Violation, settled, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Moves(Rule):
    """count over c of (x[c, q] != base[c, q]) <= most; x = base or |x - base| >= least (money).

    base is the current amount scaled to this scenario's quarter budget, as for elasticity; channels
    that another rule settles (stopped, committed, held) do not count.
    """

    name = "moves"

    most: int | None = None
    least: float | None = None

    def constrain(self, program: Program) -> None:
        """One row per quarter, and two per channel and quarter where changes have a least size."""
        problem = program.problem
        for q, quarter in enumerate(problem.quarters):
            switches: list[int] = []
            for c in self._free(problem):
                rises, falls = program.switches.moves(c, q)
                switches += [rises, falls]
                if self.least is not None:
                    self._at_least(program, c, q, rises, falls)
            if self.most is not None:
                form = LinearForm.sum_of(switches)
                most = float(self.most)
                program.limit(
                    self.name, "most", quarter, form, at_most=most, unit="channels", counted=True
                )

    def _at_least(self, program: Program, c: int, q: int, rises: int, falls: int) -> None:
        """Rows: the change is at least ``least`` on the side to which the amount moves."""
        problem = program.problem
        cell, base = program.cell(c, q), float(problem.base[c, q])
        up = float(problem.budget[q]) * (1 + problem.shift)
        for sign, here, other, room in ((1.0, rises, falls, base), (-1.0, falls, rises, up)):
            form = LinearForm(np.array([cell, other]), np.array([sign, room]), -sign * base)
            program.limit(
                self.name,
                f"least {problem.channels[c].name}",
                problem.quarters[q],
                form,
                base=LinearForm.sum_of([here]),
                at_least=self.least,
            )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Count and measure the changes."""
        problem = plan.problem
        slack = slack_of(problem, 1)
        change = np.abs(plan.spend - problem.base)
        free = self._free(problem)
        for q, quarter in enumerate(problem.quarters):
            moved = [c for c in free if change[c, q] > slack]
            if self.most is not None and len(moved) > self.most:
                over = float(len(moved) - self.most)
                text = f"{quarter}: {len(moved)} channels change, {over:.0f} more than may"
                yield Violation(self.name, "most", quarter, over, text)
            for c in moved if self.least is not None else []:
                short = float((self.least or 0.0) - change[c, q])
                if short > slack:
                    name = problem.channels[c].name
                    text = f"{quarter}: {name} moves {short:,.2f} less than a change must be"
                    yield Violation(self.name, f"least {name}", quarter, short, text)

    def explain(self, row: Row) -> str:
        """Which limit on changes was reached."""
        if row.key == "most":
            return f"no more than {row.limit:.0f} channels change in {row.quarter}"
        name = row.key.removeprefix("least ")
        return f"{name} stays, or moves by at least {row.limit:,.2f}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """More changes, or smaller ones."""
        if row.key == "most":
            return f"let {np.ceil(limit - 1e-6):.0f} channels change in a quarter (moves.most)"
        return f"let a change be as small as {limit:,.2f} {row.unit} (moves.least)"

    def _free(self, problem: AllocationProblem) -> list[int]:
        above = settled(problem)
        return [c for c, name in enumerate(problem.names) if name not in above]
