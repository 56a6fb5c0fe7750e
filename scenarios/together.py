"""Together: all futures of a hedge in one program, proven, and what the pool's size is worth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.saturation import Floats
from optimizer.aim import Aim
from optimizer.certificate import Certificate, certify
from optimizer.decision import decision_of
from optimizer.errors import Conflict, InfeasibleError, NoPlanInTime, RulesCollide
from optimizer.joint import Joint
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.program import Program
from optimizer.relaxation import Relaxation
from optimizer.rules import Reserve
from optimizer.rules.rule import Rule

# The part of the tolerance that the joint proof may use; the rest is for every future's own plan.
_JOINT = 0.4
# What a size of the pool is worth is asked to this gap, as sizes differ by more, and for no longer
# than this part of the time limit each.
WHAT_IF = 1e-3
_PATIENCE = 0.25
# Where any plan will do, not only the best; and how long to look for one.
_ANY, _SECONDS = 0.5, 5.0


@dataclass(frozen=True)
class Together:
    """All futures in one program; ``time_limit`` is in seconds for each solution."""

    joint: Joint
    tolerance: float
    time_limit: float

    @property
    def staged(self) -> list[AllocationProblem]:
        """Every future's problem, in stages."""
        return [program.problem for program in self.joint.programs]

    def prove(self, plans: Sequence[Plan] | None) -> Certificate:
        """The best decision of all, from these plans on.

        Raises RulesCollide where nothing done now leaves a plan to every future.
        """
        start = None
        if plans is not None:
            pairs = zip(self.joint.programs, plans, strict=True)
            start = self.joint.of(
                [decision_of(program, plan.allocation) for program, plan in pairs]
            )
        try:
            relaxation, gap = Relaxation(self.joint), _JOINT * self.tolerance
            return self._certified(relaxation, start, gap, self.time_limit)
        except InfeasibleError:
            raise _apart(self.joint.programs) from None

    def holding(self, share: float) -> float | None:
        """The most there is with exactly this share of every future's budget set aside.

        Whatever the pool's own band says: whether that is a good one is what is asked. None where
        the other rules forbid it, or where no plan was found in time.
        """
        programs = [_with_pool_of(share, program) for program in self.joint.programs]
        try:
            relaxation = Relaxation(Joint(programs, self.joint.aim))
            gap, seconds = max(self.tolerance, WHAT_IF), _PATIENCE * self.time_limit
            return self._certified(relaxation, None, gap, seconds).value
        except (InfeasibleError, NoPlanInTime):
            return None

    def _certified(
        self, relaxation: Relaxation, start: Floats | None, gap: float, seconds: float
    ) -> Certificate:
        deadline = time.monotonic() + seconds
        return certify(relaxation, start, gap, self.joint.scale, deadline)


def _with_pool_of(share: float, program: Program) -> Program:
    """The program of a future whose pool is this share of its budget."""
    problem, stages = program.problem, program.problem.stages

    def replaced(rules: Sequence[Rule]) -> tuple[Rule, ...]:
        pool = Reserve((share, share))
        return tuple(pool if isinstance(rule, Reserve) else rule for rule in rules)

    held = replace(
        problem,
        rules=replaced(problem.rules),
        stages=None if stages is None else replace(stages, first=replaced(stages.first)),
    )
    return Program(held, program.bends.given, program.response)


def _apart(programs: Sequence[Program]) -> RulesCollide:
    """What to raise where nothing done now leaves a plan to every future."""
    names = [program.problem.scenario for program in programs]
    helps = []
    for number, name in enumerate(names):
        others = [program for other, program in enumerate(programs) if other != number]
        if len(others) > 1 and _fit(others):
            helps.append(f"loosen the rules of {name}: the others fit together")
    text = f"no plan for this quarter leaves one for later in each of {', '.join(names)}"
    return RulesCollide("all scenarios", Conflict((text,), tuple(helps)))


def _fit(programs: Sequence[Program]) -> bool:
    """Whether something done now leaves a plan to all of these futures."""
    count = len(programs)
    joint = Joint(programs, Aim(np.full(count, 1 / count), 1.0, np.zeros(count)))
    try:
        certify(Relaxation(joint), None, _ANY, 1e-9, time.monotonic() + _SECONDS)
    except (InfeasibleError, NoPlanInTime):
        return False
    return True
