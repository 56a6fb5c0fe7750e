"""The story: from a problem to a certified plan."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from models.saturation import Floats
from optimizer.account import plan_rows, rule_entries
from optimizer.bending import Yielded, give_way
from optimizer.bent import bent_rules
from optimizer.certificate import FOR_CERTIFYING, Certificate, certify
from optimizer.comparable import comparable
from optimizer.counts import price_counts
from optimizer.decision import decision_of
from optimizer.diagnosis import collision
from optimizer.doubt import doubt_of
from optimizer.errors import InfeasibleError, UnkeptRule
from optimizer.movement import least_movement
from optimizer.neighbourhood import Neighbourhood
from optimizer.plan import Plan
from optimizer.prices import price_rules
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.relaxation import Relaxation
from optimizer.rounding import round_to_minor_units
from optimizer.rules.rule import Violation
from optimizer.standing import standing

# Proof and movement together may use this share of the tolerance; the rest is for rounding.
_FOR_MOVEMENT = 0.9


def reallocate(problem: AllocationProblem) -> Plan:
    """The best plan within the rules, with its proof.

    Raises RulesCollide with a diagnosis where no plan keeps all rules, NoPlanInTime where none was
    found within ``problem.time_limit``.
    """
    deadline = time.monotonic() + problem.time_limit
    yielded = give_way(problem, deadline)
    relaxation = yielded.relaxation
    program = relaxation.program
    current = _if_allowed(relaxation, _now(problem))
    proof = _certify(yielded, current, deadline)
    counts = price_counts(relaxation, proof, deadline)
    around = Neighbourhood(relaxation, proof)
    prices = price_rules(around, proof.decision, deadline)
    decision = least_movement(around, prices, _enough(program, proof, current), deadline)
    allocation = _never_worse(relaxation, round_to_minor_units(program, decision), current)
    plan = _plan(program, proof, allocation, np.maximum(prices.rules, counts))
    # Where the clock stopped a pass, rules may give way further than they must.
    return plan if yielded.closed else replace(plan, status="time_limit")


def certified(problem: AllocationProblem) -> tuple[Relaxation, Certificate]:
    """The program of a problem and its proof, without prices, rounding and words.

    Raises as `reallocate` does.
    """
    deadline = time.monotonic() + problem.time_limit
    yielded = give_way(problem, deadline)
    return yielded.relaxation, _certify(yielded, None, deadline)


def violations(allocation: Allocation) -> tuple[Violation, ...]:
    """Every place where an allocation breaks a rule of its problem, by the rules' own checks.

    What closed quarters do is past keeping or breaking; in two stages, what the quarter to decide
    may do is for its own rules to say.
    """
    problem, stages = allocation.problem, allocation.problem.stages
    past: set[str | None] = set(problem.closed_quarters)
    if len(past) == len(problem.quarters):
        past.add(None)
    found = [found for rule in problem.rules for found in rule.check(allocation)]
    if stages is not None:
        first = problem.quarters[stages.now]
        now = replace(allocation, problem=replace(problem, rules=stages.first))
        under = (found for rule in stages.first for found in rule.check(now))
        found = [violation for violation in found if violation.quarter != first]
        found += [violation for violation in under if violation.quarter == first]
    return tuple(violation for violation in found if violation.quarter not in past)


def _certify(yielded: Yielded, current: Allocation | None, deadline: float) -> Certificate:
    relaxation, program = yielded.relaxation, yielded.relaxation.program
    begin = current
    if yielded.allocation is not None:
        begin = _better(program, current, _if_allowed(relaxation, yielded.allocation))
    start = None if begin is None else decision_of(program, begin)
    try:
        gap = FOR_CERTIFYING * program.problem.tolerance
        proof = certify(relaxation, start, gap, _scale(program), deadline)
    except InfeasibleError:
        raise collision(program) from None
    return proof


def _unbent(program: Program, allocation: Allocation) -> list[Violation]:
    """Where an allocation breaks a rule that does not give way."""
    bent = {(program.rows[index].rule, program.rows[index].key) for index in program.bends}
    return [found for found in violations(allocation) if (found.rule, found.key) not in bent]


def _if_allowed(relaxation: Relaxation, allocation: Allocation) -> Allocation | None:
    program = relaxation.program
    decision = decision_of(program, allocation)
    allowed = np.all(allocation.unspent >= 0) and not _unbent(program, allocation)
    return allocation if allowed and relaxation.requirements.keeps(decision) else None


def _better(program: Program, *found: Allocation | None) -> Allocation | None:
    there = [allocation for allocation in found if allocation is not None]
    return max(there, key=lambda allocation: _value(program, allocation), default=None)


def _value(program: Program, allocation: Allocation) -> float:
    """An allocation's true objective, to be maximised."""
    return program.objective.at(decision_of(program, allocation))


