"""Cost of result: what a channel brings costs money too, and the quarter's amount pays for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation
from optimizer.rules.rule import Rule, Violation, response_slack, responses

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class CostOfResult(Rule):
    """x[c, q] >= cost_of_result[c] * response[c, q], a rate in per cent of the response.

    Within one quarter every amount covers what its own result costs, because only the rest of it
    buys media. But earlier quarters' money still brings results, and those are paid for as well: a
    quarter may then need money even where it buys no media at all.
    """

    name = "cost_of_result"

    def constrain(self, program: Program) -> None:
        """One row per quarter into which a channel whose results cost money carries anything."""
        problem, response = program.problem, program.response
        for block in np.flatnonzero(response.carry.any(axis=1)).tolist():
            c, q = int(response.channel[block]), int(response.quarter[block])
            channel = problem.channels[c]
            if channel.cost_of_result > 0:
                brought = program.brought.by([c], [q])
                program.limit(
                    self.name,
                    channel.name,
                    problem.quarters[q],
                    LinearForm.sum_of([program.cell(c, q)]),
                    base=brought.times(1 / 100),
                    at_least=100 * channel.cost_of_result,
                    unit="%",
                )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every amount against what its quarter's result costs."""
        problem, brought = plan.problem, responses(plan)
        for c, channel in enumerate(problem.channels):
            if channel.cost_of_result > 0:
                rate = channel.cost_of_result
                slack = response_slack(plan, np.where(np.arange(len(brought)) == c, rate, 0.0))
                for q, quarter in enumerate(problem.quarters):
                    cost = rate * float(brought[c, q])
                    short = cost - float(plan.spend[c, q])
                    if short > slack + problem.minor_unit + 1e-6 * cost:
                        text = f"{quarter}: {channel.name} lacks {short:,.2f} for its result"
                        yield Violation(self.name, channel.name, quarter, short, text)

    def explain(self, row: Row) -> str:
        """The whole amount goes into what the result costs."""
        return f"{row.quarter}: {row.key} pays {row.limit:g} % of what it brings, and no media"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Costs are what they are."""
        return None
