"""Amounts that stay as approved, whatever the reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from optimizer.form import LinearForm
from optimizer.problem import Allocation
from optimizer.rules.rule import Violation

if TYPE_CHECKING:
    from optimizer.program import Program


def keep_current(program: Program, rule: str, channels: frozenset[str]) -> None:
    """Rows x[c, q] = current[c, q] for these channels."""
    problem = program.problem
    for c, channel in enumerate(problem.channels):
        if channel.name in channels:
            for q, quarter in enumerate(problem.quarters):
                form = LinearForm.sum_of([program.cell(c, q)])
                now = float(problem.current[c, q])
                program.limit(rule, channel.name, quarter, form, at_least=now, at_most=now)


def moved(plan: Allocation, rule: str, channels: frozenset[str]) -> Iterable[Violation]:
    """Where these channels differ from the approved amounts."""
    problem = plan.problem
    change = np.abs(plan.spend - problem.current)
    allowed = 0.1 * problem.minor_unit + 1e-9 * problem.current
    for c, channel in enumerate(problem.channels):
        if channel.name in channels:
            for q in np.flatnonzero(change[c] > allowed[c]):
                quarter = problem.quarters[q]
                text = f"{quarter}: {channel.name} moves by {change[c, q]:,.2f} but may not move"
                yield Violation(rule, channel.name, quarter, float(change[c, q]), text)
