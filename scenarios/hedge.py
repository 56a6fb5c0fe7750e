"""Hedge: what to do now, before it is known which future comes, and a plan for each that may.

Two stages: the first quarter's amounts are the same in all futures, under the policy's own budget
and rules; later quarters are each future's own. What was set aside may be released in later
quarters. So that nobody mistakes what hedging is worth, it stands between two others: to know the
future before deciding, and to plan for the average of all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.certificate import Certificate, certify
from optimizer.errors import InfeasibleError, NoPlanInTime, RulesCollide
from optimizer.joint import Aim, Joint
from optimizer.plan import Plan, Status
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import certified, reallocate
from optimizer.relaxation import Relaxation
from optimizer.rounding import round_to_minor_units
from optimizer.stages import Stages
from scenarios.scenario import tied_out

Sought = Literal["expectation", "regret", "cvar"]
SHARES = (0.0, 0.05, 0.10, 0.15)

# The parts of the tolerance that the joint proof and then every future's own plan may use.
_TOGETHER, _APART = 0.4, 0.5


@dataclass(frozen=True)
class Terms:
    """What a hedge is for.

    ``sought`` is the expectation, the least largest regret, or the mean of the ``worst`` share of
    probability. ``release`` lets the pool's balance go to channels later; what is left of it at the
    horizon's end counts ``keep_value`` per unit of money.
    """

    sought: Sought = "expectation"
    worst: float = 0.2
    release: bool = True
    keep_value: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.worst <= 1 or self.keep_value < 0:
            raise ValueError(f"a hedge needs 0 < worst <= 1 and keep_value >= 0, not {self}")


@dataclass(frozen=True)
class Held:
    """What the hedge brings with exactly this share of every future's budget set aside.

    ``value`` is None where the rules forbid that, or where no plan was found in time.
    """

    share: float
    value: float | None


@dataclass(frozen=True)
class Hedge:
    """A plan for now, and one for each future that may come.

    ``plans`` are the futures' own, in the order of ``probabilities``; their first quarters are the
    same. ``objective`` is what was sought of them: the more the better, or where ``sense`` is "min"
    (regret, least money) the less; no hedge within the rules is better than ``bound``.
    ``wait_and_see`` is what could be had if the future were known before deciding,
    ``expected_value_plan`` what the plan for the averaged future comes to where this quarter's part
    of it is carried out, None where it does not fit some future. ``evpi`` (value of perfect
    information) and ``vss`` (value of the stochastic solution) are the distances to these, 0 or
    more.
    """

    terms: Terms
    probabilities: tuple[float, ...]
    plans: tuple[Plan, ...]
    status: Status
    sense: Literal["max", "min"]
    objective: float
    bound: float
    gap: float
    wait_and_see: float
    expected_value_plan: float | None
    evpi: float
    vss: float | None
    reserve: tuple[Held, ...]


def hedge(
    base: AllocationProblem,
    futures: Sequence[AllocationProblem],
    probabilities: Sequence[float],
    terms: Terms,
) -> Hedge:
    """The best decision for now over all futures.

    ``base`` is the policy's own problem, without any scenario; ``probabilities`` add up to 1. Each
    problem's time limit holds for every program that is solved. One future without release leaves
    nothing to hedge: its plan is the ordinary one. Raises as `reallocate` does; messages name the
    future.
    """
    chances = np.array(probabilities)
    alone = len(futures) == 1 and not terms.release
    common = futures[0] if alone else base
    staged = [_in_stages(common, future, terms) for future in futures]
    known = [certified(future) for future in staged]
    best = np.array([proof.value for _, proof in known])
    aim = _aim(terms, chances, best)
    average = _for_the_average(common, staged, chances, terms)
    joint = Joint([relaxation.program for relaxation, _ in known], aim)
    together = _Together(Relaxation(joint), base.tolerance, base.time_limit)
    if alone:
        plans = (reallocate(futures[0]),)
        bound = aim.of(np.array([_sign(plan) * plan.bound for plan in plans]))
        closed = plans[0].status == "optimal"
    else:
        proof = together.prove(average)
        bound, closed = proof.bound, proof.closed
        plans = _carried_out(staged, _now(joint, proof))
    if average is not None and aim.of(_values(average)) > aim.of(_values(plans)):
        plans = average
    values = _values(plans)
    objective, sign = aim.of(values), _sense(terms, base)
    bound = max(bound, objective)
    gap = (bound - objective) / max(abs(objective), together.scale)
    foreseen = aim.of(np.maximum(values, best))
    averaged = None if average is None else aim.of(_values(average))
    closed = closed and all(plan.status == "optimal" for plan in plans)
    return Hedge(
        terms=terms,
        probabilities=tuple(chances.tolist()),
        plans=plans,
        status="optimal" if closed or gap <= base.tolerance else "time_limit",
        sense="max" if sign > 0 else "min",
        objective=sign * objective,
        bound=sign * bound,
        gap=gap,
        wait_and_see=sign * foreseen,
        expected_value_plan=None if averaged is None else sign * averaged,
        evpi=foreseen - objective,
        vss=None if averaged is None else objective - averaged,
        reserve=tuple(Held(share, _times(sign, together.holding(share))) for share in SHARES),
    )


def _in_stages(
    common: AllocationProblem, future: AllocationProblem, terms: Terms
) -> AllocationProblem:
    """A future whose first quarter has the budget and the rules of the policy itself."""
    return replace(
        future,
        budget=np.concatenate([common.budget[:1], future.budget[1:]]),
        stages=Stages(common.rules, terms.release, terms.keep_value),
    )


def _aim(terms: Terms, probabilities: Floats, best: Floats) -> Aim:
    """What is sought; ``best`` (S,) is what each future could bring if it were known."""
    count = len(probabilities)
    if terms.sought == "regret":
        return Aim(np.full(count, 1 / count), 1 / count, best)
    worst = terms.worst if terms.sought == "cvar" else 1.0
    return Aim(probabilities, worst, np.zeros(count))


def _sense(terms: Terms, base: AllocationProblem) -> float:
    """1 where what is sought is to be much, -1 where it is to be little."""
    return -1.0 if terms.sought == "regret" or base.objective == "spend" else 1.0


def _for_the_average(
    common: AllocationProblem, staged: Sequence[AllocationProblem], chances: Floats, terms: Terms
) -> tuple[Plan, ...] | None:
    """Every future's plan after the first quarter of the averaged future's; None if one has none.

    The averaged future has the policy's own rules.
    """
    budget = chances @ np.array([future.budget for future in staged])
    average = replace(
        _in_stages(common, common, terms),
        scenario="average of all scenarios",
        budget=tied_out(budget, common.minor_unit),
        demand=np.tensordot(chances, [future.demand for future in staged], axes=1),
        media_price=np.tensordot(chances, [future.media_price for future in staged], axes=1),
    )
    try:
        return _carried_out(staged, reallocate(average).allocation)
    except (RulesCollide, NoPlanInTime):
        return None


def _carried_out(staged: Sequence[AllocationProblem], now: Allocation) -> tuple[Plan, ...]:
    """Every future's plan once the first quarter of an allocation is carried out."""
    decided = np.array([*now.spend[:, 0], now.pool[0], now.unspent[0]])
    plans = []
    for future in staged:
        assert future.stages is not None
        then = replace(future.stages, decided=decided)
        tolerance = _APART * future.tolerance
        plans.append(reallocate(replace(future, stages=then, tolerance=tolerance)))
    return tuple(plans)


