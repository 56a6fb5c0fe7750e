"""Hedge: what to do now, before it is known which future comes, and a plan for each that may.

Two stages: the quarter to decide, the first that is not closed, is the same in all futures, under
the policy's own budget and rules; later quarters are each future's own. What was set aside may be
released in later quarters. So that nobody mistakes what hedging is worth, it stands between two
others: to know the future before deciding, and to plan for the average of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.certificate import Certificate
from optimizer.closed import Closed
from optimizer.errors import Failures, NoPlanInTime, PlanningError, RulesCollide, UnkeptRule
from optimizer.joint import Aim, Joint
from optimizer.plan import Plan, Status
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import certified, reallocate
from optimizer.relaxation import Relaxation
from optimizer.rounding import round_to_minor_units
from optimizer.stages import Stages
from scenarios.scenario import tied_out
from scenarios.together import Together

Sought = Literal["expectation", "regret", "cvar"]
SHARES = (0.0, 0.05, 0.10, 0.15)

# The part of the tolerance that every future's own plan may use after the joint proof.
_APART = 0.5


@dataclass(frozen=True)
class Terms:
    """What a hedge is for.

    ``sought`` is the expectation, the least largest regret, or the mean of the ``worst`` share of
    probability. ``release`` lets the pool's balance go to channels in later quarters.
    """

    sought: Sought = "expectation"
    worst: float = 0.2
    release: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.worst <= 1:
            raise ValueError(f"a hedge needs a worst share above 0, at most 1, not {self.worst}")


@dataclass(frozen=True)
class Future:
    """A scenario's problem, how probable it is, and what a unit of the pool's balance counts that
    is left there at the horizon's end.
    """

    problem: AllocationProblem
    probability: float
    keep_value: float = 0.0


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

    ``plans`` are the futures' own, in the order of ``futures``; up to the quarter ``now`` they
    are the same. ``objective`` is what was sought of them: the more the better, or where ``sense``
    is "min" (regret, least money) the less; no hedge within the rules is better than ``bound``.
    ``wait_and_see`` is what could be had if the future were known before deciding,
    ``expected_value_plan`` what the plan for the averaged future comes to where this quarter's part
    of it is carried out, None where it does not fit some future. ``evpi`` (value of perfect
    information) and ``vss`` (value of the stochastic solution) are the distances to these, 0 or
    more. ``left_out`` says by name why scenarios have no plan of their own; the others' probability
    makes up for theirs.
    """

    terms: Terms
    futures: tuple[Future, ...]
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
    left_out: Mapping[str, PlanningError] = field(default_factory=dict)

    @property
    def now(self) -> int:
        """The position of the quarter that is decided now; those before it are closed."""
        return len(self.futures[0].problem.closed_quarters)


def hedge(
    base: AllocationProblem,
    futures: Sequence[Future],
    terms: Terms,
) -> Hedge:
    """The best decision for now over all futures, whose probabilities add up to 1.

    ``base`` is the policy's own problem, without any scenario; its time limit holds for every
    program that is solved. Closed quarters are the same in all. One future without release leaves
    nothing to hedge: its plan is the ordinary one. Futures without a plan of their own are left
    out. Raises Failures with what `reallocate` raises where that is all of them, and RulesCollide
    where nothing done now leaves a plan to all.
    """
    alone = len(futures) == 1 and not terms.release
    common = futures[0].problem if alone else base
    known, left_out = _each_known([_in_stages(common, future, terms) for future in futures])
    futures = _remaining(futures, left_out)
    chances = np.array([future.probability for future in futures])
    staged = [relaxation.program.problem for relaxation, _ in known]
    best = np.array([proof.value for _, proof in known])
    aim = _aim(terms, chances, best)
    joint = Joint([relaxation.program for relaxation, _ in known], aim)
    together = Together(joint, base.tolerance, base.time_limit)
    if alone:
        plans: tuple[Plan, ...] = (reallocate(futures[0].problem),)
        average: tuple[Plan, ...] | None = plans
        bound = aim.of(np.array([_sign(plan) * plan.bound for plan in plans]))
        closed = plans[0].status == "optimal"
    else:
        average = _for_the_average(common, futures, staged, terms)
        proof = together.prove(average)
        bound, closed = proof.bound, proof.closed
        plans = _carried_out(staged, _now(joint, proof))
    if average is not None and aim.of(_values(average)) > aim.of(_values(plans)):
        plans = average
    values = _values(plans)
    objective, sign = aim.of(values), _sense(terms, base)
    if terms.sought == "regret":
        # Nothing is regretted where every future goes as well as it can.
        bound = min(bound, 0.0)
    bound = max(bound, objective)
    gap = (bound - objective) / max(abs(objective), joint.scale)
    foreseen = aim.of(np.maximum(values, best))
    averaged = None if average is None else aim.of(_values(average))
    closed = closed and all(plan.status == "optimal" for plan in plans)
    return Hedge(
        terms=terms,
        futures=futures,
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
        left_out=left_out,
    )


