"""The story: from a problem to a certified plan."""

from __future__ import annotations

import time
from dataclasses import dataclass

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
    proof = _certify(relaxation, deadline)
    around = Neighbourhood(relaxation, proof.decision)
    prices = price_rules(around, proof.decision, deadline)
    decision = least_movement(around, prices, _enough(response, proof), deadline)
    allocation = _never_worse(response, round_to_minor_units(program, decision))
    return _plan(program, response, proof, allocation, prices.rules)


def violations(allocation: Allocation) -> tuple[Violation, ...]:
    """Every place where an allocation breaks a rule of its problem, by the rules' own checks."""
    rules = allocation.problem.rules
    return tuple(found for rule in rules for found in rule.check(allocation))


def _relax(program: Program, response: Response) -> Relaxation:
    if program.limits.cross:
        raise _collision(program)
    return Relaxation(program, response)


def _certify(relaxation: Relaxation, deadline: float) -> Certificate:
    problem = relaxation.program.problem
    current = _current(problem)
    start = None
    if not violations(current):
        start = np.concatenate([current.spend.ravel(), current.pool])
    scale = _scale(relaxation.response)
    try:
        gap = _FOR_CERTIFYING * problem.tolerance
        return certify(relaxation, start, gap, scale, deadline)
    except InfeasibleError:
        raise _collision(relaxation.program) from None


def _collision(program: Program) -> RulesCollide:
    problem = program.problem
    return RulesCollide(problem.scenario, diagnose(program, problem.time_limit))


def _current(problem: AllocationProblem) -> Allocation:
    return Allocation(problem, problem.current, problem.current_pool)


def _scale(response: Response) -> float:
    """The least response that a gap is a share of: the current budget's, or one minor unit."""
    return max(response.value(response.problem.current), response.problem.minor_unit or 1e-9)


def _enough(response: Response, proof: Certificate) -> float:
    """Response that a plan moving less money must still bring."""
    problem = response.problem
    slack = _FOR_MOVEMENT * problem.tolerance * max(_scale(response), proof.value)
    current = response.value(problem.current) if not violations(_current(problem)) else -np.inf
    return max(proof.bound - slack, current)


@dataclass(frozen=True)
class _Comparison:
    """The approved budget cut pro rata to the money that a plan spends on channels."""

    allocation: Allocation

    @classmethod
    def to(cls, allocation: Allocation) -> _Comparison:
        problem = allocation.problem
        base = problem.base
        spent, whole = float(allocation.spend.sum()), float(base.sum())
        spend = base * (spent / whole) if whole else base
        return cls(Allocation(problem, spend, problem.budget - spend.sum(axis=0)))


def _never_worse(response: Response, allocation: Allocation) -> Allocation:
    """The plan, unless the current or the comparable budget keeps the rules and brings more."""
    problem = response.problem
    best, value = allocation, response.value(allocation.spend)
    for other in (_current(problem), _Comparison.to(allocation).allocation):
        if not np.all(other.pool >= 0) or violations(other):
            continue
        if response.value(other.spend) > value:
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
        comparable_objective=response.value(_Comparison.to(allocation).allocation.spend),
        rows=plan_rows(program, response, allocation, prices),
        rules=rule_entries(program, allocation, prices),
        warnings=problem.warnings,
    )
