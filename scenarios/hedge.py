"""Hedge: what to do now, before it is known which future comes, and a plan for each that may.

Two stages: the quarter to decide, the first that is not closed, is the same in all futures, under
the policy's own budget and rules; later quarters are each future's own. What was set aside may be
released in later quarters. So that nobody mistakes what hedging is worth, it stands between two
others: to know the future before deciding, and to plan for the average of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.aim import Aim
from optimizer.certificate import Certificate
from optimizer.comparable import comparable
from optimizer.decision import decision_of
from optimizer.errors import Failures, PlanningError
from optimizer.joint import Joint
from optimizer.plan import Plan, Status
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import certified, reallocate
from optimizer.relaxation import Relaxation
from optimizer.rounding import round_to_minor_units
from optimizer.rules import Reserve
from scenarios.staged import Future, carried_out, for_the_average, in_stages
from scenarios.together import Together

Sought = Literal["expectation", "regret", "cvar"]
SHARES = (0.0, 0.05, 0.10, 0.15)


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
class Held:
    """What the hedge brings with exactly this share of every future's budget set aside.

    Whatever the pool's own band says; ``outside`` names the futures whose band has no room for it.
    ``value`` is None where other rules forbid that, or where no plan was found in time.
    """

    share: float
    value: float | None
    outside: tuple[str, ...] = ()


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
    more. ``known`` is by future what could be had there, ``approved`` what the same money brings
    there if it stays split as approved (where the budget is a ceiling: the approved budget as it
    stands), both by the policy's objective. ``left_out`` says by name why scenarios have no plan of
    their own; the others' probability makes up for theirs.
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
    known: tuple[float, ...]
    approved: tuple[float, ...]
    left_out: Mapping[str, PlanningError] = field(default_factory=dict)

    @property
    def now(self) -> int:
        """The position of the quarter that is decided now; those before it are closed."""
        return len(self.futures[0].problem.closed_quarters)

    @property
    def gain(self) -> float:
        """What the plans bring on top of what is approved, or save, on average over the futures."""
        pairs = zip(self.futures, self.plans, self.approved, strict=True)
        return sum(
            future.probability * plan.problem.sign * (plan.objective - approved)
            for future, plan, approved in pairs
        )


def pieces_of(futures: Sequence[Future]) -> int:
    """How many pieces `hedge` works through at most."""
    return 3 * len(futures) + 2 + len(SHARES)


def hedge(
    base: AllocationProblem,
    futures: Sequence[Future],
    terms: Terms,
    done: Callable[[], None] = lambda: None,
) -> Hedge:
    """The best decision for now over all futures, whose probabilities add up to 1.

    ``base`` is the policy's own problem, without any scenario; its time limit holds for every
    program that is solved. Closed quarters are the same in all. One future without release leaves
    nothing to hedge: its plan is the ordinary one. Futures without a plan of their own are left
    out. ``done`` is called for every piece of `pieces_of`. Raises Failures with what `reallocate`
    raises where no future has a plan, and RulesCollide where nothing done now leaves a plan to all.
    """
    alone = len(futures) == 1 and not terms.release
    common = futures[0].problem if alone else base
    staged = [in_stages(common, future, terms.release) for future in futures]
    known, left_out = _each_known(staged, done)
    programs = [relaxation.program for relaxation, _ in known]
    futures = _remaining(futures, left_out)
    chances = np.array([future.probability for future in futures])
    best = np.array([proof.value for _, proof in known])
    aim = _aim(terms, chances, best)
    together = Together(Joint(programs, aim), base.tolerance, base.time_limit)
    if alone:
        found = _ordinary(futures[0].problem, aim)
    else:
        average = for_the_average(common, futures, together.staged, terms.release, done)
        found = _decided(average, together, done)
    values, scale = _values(found.plans), together.joint.scale
    objective, sign = aim.of(values), _sense(terms, base)
    # Nothing is regretted where every future goes as well as it can.
    least = min(found.bound, 0.0) if terms.sought == "regret" else found.bound
    bound = max(least, objective)
    gap = (bound - objective) / max(abs(objective), scale)
    foreseen = aim.of(np.maximum(values, best))
    averaged = None if found.average is None else aim.of(_values(found.average))
    return Hedge(
        terms=terms,
        futures=futures,
        plans=found.plans,
        status="optimal" if found.closed or gap <= base.tolerance else "time_limit",
        sense="max" if sign > 0 else "min",
        objective=sign * objective,
        bound=sign * bound,
        gap=gap,
        wait_and_see=sign * foreseen,
        expected_value_plan=None if averaged is None else sign * averaged,
        evpi=foreseen - objective,
        vss=None if averaged is None else objective - averaged,
        reserve=tuple(_held(together, share, sign, done) for share in SHARES),
        known=tuple((base.sign * np.maximum(values, best)).tolist()),
        approved=tuple(
            base.sign * _as_approved(program, plan)
            for program, plan in zip(programs, found.plans, strict=True)
        ),
        left_out=left_out,
    )


@dataclass(frozen=True)
class _Found:
    """The futures' plans, and those after the average's plan; what no hedge exceeds, proven."""

    plans: tuple[Plan, ...]
    average: tuple[Plan, ...] | None
    bound: float
    closed: bool


def _ordinary(problem: AllocationProblem, aim: Aim) -> _Found:
    """The plan of the only future there is."""
    plan = reallocate(problem)
    bound = aim.of(np.array([plan.problem.sign * plan.bound]))
    return _Found((plan,), (plan,), bound, plan.status == "optimal")


def _decided(
    average: tuple[Plan, ...] | None, together: Together, done: Callable[[], None]
) -> _Found:
    """What is best to do now, before it is known which future comes, and every future's plan."""
    joint = together.joint
    proof = together.prove(average)
    done()
    plans = carried_out(together.staged, _now(joint, proof), done)
    if average is not None and joint.aim.of(_values(average)) > joint.aim.of(_values(plans)):
        plans = average
    closed = proof.closed and all(plan.status == "optimal" for plan in plans)
    return _Found(plans, average, proof.bound, closed)


