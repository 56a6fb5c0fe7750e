"""Target: what the plan must bring, as a sum or as a multiple of its money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.fund import funds
from optimizer.rules.rule import Rule, Violation, response_slack, responses, results, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


def _said(key: str) -> str:
    return key.replace("_", " ")


@dataclass(frozen=True)
class Target(Rule):
    """sum over c, q of rate[c] * response[c, q] + result[c, q] >= amount, in ``unit``.

    ``rates`` says what a unit of each channel's response counts (new customers per unit of revenue,
    say); without it every unit counts 1. With a ``metric``, what channels bring of it by curves of
    their own counts as well. The true curves are meant, baseline excluded.
    """

    name = "target"

    key: str
    amount: float
    unit: str
    rates: Mapping[str, float] | None = None
    metric: str | None = None

    def constrain(self, program: Program) -> None:
        """One row over the whole horizon."""
        problem = program.problem
        form = program.brought.in_all(self._rates(problem))
        if self.metric is not None:
            channels, quarters = range(len(problem.channels)), range(len(problem.quarters))
            form = form.plus(program.brought.of(self.metric, channels, quarters))
        program.limit(self.name, self.key, None, form, at_least=self.amount, unit=self.unit)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """What the plan brings against the target."""
        rates, brought = self._rates(plan.problem), responses(plan)
        short, others = self.amount - float(rates @ brought.sum(axis=1)), {}
        if self.metric is not None:
            short -= float(results(plan, self.metric).sum())
            others = {self.metric: np.ones(len(rates))}
        if short > response_slack(plan, rates, others) + 1e-6 * abs(self.amount):
            text = f"the target for {_said(self.key)} is missed by {short:,.2f} {self.unit}"
            yield Violation(self.name, self.key, None, short, text)

    def explain(self, row: Row) -> str:
        """What is asked for."""
        return f"the target for {_said(row.key)} is {row.limit:,.2f} {row.unit}"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A lower target."""
        return (
            f"set the target for {_said(row.key)} to {limit:,.2f} {row.unit} "
            f"(instead of {row.limit:,.2f})"
        )

    def _rates(self, problem: AllocationProblem) -> Floats:
        if self.rates is None:
            return np.ones(len(problem.channels))
        return np.array([self.rates.get(name, 0.0) for name in problem.names])


@dataclass(frozen=True)
class GrowthTarget(Rule):
    """sum of response >= (1 + share) * last_year, limit in per cent on top of last year.

    ``last_year`` is the response of a year ago over as long a time as the horizon, counted as the
    plan's is: by the curves, baseline and what earlier money brings excluded.
    """

    name = "target"

    share: float
    last_year: float

    def constrain(self, program: Program) -> None:
        """One row over the whole horizon."""
        brought = program.brought.in_all(np.ones(len(program.problem.channels)))
        program.limit(
            self.name,
            "growth",
            None,
            brought.minus(1.0, LinearForm.of(self.last_year)),
            base=LinearForm.of(self.last_year / 100),
            at_least=100 * self.share,
            unit="%",
        )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """What the plan brings against last year's response and what must come on top."""
        asked = (1 + self.share) * self.last_year
        short = asked - float(responses(plan).sum())
        if short > response_slack(plan, np.ones(len(plan.spend))) + 1e-6 * asked:
            growth = f"{100 * self.share:.6g} % on last year"
            text = f"the response grows by {short:,.2f} less than {growth}"
            yield Violation(self.name, "growth", None, short, text)

    def explain(self, row: Row) -> str:
        """How much more than last year."""
        return (
            f"the target for growth is {row.limit:g} % on the {self.last_year:,.2f} that last "
            "year's money brought in as many quarters"
        )

    def remedy(self, row: Row, limit: float) -> str | None:
        """Less growth."""
        return f"set the target for growth to {limit:,.6g} % (instead of {row.limit:g} %)"


@dataclass(frozen=True)
class RoiTarget(Rule):
    """sum of response >= multiple * sum over c, q of x[c, q]: return as a multiple of cost.

    What is kept in the pool or in funds is no cost.
    """

    name = "target"

    multiple: float

    def constrain(self, program: Program) -> None:
        """One row over the whole horizon."""
        problem = program.problem
        form = program.brought.in_all(np.ones(len(problem.channels)))
        spent = program.spent
        program.limit(self.name, "roi", None, form, base=spent, at_least=self.multiple, unit="x")

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """The plan's multiple against the target."""
        kept = funds(plan.problem)
        lines = [c for c, name in enumerate(plan.problem.names) if name not in kept]
        brought, spent = float(responses(plan).sum()), float(plan.spend[lines].sum())
        short = self.multiple * spent - brought
        rounding = self.multiple * slack_of(plan.problem, plan.spend.size)
        if short > response_slack(plan, np.ones(len(plan.spend))) + rounding + 1e-6 * brought:
            text = (
                f"every unit of money brings {brought / spent:,.4f}, {short:,.2f} too little in all"
            )
            yield Violation(self.name, "roi", None, short, text)

    def explain(self, row: Row) -> str:
        """The multiple that is asked for."""
        return f"the target for roi is {row.limit:g} times the money spent on channels"

    def remedy(self, row: Row, limit: float) -> str | None:
        """A lower multiple."""
        return f"set the target for roi to {limit:,.4g} (instead of {row.limit:g})"
