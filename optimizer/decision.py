"""Decisions: between a solution's columns, decision vectors as in `Layout`, and allocations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.problem import Allocation

if TYPE_CHECKING:
    from optimizer.program import Program


def decision_of(program: Program, allocation: Allocation) -> Floats:
    """An allocation as a decision vector."""
    layout = program.layout
    full = np.zeros(program.width)
    parts = (allocation.spend.ravel(), allocation.pool, allocation.unspent)
    full[: layout.money] = np.concatenate(parts)
    if program.release is not None:
        program.release.fill(full, allocation.released)
    for at, extra in enumerate(program.extras, start=layout.extras):
        if extra.follows is None:
            full[at] = float(extra.name in allocation.funded)
    return program.complete(full)


def allocation_of(program: Program, decision: Floats) -> Allocation:
    """A decision vector as spends, pool and unspent money."""
    layout = program.layout
    pool, unspent = decision[layout.spends : layout.money].reshape(2, layout.quarters)
    chosen = zip(program.extras, decision[layout.extras :].tolist(), strict=True)
    funded = (extra.name for extra, value in chosen if extra.follows is None and value > 0)
    released = None if program.release is None else program.release.table(decision)
    spend = layout.spend(decision)
    return Allocation(program.problem, spend, pool, unspent, frozenset(funded), released)


def decided(program: Program, values: Floats) -> Floats:
    """The decision (money) in a solution's columns, with the response it truly brings.

    Amounts are clipped to their bounds, which a solver keeps only to its tolerance.
    """
    layout, limits = program.layout, program.limits
    full = np.zeros(program.width)
    given = np.clip(values[: len(limits.lower)], limits.lower, limits.upper)
    full[: layout.money] = given[: layout.money] * program.unit
    own = zip(program.extras, given[layout.money :].tolist(), strict=True)
    for at, (extra, value) in enumerate(own, start=layout.extras):
        full[at] = round(value) if extra.whole else value * program.size_of(extra)
    return program.complete(full)


def as_claimed(program: Program, decision: Floats, values: Floats) -> Floats:
    """A decision in which rules give way as far as a solution's columns say, not as it does."""
    layout, claimed = program.layout, decision.copy()
    for k, extra in enumerate(program.extras):
        if extra.gives_way:
            claim = max(float(values[layout.money + k]), 0.0)
            claimed[layout.extras + k] = claim * program.size_of(extra)
    return claimed
