"""Counts: what one thing more would bring, where a limit counts channels or packages.

Nothing is marginal about a whole channel, so the price is the difference after solving again with
the limit one step further.
"""

from __future__ import annotations

import time

import numpy as np

from models.saturation import Floats
from optimizer.certificate import FOR_CERTIFYING, Certificate, certify
from optimizer.errors import InfeasibleError, NoPlanInTime
from optimizer.relaxation import Relaxation

# Prices of counts may take this share of the time that is left: they are one solve for each limit,
# and the plan itself still has steps to take.
_SHARE_OF_TIME = 0.5


def price_counts(relaxation: Relaxation, proof: Certificate, deadline: float) -> Floats:
    """(rows of the program,) the objective gained by one more of what each reached row counts.

    A gain within the tolerance of the proof cannot be told from none, and counts as none.
    """
    program = relaxation.program
    limits, prices = program.limits, np.zeros(len(program.rows))
    now = time.monotonic()
    until = now + _SHARE_OF_TIME * (deadline - now)
    for number, index in enumerate(limits.joint):
        row = program.rows[index]
        if row.counted and row.excess(proof.decision) >= -0.5 and time.monotonic() < until:
            at, by = number, 1.0
            if index in program.bends:
                link, by = program.bends.link(index)
                at = len(limits.joint) + link
            relaxation.requirements.loosen(at, by)
            prices[index] = _gain(relaxation, proof, until)
            relaxation.requirements.loosen(at, 0.0)
    return prices


def _gain(relaxation: Relaxation, proof: Certificate, deadline: float) -> float:
    """What the relaxation as it stands brings beyond a proof's plan; solved closely where it does.

    That most limits cost nothing is soon shown; only what brings something is worth the time.
    """
    tolerance, best = relaxation.program.problem.tolerance, proof
    try:
        for gap in (tolerance, FOR_CERTIFYING * tolerance):
            best = certify(relaxation, best.decision, gap, 1e-9, deadline)
            if best.value <= proof.bound:
                return 0.0
    except (InfeasibleError, NoPlanInTime):
        return 0.0
    return best.value - proof.value
