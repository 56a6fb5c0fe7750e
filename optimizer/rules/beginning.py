"""Beginnings: a channel gets nothing, or at least an amount, whatever the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from optimizer.form import LinearForm
from optimizer.problem import Allocation
from optimizer.rules.rule import slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


def nothing_or(program: Program, rule: str, amounts: Mapping[str, float]) -> None:
    """Rows x[c, q] >= amounts[c] * z[c, q], with a switch z of being active (money per quarter)."""
    problem = program.problem
    for c, channel in enumerate(problem.channels):
        if channel.name in amounts:
            for q, quarter in enumerate(problem.quarters):
                program.limit(
                    rule,
                    channel.name,
                    quarter,
                    LinearForm.sum_of([program.cell(c, q)]),
                    base=LinearForm.sum_of([program.switches.active(c, q)]),
                    at_least=amounts[channel.name],
                )


def between(plan: Allocation, amounts: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    """Channel, quarter and the money that is missing, where a plan lies between the two."""
    slack = slack_of(plan.problem, 1)
    for c, channel in enumerate(plan.problem.channels):
        if channel.name in amounts:
            for q, quarter in enumerate(plan.problem.quarters):
                amount = float(plan.spend[c, q])
                short = amounts[channel.name] - amount
                if amount > slack and short > slack:
                    yield channel.name, quarter, short
