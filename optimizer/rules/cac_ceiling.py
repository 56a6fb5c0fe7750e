"""CAC ceiling: what a new customer (or a conversion) may cost in a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation, response_slack, responses, results, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Ceiling:
    """Money per new customer, and how many of them a unit of the channel's response brings.

    With a ``metric``, the channel's own curve of it says how many come, and not its response.
    """

    cost: float
    per_response: float = 0.0
    metric: str | None = None

    def customers(self, program: Program, channel: int) -> LinearForm:
        """What a channel brings over the horizon."""
        quarters = range(len(program.problem.quarters))
        if self.metric is not None:
            return program.brought.of(self.metric, [channel], quarters)
        return program.brought.by([channel], quarters).times(self.per_response)


@dataclass(frozen=True)
class CacCeiling(Rule):
    """sum over q of x[c, q] <= cost * sum over q of customers[c, q].

    customers = per_response * response, or what the channel's own curve of them brings. The
    channel's own money over what it brings, in the horizon; nothing spent is always allowed.
    """

    name = "cac_ceiling"

    ceilings: Mapping[str, Ceiling]

    def constrain(self, program: Program) -> None:
        """One row per channel."""
        problem = program.problem
        quarters = range(len(problem.quarters))
        for c, channel in enumerate(problem.channels):
            if channel.name in self.ceilings:
                ceiling = self.ceilings[channel.name]
                program.limit(
                    self.name,
                    channel.name,
                    None,
                    LinearForm.sum_of([program.cell(c, q) for q in quarters]),
                    base=ceiling.customers(program, c),
                    at_most=ceiling.cost,
                    unit=f"{problem.currency} a customer",
                )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Each channel's money against what its customers may cost."""
        metrics = {ceiling.metric for ceiling in self.ceilings.values()}
        counted = {
            metric: (responses(plan) if metric is None else results(plan, metric)).sum(axis=1)
            for metric in metrics
        }
        for c, channel in enumerate(plan.problem.channels):
            if channel.name in self.ceilings:
                ceiling = self.ceilings[channel.name]
                rate = ceiling.cost * (ceiling.per_response if ceiling.metric is None else 1.0)
                allowed = rate * float(counted[ceiling.metric][c])
                over = float(plan.spend[c].sum()) - allowed
                rates = np.where(np.arange(len(plan.spend)) == c, rate, 0.0)
                rounding = _moved(plan, ceiling.metric, rates)
                rounding += slack_of(plan.problem, len(plan.pool))
                if over > rounding + 1e-6 * allowed:
                    text = f"{channel.name} costs {over:,.2f} more than its customers may"
                    yield Violation(self.name, channel.name, None, over, text)

    def explain(self, row: Row) -> str:
        """A customer costs what it may."""
        return f"a customer of {row.key} may cost {row.limit:,.2f} at most"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A higher ceiling."""
        return f"let a customer of {row.key} cost up to {limit:,.2f} (cac_ceiling)"


def _moved(plan: Allocation, metric: str | None, rates: Floats) -> float:
    """By how much rounding may move what is counted at these rates (C,)."""
    if metric is None:
        return response_slack(plan, rates)
    return response_slack(plan, 0 * rates, {metric: rates})
