"""Counts: what one thing more would bring, where a limit counts channels or packages.

Nothing is marginal about a whole channel, so the price is the difference after solving again with
the limit one step further.
"""

from __future__ import annotations

import time

import numpy as np

from models.saturation import Floats
from optimizer.certificate import Certificate, certify
from optimizer.errors import InfeasibleError, NoPlanInTime
from optimizer.relaxation import Relaxation


def price_counts(relaxation: Relaxation, proof: Certificate, deadline: float) -> Floats:
    """(rows of the program,) the objective gained by one more of what each reached row counts."""
    program = relaxation.program
    prices = np.zeros(len(program.rows))
    limits = program.limits
    for number, index in enumerate(limits.joint):
        row = program.rows[index]
        if not row.counted or row.excess(proof.decision) < -0.5 or time.monotonic() > deadline:
            continue
        at, by = number, 1.0
        if index in program.bends:
            link, by = program.bends.link(index)
            at = len(limits.joint) + link
        relaxation.loosen_row(at, by)
        try:
            further = certify(
                relaxation, proof.decision, program.problem.tolerance / 2, 1e-9, deadline
            )
            prices[index] = max(further.value - proof.value, 0.0)
        except (InfeasibleError, NoPlanInTime):
            pass
        relaxation.loosen_row(at, 0.0)
    return prices