def _now(problem: AllocationProblem) -> Allocation:
    """The approved budget as it stands."""
    return Allocation.of(problem, problem.current, problem.current_pool)


def _scale(program: Program) -> float:
    """The least objective that a gap is a share of: the current budget's, or one minor unit."""
    problem = program.problem
    return max(abs(_value(program, _now(problem))), problem.minor_unit or 1e-9)


def _enough(program: Program, proof: Certificate, current: Allocation | None) -> float:
    """The objective that a plan moving less money must still reach."""
    slack = _FOR_MOVEMENT * program.problem.tolerance * max(_scale(program), abs(proof.value))
    least = proof.bound - slack
    return least if current is None else max(least, _value(program, current))


def _never_worse(
    relaxation: Relaxation, allocation: Allocation, current: Allocation | None
) -> Allocation:
    """The plan, unless the current or the comparable budget keeps the rules and brings more."""
    program = relaxation.program
    best, value = allocation, _value(program, allocation)
    for other in (current, _comparable_if_allowed(relaxation, allocation)):
        if other is not None and _value(program, other) > value:
            best, value = other, _value(program, other)
    return best


def _comparable_if_allowed(relaxation: Relaxation, allocation: Allocation) -> Allocation | None:
    program, same_money = relaxation.program, comparable(allocation)
    if not _keeps(relaxation, same_money):
        return None
    rounded = round_to_minor_units(program, decision_of(program, same_money))
    return rounded if _keeps(relaxation, rounded) else None


def _keeps(relaxation: Relaxation, allocation: Allocation) -> bool:
    decision = decision_of(relaxation.program, allocation)
    none_below = bool(np.all(allocation.pool >= 0))
    return none_below and not violations(allocation) and relaxation.requirements.keeps(decision)


def _plan(program: Program, proof: Certificate, allocation: Allocation, prices: Floats) -> Plan:
    broken = _unbent(program, allocation)
    if broken:
        raise UnkeptRule("; ".join(violation.text for violation in broken))
    problem = program.problem
    sign = problem.sign
    at = standing(program, decision_of(program, allocation))
    now, same_money = _now(problem), comparable(allocation)
    objective, current = program.objective.at(at.decision), _value(program, now)
    bound = max(proof.bound, objective)
    gap = (bound - objective) / max(abs(objective), abs(current), problem.minor_unit or 1e-9)
    return Plan(
        problem=problem,
        allocation=allocation,
        status="optimal" if proof.closed or gap <= problem.tolerance else "time_limit",
        objective=sign * objective,
        bound=sign * bound,
        gap=gap,
        current_objective=sign * current,
        comparable_objective=sign * _value(program, same_money),
        rows=plan_rows(program, allocation, at, prices),
        rules=rule_entries(program, at, prices),
        bent=bent_rules(program, at, prices),
        warnings=problem.warnings,
        sense="min" if problem.objective == "spend" else "max",
        doubt=doubt_of(program, allocation, same_money if problem.objective == "response" else now),
    )
