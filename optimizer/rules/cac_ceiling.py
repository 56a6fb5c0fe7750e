"""CAC ceiling: what a new customer (or a conversion) may cost in a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation, response_slack, responses, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Ceiling:
    """Money per new customer, and how many of them a unit of the channel's response brings."""

    cost: float
    per_response: float


@dataclass(frozen=True)
class CacCeiling(Rule):
    """sum over q of x[c, q] <= cost * per_response * sum over q of response[c, q].

    The channel's own money over what it brings, in the horizon; nothing spent is always allowed.
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
                brought = program.responses([c], quarters)
                program.limit(
                    self.name,
                    channel.name,
                    None,
                    LinearForm.sum_of([program.cell(c, q) for q in quarters]),
                    base=brought.times(ceiling.per_response),
                    at_most=ceiling.cost,
                    unit=f"{problem.currency} a customer",
                )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Each channel's money against what its customers may cost."""
        brought = responses(plan).sum(axis=1)
        for c, channel in enumerate(plan.problem.channels):
            if channel.name in self.ceilings:
                ceiling = self.ceilings[channel.name]
                worth = ceiling.cost * ceiling.per_response
                allowed = worth * float(brought[c])
                over = float(plan.spend[c].sum()) - allowed
                rates = np.where(np.arange(len(brought)) == c, worth, 0.0)
                rounding = response_slack(plan, rates) + slack_of(plan.problem, len(plan.pool))
                if over > rounding + 1e-6 * allowed:
                    text = f"{channel.name} costs {over:,.2f} more than its customers may"
                    yield Violation(self.name, channel.name, None, over, text)

    def explain(self, row: Row) -> str:
        """A customer costs what it may."""
        return f"a customer of {row.key} may cost {row.limit:,.2f} at most"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A higher ceiling."""
        return f"let a customer of {row.key} cost up to {limit:,.2f} (cac_ceiling)"
