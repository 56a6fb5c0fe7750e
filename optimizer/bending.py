"""Bending: rules that give way where not all can hold, the highest level first.

Passes from level 1 to 9: each minimises the sum of excess over limit of its level's rules, with
higher levels free to give way, and holds it from then on. So a rule gives way only as far as it
must, and never for gain.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from models.saturation import Floats
from optimizer.certificate import Certificate, certify
from optimizer.decision import allocation_of, decision_of
from optimizer.diagnosis import collision
from optimizer.errors import InfeasibleError, NoPlanInTime
from optimizer.form import LinearForm
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.relaxation import Relaxation

# How closely the least excess is found, as a share of the limits: exactly where it is a matter of
# money, as closely as plans are compared where curves decide it.
_EXACTLY, _CLOSELY = 1e-7, 1e-6
# Excess below this is none; and what is held leaves so much room, for solvers' tolerances.
_NOTHING = 1e-8
# A pass may take this share of the time that is left: the plan itself must still be found.
_MOST_TIME = 0.4


@dataclass(frozen=True)
class Yielded:
    """The program in which every level gives way by its least, and a plan that does no more.

    ``allocation`` is None where no rule bends; ``closed`` is False where the clock stopped a pass,
    so that rules may give way further than they must.
    """

    relaxation: Relaxation
    allocation: Allocation | None
    closed: bool


def give_way(problem: AllocationProblem, deadline: float) -> Yielded:
    """Let rules that bend give way as far as they must.

    Raises RulesCollide where the rules that never give way cannot hold, NoPlanInTime where that is
    not known by ``deadline``, a time.monotonic() value.
    """
    levels = sorted(set(problem.bends.values()))
    if levels and (all_hold := _all_hold(problem, levels, deadline)):
        return all_hold
    given: dict[int, float] = {}
    found: Allocation | None = None
    closed = True
    for level in levels:
        relaxation = _relaxed(problem, given)
        program = relaxation.program
        excess = program.bends.excess(level)
        if not len(excess.cells):
            continue
        relaxation.pursue(excess.times(-1.0))
        start = None if found is None else decision_of(program, found)
        proof = _least(relaxation, start, deadline)
        least = -proof.value
        given[level] = 0.0 if least <= _NOTHING else least + _NOTHING
        found = allocation_of(program, proof.decision)
        closed = closed and proof.closed
    return Yielded(_relaxed(problem, given), found, closed)


def _all_hold(problem: AllocationProblem, levels: list[int], deadline: float) -> Yielded | None:
    """The program in which nothing gives way; None where that is not known to have a plan.

    Most policies bend for the rare case, and passes over limits that may go anywhere take longer.
    """
    program = Program(problem, dict.fromkeys(levels, 0.0))
    if program.limits.cross:
        return None
    relaxation, now = Relaxation(program), time.monotonic()
    relaxation.pursue(LinearForm.of(0.0))
    try:
        proof = certify(relaxation, None, _EXACTLY, 1.0, now + _MOST_TIME * (deadline - now))
    except (InfeasibleError, NoPlanInTime):
        return None
    relaxation.pursue(program.objective.form)
    return Yielded(relaxation, allocation_of(program, proof.decision), closed=True)


def _least(relaxation: Relaxation, start: Floats | None, deadline: float) -> Certificate:
    program, now = relaxation.program, time.monotonic()
    gap = _CLOSELY if len(program.limits.with_response) else _EXACTLY
    try:
        return certify(relaxation, start, gap, 1.0, now + _MOST_TIME * (deadline - now))
    except InfeasibleError:
        raise collision(program) from None


def _relaxed(problem: AllocationProblem, given: Mapping[int, float]) -> Relaxation:
    program = Program(problem, given)
    if program.limits.cross:
        raise collision(program)
    return Relaxation(program)
