"""ROI floor: what a channel's money must return at least."""

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
class RoiFloor(Rule):
    """sum over q of response[c, q] >= multiple[c] * sum over q of x[c, q].

    The channel's own response over its own money, in the horizon; nothing spent is always allowed.
    """

    name = "roi_floor"

    multiples: Mapping[str, float]

    def constrain(self, program: Program) -> None:
        """One row per channel."""
        problem = program.problem
        quarters = range(len(problem.quarters))
        for c, channel in enumerate(problem.channels):
            if channel.name in self.multiples:
                program.limit(
                    self.name,
                    channel.name,
                    None,
                    program.brought.by([c], quarters),
                    base=LinearForm.sum_of([program.cell(c, q) for q in quarters]),
                    at_least=self.multiples[channel.name],
                    unit="x",
                )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Each channel's response against what its money must return."""
        brought = responses(plan).sum(axis=1)
        for c, channel in enumerate(plan.problem.channels):
            if channel.name in self.multiples:
                multiple = self.multiples[channel.name]
                needed = multiple * float(plan.spend[c].sum())
                short = needed - float(brought[c])
                own = np.where(np.arange(len(brought)) == c, 1.0, 0.0)
                rounding = multiple * slack_of(plan.problem, len(plan.pool))
                if short > response_slack(plan, own) + rounding + 1e-6 * needed:
                    text = f"{channel.name} brings {short:,.2f} less than its money must return"
                    yield Violation(self.name, channel.name, None, short, text)

    def explain(self, row: Row) -> str:
        """The channel returns what it must."""
        return f"{row.key} must return at least {row.limit:g} times its money"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A lower multiple."""
        return f"let {row.key} return as little as {limit:,.4g} times its money (roi_floor)"
