"""Small worlds whose futures are planned together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from optimizer.rules import Band, Elasticity, Reserve
from optimizer.rules.rule import Rule
from scenarios.scenario import Scenario, apply
from scenarios.staged import Future
from tests.optimizer.worlds import channel, problem

CHANNELS = (
    channel("Search", top=900.0, half=150.0),
    channel("TV", top=700.0, half=250.0, slope=1.8),
)
CURRENT = ((100.0, 110.0, 120.0), (200.0, 190.0, 180.0))


def base(
    *more: Rule,
    channels: tuple[Channel, ...] = CHANNELS,
    current: Any = CURRENT,
    pool: float = 40.0,
    reserve: tuple[float, float] | None = (0.05, 0.15),
    **fields: Any,
) -> AllocationProblem:
    """A policy of an elasticity of 30 % and a pool within a band, without any scenario."""
    rules = (Elasticity(default=Band(0.3, 0.3)), Reserve(reserve), *more)
    return problem(channels, current, rules=rules, pool=pool, time_limit=20.0, **fields)


SCENARIOS = (
    Scenario("growth", demand=(1.0, 1.2, 1.3), budget=(1.1,)),
    Scenario("recession", demand=(1.0, 0.8, 0.7), budget=(0.9,), channel_demand={"TV": (0.4,)}),
    Scenario("flat"),
)


def futures(
    policy: AllocationProblem,
    scenarios: Sequence[Scenario] = SCENARIOS,
    probabilities: Sequence[float] = (0.25, 0.25, 0.5),
    keep_value: float = 0.0,
    **rules: tuple[Rule, ...],
) -> list[Future]:
    """The futures of a policy; rules of a scenario's own, by its name, replace the policy's."""
    made = []
    for scenario, probability in zip(scenarios, probabilities, strict=True):
        own = apply(scenario, policy)
        if scenario.name in rules:
            own = replace(own, rules=rules[scenario.name])
        made.append(Future(own, probability, keep_value))
    return made


def told(policy: AllocationProblem, future: Future, spend: Any) -> float:
    """What amounts (C, Q) bring in a future, by the formula of a Hill curve; no carry-over."""
    amounts = np.asarray(spend, dtype=float)
    total = 0.0
    for c, line in enumerate(policy.channels):
        assert line.curve is not None
        for q in range(amounts.shape[1]):
            bought = amounts[c, q] / future.problem.media_price[c, q]
            share = bought**line.curve.slope
            share /= bought**line.curve.slope + line.curve.half**line.curve.slope
            total += float(future.problem.demand[c, q]) * line.curve.top * share
    return total
