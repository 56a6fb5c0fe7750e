"""Bending: rules that give way where not all can hold, the highest level first.

Passes from level 1 to 9: each minimises the sum of excess over limit of its level's rules and
holds it from then on, so that a rule gives way only as far as it must, and never for gain.
"""

from __future__ import annotations

from optimizer.certificate import certify
from optimizer.diagnosis import diagnose
from optimizer.errors import InfeasibleError, RulesCollide
from optimizer.form import LinearForm
from optimizer.relaxation import Relaxation

# How exactly the excess is least, as a share of the limits.
_EXACT = 1e-7


def give_way(relaxation: Relaxation, deadline: float) -> None:
    """Hold every level's excess at its least; RulesCollide where the other rules cannot hold."""
    program = relaxation.program
    levels = program.levels()
    if not levels:
        return
    for form in levels.values():
        relaxation.pursue(LinearForm(form.cells, -form.coefficients))
        try:
            proof = certify(relaxation, None, _EXACT, 1.0, deadline)
        except InfeasibleError:
            problem = program.problem
            raise RulesCollide(problem.scenario, diagnose(program, problem.time_limit)) from None
        least = -proof.value
        relaxation.hold(form, 0.0 if least <= _EXACT else least + _EXACT)
    relaxation.pursue(program.objective)