def _each_known(
    staged: Sequence[AllocationProblem], done: Callable[[], None]
) -> tuple[list[tuple[Relaxation, Certificate]], dict[str, PlanningError]]:
    """Every future alone, as if it were known before deciding; and why some have no plan.

    Failures where none has one.
    """
    known = []
    failures: dict[str, PlanningError] = {}
    for future in staged:
        try:
            known.append(certified(future))
        except PlanningError as failure:
            failures[future.scenario] = failure
        done()
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
    return -1.0 if terms.sought == "regret" else base.sign


def _as_approved(program: Program, plan: Plan) -> float:
    """What a plan's money comes to in a future, to be maximised, if it stays split as approved."""
    problem = program.problem
    if problem.objective == "response":
        approved = comparable(replace(plan.allocation, problem=problem, released=None))
    else:
        approved = Allocation.of(problem, problem.current, problem.current_pool)
    return program.objective.at(decision_of(program, approved))


def _held(together: Together, share: float, sign: float, done: Callable[[], None]) -> Held:
    value = together.holding(share)
    done()
    outside = tuple(p.scenario for p in together.staged if not _has_room_for(p, share))
    return Held(share, None if value is None else sign * value, outside)


def _has_room_for(problem: AllocationProblem, share: float) -> bool:
    """Whether the pool of a future may be this share of its budget."""
    rules = (rule for rule in problem.rules if isinstance(rule, Reserve))
    return all(rule.has_room_for(problem, share) for rule in rules)


def _now(joint: Joint, proof: Certificate) -> Allocation:
    """What the joint decision does now, in whole minor units."""
    return round_to_minor_units(joint.programs[0], joint.parts(proof.decision)[0])


def _values(plans: Sequence[Plan]) -> Floats:
    """(S,) what each future's plan brings, to be maximised."""
    return np.array([plan.problem.sign * plan.objective for plan in plans])
