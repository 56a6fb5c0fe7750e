"""The story: from a problem to a certified plan."""

from __future__ import annotations

import time

import numpy as np

from models.saturation import Floats
from optimizer.account import plan_rows, rule_entries
from optimizer.certificate import Certificate, InfeasibleError, certify
from optimizer.diagnosis import diagnose
from optimizer.errors import RulesCollide, UnkeptRule
from optimizer.movement import least_movement
from optimizer.neighbourhood import Neighbourhood
from optimizer.plan import Plan
from optimizer.prices import price_rules
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.relaxation import Relaxation
from optimizer.response import Response, response_of
from optimizer.rounding import round_to_minor_units
from optimizer.rules.rule import Violation

# Half of the tolerance is for the certificate; least movement and rounding may use the rest.
_FOR_CERTIFYING = 0.5
_FOR_MOVEMENT = 0.9


def reallocate(problem: AllocationProblem) -> Plan:
    """The best plan within the rules, with its proof.

    Raises RulesCollide with a diagnosis where no plan keeps all rules, NoPlanInTime where none was
    found within ``problem.time_limit``.
    """
    deadline = time.monotonic() + problem.time_limit
    program, response = Program(problem), response_of(problem)
    relaxation = _relax(program, response)
    current = _current_if_allowed(problem)
    proof = _certify(relaxation, current, deadline)
    around = Neighbourhood(relaxation, proof.decision)
    prices = price_rules(around, proof.decision, deadline)
    decision = least_movement(around, prices, _enough(response, proof, current), deadline)
    allocation = _never_worse(response, round_to_minor_units(program, decision), current)
    return _plan(program, response, proof, allocation, prices.rules)


def violations(allocation: Allocation) -> tuple[Violation, ...]:
    """Every place where an allocation breaks a rule of its problem, by the rules' own checks."""
    rules = allocation.problem.rules
    return tuple(found for rule in rules for found in rule.check(allocation))


def _relax(program: Program, response: Response) -> Relaxation:
    if program.limits.cross:
        raise _collision(program)
    return Relaxation(program, response)


def _certify(relaxation: Relaxation, current: Allocation | None, deadline: float) -> Certificate:
    problem = relaxation.program.problem
    start = None if current is None else np.concatenate([current.spend.ravel(), current.pool])
    scale = _scale(relaxation.response)
    try:
        gap = _FOR_CERTIFYING * problem.tolerance
        return certify(relaxation, start, gap, scale, deadline)
    except InfeasibleError:
        raise _collision(relaxation.program) from None


def _collision(program: Program) -> RulesCollide:
    problem = program.problem
    return RulesCollide(problem.scenario, diagnose(program, problem.time_limit))


def _current_if_allowed(problem: AllocationProblem) -> Allocation | None:
    current = Allocation(problem, problem.current, problem.current_pool)
    return None if violations(current) else current


def _scale(response: Response) -> float:
    """The least response that a gap is a share of: the current budget's, or one minor unit."""
    return max(response.value(response.problem.current), response.problem.minor_unit or 1e-9)


def _enough(response: Response, proof: Certificate, current: Allocation | None) -> float:
    """Response that a plan moving less money must still bring."""
    problem = response.problem
    slack = _FOR_MOVEMENT * problem.tolerance * max(_scale(response), proof.value)
    least = proof.bound - slack
    return least if current is None else max(least, response.value(current.spend))


def _comparable(allocation: Allocation) -> Allocation:
    """The approved budget cut pro rata to the money that a plan spends on channels."""
    problem = allocation.problem
    base = problem.base
    spent, whole = float(allocation.spend.sum()), float(base.sum())
    spend = base * (spent / whole) if whole else base
    return Allocation(problem, spend, problem.budget - spend.sum(axis=0))


def _never_worse(
    response: Response, allocation: Allocation, current: Allocation | None
) -> Allocation:
    """The plan, unless the current or the comparable budget keeps the rules and brings more."""
    best, value = allocation, response.value(allocation.spend)
    comparable = _comparable(allocation)
    allowed = np.all(comparable.pool >= 0) and not violations(comparable)
    for other in (current, comparable if allowed else None):
        if other is not None and response.value(other.spend) > value:
            best, value = other, response.value(other.spend)
    return best


def _plan(
    program: Program,
    response: Response,
    proof: Certificate,
    allocation: Allocation,
    prices: Floats,
) -> Plan:
    broken = violations(allocation)
    if broken:
        raise UnkeptRule("; ".join(violation.text for violation in broken))
    problem = program.problem
    objective = response.value(allocation.spend)
    current = response.value(problem.current)
    bound = max(proof.bound, objective)
    gap = (bound - objective) / max(abs(objective), abs(current), problem.minor_unit or 1e-9)
    return Plan(
        problem=problem,
        allocation=allocation,
        status="optimal" if proof.closed else "time_limit",
        objective=objective,
        bound=bound,
        gap=gap,
        current_objective=current,
        comparable_objective=response.value(_comparable(allocation).spend),
        rows=plan_rows(program, response, allocation, prices),
        rules=rule_entries(program, allocation, prices),
        warnings=problem.warnings,
    )
