"""Worth: what the money brings by part, and what it pays for by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.channel import DIRECT, WEIGHT, Channel
from optimizer.comparable import spent_lines
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.response import expected_of
from reallot.values import PARTS


@dataclass(frozen=True)
class Worth:
    """Value by part, and cost by kind, in money over the horizon.

    ``fixed`` is paid for being active, ``result`` for what came of it (commission, coupons),
    ``media`` is the rest.
    """

    name: str
    parts: Mapping[str, float]
    fixed: float
    media: float
    result: float

    @property
    def value(self) -> float:
        """All parts together."""
        return sum(self.parts.values())

    @property
    def cost(self) -> float:
        """All kinds together: the channel's amounts."""
        return self.fixed + self.media + self.result

    @property
    def roi(self) -> float | None:
        """(return - cost) / cost, weights left out; None where nothing was spent."""
        returned = self.value - self.parts.get(WEIGHT, 0.0)
        return (returned - self.cost) / self.cost if self.cost > 0 else None

    @property
    def direct_roi(self) -> float | None:
        """The same of the direct return alone, on the cost that varies with spend and result."""
        varies = self.media + self.result
        return (self.parts.get(DIRECT, 0.0) - varies) / varies if varies > 0 else None


def worth_of(plan: Plan) -> tuple[Worth, ...]:
    """Every channel's worth, then the total; empty where all is one part and one kind of cost."""
    problem = plan.problem
    used = {name for channel in problem.channels for name, _ in _named(channel)}
    names = [name for name in PARTS if name in used]
    costly = any(c.fixed_cost > 0 or c.cost_of_result > 0 for c in problem.channels)
    if len(names) <= 1 and not costly and problem.objective != "profit":
        return ()
    spent = spent_lines(problem)[:, None]
    spend = plan.allocation.spend * spent
    response = expected_of(problem)
    media = response.media(spend)
    brought = np.zeros((len(problem.results), len(problem.channels)))
    blocks = response.block_values(*response.coordinates(plan.allocation.spend))
    np.add.at(brought, (response.kind, response.channel), blocks)
    value = _values(plan, spend, brought)
    fixed = np.minimum(spend, np.array([[channel.fixed_cost] for channel in problem.channels]))
    result = spend - fixed - media
    found = [
        Worth(
            channel.name,
            {name: value[c] * _share(problem, c, name, brought[:, c]) for name in names},
            float(fixed[c].sum()),
            float(media[c].sum()),
            float(result[c].sum()),
        )
        for c, channel in enumerate(problem.channels)
        if spent[c, 0]
    ]
    total = Worth(
        "All channels",
        {name: sum(worth.parts[name] for worth in found) for name in names},
        sum(worth.fixed for worth in found),
        sum(worth.media for worth in found),
        sum(worth.result for worth in found),
    )
    return (*found, total)


def _values(plan: Plan, spend: Floats, brought: Floats) -> list[float]:
    """(C,) what every channel brings, before anything is paid for it.

    ``brought`` (results, C) is what it brings of each of the problem's results.
    """
    problem = plan.problem
    expected = dict.fromkeys(plan.lines, 0.0)
    for row in plan.rows:
        expected[row.channel] += row.expected_response
    values = [expected[name] for name in problem.names]
    if problem.objective == "profit":
        values = [value + float(spend[c].sum()) for c, value in enumerate(values)]
    if problem.objective == "spend":
        beside = np.sum(problem.values[1:] * brought[1:], axis=0).tolist()
        values = [
            value * channel.value + more
            for value, channel, more in zip(values, problem.channels, beside, strict=True)
        ]
    return values


def _share(problem: AllocationProblem, c: int, name: str, brought: Floats) -> float:
    """The part of a channel's value that goes by this name; ``brought`` (results,) of each."""
    channel = problem.channels[c]
    if not channel.results:
        return dict(_parts(channel)).get(name, 0.0) / channel.value if channel.value else 0.0
    parts = [_parts(channel), *(() for _ in problem.results[1:])]
    for metric, result in channel.results.items():
        parts[problem.results.index(metric)] = result.parts
    whole = float(problem.values[:, c] @ brought)
    part = sum(dict(of).get(name, 0.0) * much for of, much in zip(parts, brought, strict=True))
    return float(part) / whole if whole else 0.0


def _parts(channel: Channel) -> tuple[tuple[str, float], ...]:
    return channel.parts or ((DIRECT, channel.value),)


def _named(channel: Channel) -> tuple[tuple[str, float], ...]:
    """The parts of the response's value, and of that of everything beside it."""
    beside = (part for result in channel.results.values() for part in result.parts)
    return (*_parts(channel), *beside)
