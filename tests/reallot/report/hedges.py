"""Small hedges for what people open, planned by the real optimizer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from optimizer.closed import Closed
from optimizer.rules import Band, Budget, Elasticity, Reserve
from scenarios.hedge import Hedge, Sought, Terms, hedge
from scenarios.scenario import Scenario, apply
from scenarios.staged import Future
from tests.reallot.report.plans import ORDINARY, problem_of


@cache
def hedged(
    names: tuple[str, ...] = ORDINARY,
    sought: Sought = "expectation",
    emergency: float | None = None,
) -> Hedge:
    """Growth and recession of a policy with a pool of 0 to 10 %."""
    rules = (Budget(), Reserve((0.0, 0.1), emergency), Elasticity(Band(0.2, 0.2)))
    policy = problem_of(names, rules=rules)
    scenarios = (
        Scenario("growth", demand=(1.0, 1.2), budget=(1.1,)),
        Scenario("<b>recession</b>", demand=(1.0, 0.8), budget=(0.9,)),
    )
    futures = [Future(apply(scenario, policy), 0.5) for scenario in scenarios]
    return hedge(policy, futures, Terms(sought))


def at_the_last_quarter() -> Hedge:
    """The same where the first of the two quarters is closed."""
    hedge = hedged()
    futures = tuple(
        replace(future, problem=replace(future.problem, closed=Closed.of(plan.allocation, 1)))
        for future, plan in zip(hedge.futures, hedge.plans, strict=True)
    )
    plans = tuple(
        replace(
            plan,
            problem=replace(plan.problem, closed=Closed.of(plan.allocation, 2)),
            allocation=replace(plan.allocation, released=None),
        )
        for plan in hedge.plans
    )
    return replace(hedge, futures=futures, plans=plans)


def plain(text: str) -> str:
    """A sentence with ordinary spaces."""
    return " ".join(text.split())
