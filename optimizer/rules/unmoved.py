"""Amounts that stay where they are, whatever the reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.form import LinearForm
from optimizer.problem import Allocation
from optimizer.rules.rule import Violation

if TYPE_CHECKING:
    from optimizer.program import Program


def keep(program: Program, rule: str, channels: frozenset[str], amounts: Floats) -> None:
    """Rows x[c, q] = amounts[c, q] for these channels."""
    problem = program.problem
    for c, channel in enumerate(problem.channels):
        if channel.name in channels:
            for q, quarter in enumerate(problem.quarters):
                form = LinearForm.sum_of([program.cell(c, q)])
                at = float(amounts[c, q])
                program.limit(rule, channel.name, quarter, form, at_least=at, at_most=at)


def moved(
    plan: Allocation, rule: str, channels: frozenset[str], amounts: Floats, allowed: float
) -> Iterable[Violation]:
    """Where these channels are further than ``allowed`` (money) from the amounts (C, Q)."""
    problem = plan.problem
    off = np.abs(plan.spend - amounts)
    for c, channel in enumerate(problem.channels):
        if channel.name in channels:
            for q in np.flatnonzero(off[c] > allowed + 1e-9 * amounts[c]).tolist():
                quarter = problem.quarters[q]
                text = f"{quarter}: {channel.name} is {off[c, q]:,.2f} off what it must stay at"
                yield Violation(rule, channel.name, quarter, float(off[c, q]), text)