def _in_stages(common: AllocationProblem, future: Future, terms: Terms) -> AllocationProblem:
    """A future in which what is decided now has the budget and the rules of the policy itself."""
    problem, now = future.problem, len(common.closed_quarters)
    return replace(
        problem,
        budget=np.concatenate([common.budget[: now + 1], problem.budget[now + 1 :]]),
        stages=Stages(common.rules, now, terms.release, future.keep_value),
    )


def _each_known(
    staged: Sequence[AllocationProblem],
) -> tuple[list[tuple[Relaxation, Certificate]], dict[str, PlanningError]]:
    """Every future alone, as if it were known before deciding; and why some have no plan.

    Failures where none has one.
    """
    known = []
    failures: dict[str, PlanningError] = {}
    for future in staged:
        try:
            known.append(certified(future))
        except UnkeptRule:
            raise
        except PlanningError as failure:
            failures[future.scenario] = failure
    if not known:
        raise Failures(failures)
    return known, failures


def _remaining(
    futures: Sequence[Future], left_out: Mapping[str, PlanningError]
) -> tuple[Future, ...]:
    """The futures that have a plan, as probable as they are beside each other."""
    rest = [future for future in futures if future.problem.scenario not in left_out]
    if not left_out:
        return tuple(rest)
    whole = sum(future.probability for future in rest)
    even = 1 / len(rest)
    return tuple(
        replace(future, probability=future.probability / whole if whole > 0 else even)
        for future in rest
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
    common: AllocationProblem,
    futures: Sequence[Future],
    staged: Sequence[AllocationProblem],
    terms: Terms,
) -> tuple[Plan, ...] | None:
    """Every future's plan after what the averaged future's does now; None if one has none.

    The averaged future has the policy's own rules.
    """
    chances = np.array([future.probability for future in futures])

    def mean(name: str) -> Floats:
        tables = np.array([getattr(future, name) for future in staged])
        return np.asarray(np.tensordot(chances, tables, axes=1))

    kept = sum(future.probability * future.keep_value for future in futures)
    average = replace(
        _in_stages(common, Future(common, 1.0, kept), terms),
        scenario="average of all scenarios",
        budget=tied_out(mean("budget"), common.minor_unit),
        demand=mean("demand"),
        media_price=mean("media_price"),
    )
    try:
        return _carried_out(staged, reallocate(average).allocation)
    except (RulesCollide, NoPlanInTime):
        return None


def _carried_out(staged: Sequence[AllocationProblem], now: Allocation) -> tuple[Plan, ...]:
    """Every future's plan once what an allocation does now is carried out."""
    closed = Closed.of(now, len(now.problem.closed_quarters) + 1)
    return tuple(
        reallocate(replace(future, closed=closed, tolerance=_APART * future.tolerance))
        for future in staged
    )


def _now(joint: Joint, proof: Certificate) -> Allocation:
    """What the joint decision does now, in whole minor units."""
    return round_to_minor_units(joint.programs[0], joint.parts(proof.decision)[0])


def _values(plans: Sequence[Plan]) -> Floats:
    """(S,) what each future's plan brings, to be maximised."""
    return np.array([_sign(plan) * plan.objective for plan in plans])


def _sign(plan: Plan) -> float:
    return 1.0 if plan.sense == "max" else -1.0


def _times(sign: float, value: float | None) -> float | None:
    return None if value is None else sign * value