def _now(joint: Joint, proof: Certificate) -> Allocation:
    """What the joint decision does in its first quarter, in whole minor units."""
    return round_to_minor_units(joint.programs[0], joint.parts(proof.decision)[0])


def _values(plans: Sequence[Plan]) -> Floats:
    """(S,) what each future's plan brings, to be maximised."""
    return np.array([_sign(plan) * plan.objective for plan in plans])


def _sign(plan: Plan) -> float:
    return 1.0 if plan.sense == "max" else -1.0


def _times(sign: float, value: float | None) -> float | None:
    return None if value is None else sign * value


@dataclass(frozen=True)
class _Together:
    """All futures in one program."""

    relaxation: Relaxation
    tolerance: float
    time_limit: float

    @property
    def joint(self) -> Joint:
        assert isinstance(self.relaxation.program, Joint)
        return self.relaxation.program

    @cached_property
    def scale(self) -> float:
        """The least objective that a gap is a share of: that of the current budget, on average."""
        values = [abs(_of_now(program)) for program in self.joint.programs]
        smallest = self.joint.problem.minor_unit or 1e-9
        return max(float(np.mean(values)), smallest)

    def prove(self, plans: Sequence[Plan] | None) -> Certificate:
        """The best decision of all, from these plans on."""
        start = None
        if plans is not None:
            pairs = zip(self.joint.programs, plans, strict=True)
            start = self.joint.of([program.decision_of(plan.allocation) for program, plan in pairs])
        deadline = time.monotonic() + self.time_limit
        gap = _TOGETHER * self.tolerance
        return certify(self.relaxation, start, gap, self.scale, deadline)

    def holding(self, share: float) -> float | None:
        """The most there is with exactly this share of every future's budget set aside."""
        for number, program in enumerate(self.joint.programs):
            amount = share * float(program.problem.budget.sum())
            low, high = self.joint.reserve_rows(number)
            self.relaxation.set_row(low, amount, np.inf)
            self.relaxation.set_row(high, -np.inf, amount)
        try:
            return self.prove(None).value
        except (InfeasibleError, NoPlanInTime):
            return None


def _of_now(program: Program) -> float:
    """What the current budget comes to."""
    problem = program.problem
    current = Allocation.of(problem, problem.current, problem.current_pool)
    return program.objective.at(program.decision_of(current))
