"""What every business rule is: rows for the program, a check in plain arithmetic, words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.form import Row
from optimizer.problem import RESPONSE, Allocation, AllocationProblem
from optimizer.response import Response, expected_of

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Violation:
    """One place where an allocation breaks a rule; ``excess`` in money, or None."""

    rule: str
    key: str
    quarter: str | None
    excess: float
    text: str


class Rule(ABC):
    """A business rule; subclasses are frozen dataclasses, one per file.

    ``name`` is the word used everywhere: policy key, file, row prefix, heading, test.
    """

    name: ClassVar[str]

    def prepare(self, program: Program) -> None:
        """Add the columns of this rule's own choices, before any rule speaks of what they bring."""
        return

    @abstractmethod
    def constrain(self, program: Program) -> None:
        """Add this rule's rows to the program."""

    @abstractmethod
    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Restate the rule in plain arithmetic, allowing for rounding to minor units."""

    @abstractmethod
    def explain(self, row: Row) -> str:
        """What it means, in words, that this row binds."""

    def remedy(self, row: Row, limit: float) -> str | None:
        """What to write so that this row's limit becomes ``limit``; None if one cannot."""
        word = "at most" if row.side == "max" else "at least"
        name = row.rule if row.key in ("pool", "total") else f"{row.rule} of {row.key}"
        was, now = (_amount(value, row.unit) for value in (row.limit, limit))
        return f"set the {name} to {word} {now} instead of {was}"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Channels over which this rule decides in place of their elasticity."""
        return frozenset()

    def choices(self, quarters: Collection[str]) -> frozenset[str]:
        """The names of what this rule lets choose beside the amounts of these quarters."""
        return frozenset()

    def brings(self, plan: Allocation) -> Floats:
        """(C, Q) response of what this rule lets choose beside the amounts."""
        return np.zeros(plan.spend.shape)

    def reasons(self, plan: Allocation) -> Mapping[tuple[str, str], str]:
        """Why amounts are what they are, by channel and quarter, where this rule makes them."""
        return {}


def _amount(value: float, unit: str) -> str:
    return f"{value:,.6g} %" if unit == "%" else f"{value:,.2f} {unit}"


def settled(problem: AllocationProblem) -> frozenset[str]:
    """Channels over which a rule above elasticity decides (stop, freeze, change, held …)."""
    return frozenset().union(*(rule.fixes(problem) for rule in problem.rules))


def slack_of(problem: AllocationProblem, amounts: int) -> float:
    """Money by which a row over so many rounded amounts may miss its limit.

    Half a minor unit per amount, but a whole one at least (a limit need not be a whole amount),
    plus what floating-point sums of these budgets lose.
    """
    units = max(1.0, _off_by(problem) * amounts)
    return problem.minor_unit * units + 1e-9 * float(problem.budget.sum())


def _off_by(problem: AllocationProblem) -> float:
    """Minor units by which rounding moves an amount at most.

    Half of one; where the pool is released, what comes on top is rounded by itself, to one.
    """
    return 1.5 if problem.stages is not None and problem.stages.release else 0.5


def responses(plan: Allocation) -> Floats:
    """(C, Q) what each channel's quarter brings: under the curves themselves, and by choice.

    The baseline is excluded.
    """
    brought = results(plan, RESPONSE)
    for rule in plan.problem.rules:
        brought += rule.brings(plan)
    return brought


def results(plan: Allocation, metric: str) -> Floats:
    """(C, Q) what each channel's quarter brings of a metric, by curves of its own alone."""
    response = expected_of(plan.problem)
    brought = np.zeros(plan.spend.shape)
    of = np.flatnonzero(_of(response, metric))
    values = response.block_values(*response.coordinates(plan.spend))
    brought.ravel()[response.cell[of]] = values[of]
    return brought


def response_slack(
    plan: Allocation, rates: Floats, others: Mapping[str, Floats] | None = None
) -> float:
    """By how much a sum of rates (C,) x responses may miss its limit: what rounding moves it.

    ``others`` are rates (C,) at which the sum counts what curves of its own bring, by metric.
    """
    response = expected_of(plan.problem)
    counts = response.own * rates[response.channel]
    for metric, counted in (others or {}).items():
        counts += _of(response, metric) * counted[response.channel]
    marginal = response.marginal(plan.spend, counts)
    unit, each = plan.problem.minor_unit, _off_by(plan.problem)
    return unit * max(float(marginal.max(initial=0.0)), each * float(marginal.sum()))


def _of(response: Response, metric: str) -> NDArray[np.bool_]:
    """(B,) which blocks bring a metric."""
    known = response.problem.results
    return np.asarray(response.kind == (known.index(metric) if metric in known else -1))
