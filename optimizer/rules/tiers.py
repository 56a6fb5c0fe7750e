"""Tiers: channels graded by what they returned, each grade with its share of the budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.proportion import limit_share
from optimizer.rules.rule import Rule, Violation, slack_of

if TYPE_CHECKING:
    from optimizer.program import Program

OUT = "out"


@dataclass(frozen=True)
class Tier:
    """A grade: return as a multiple of cost within [roi[0], roi[1]).

    Without ``months`` the multiple is that of the last 12 months together; with ``months`` each of
    so many last months must lie within. ``share`` is the band of the whole budget that the grade's
    channels get together; None leaves it open.
    """

    roi: tuple[float, float]
    share: tuple[float, float] | None = None
    months: int | None = None

    def holds(self, monthly: Sequence[float], year: float) -> bool:
        """Whether a channel with these returns has this grade.

        ``monthly`` are the multiples of its months, newest last, ``year`` that of the last 12
        together. A channel with fewer months than asked for is graded on what it has.
        """
        low, high = self.roi
        if self.months is None:
            return low <= year < high
        last = monthly[-self.months :]
        return len(last) > 0 and all(low <= roi < high for roi in last)


@dataclass(frozen=True)
class Tiers(Rule):
    """low <= sum of x over the grade / sum over q budget[q] <= high, limits in per cent.

    The grade ``out`` is stopped: x[c, q] = 0, unless the channel is committed: contracts outlast
    grades. Grades that are not named are unlimited.
    """

    name = "tiers"

    tiers: Mapping[str, Tier]
    grades: Mapping[str, str]
    committed: frozenset[str] = frozenset()

    def constrain(self, program: Program) -> None:
        """Two rows per grade with a share; one equation per stopped channel and quarter."""
        problem = program.problem
        for name in self._stopped(problem):
            c = problem.names.index(name)
            for q, quarter in enumerate(problem.quarters):
                form = LinearForm.sum_of([program.cell(c, q)])
                program.limit(self.name, f"{OUT} {name}", quarter, form, at_most=0.0)
        quarters = range(len(problem.quarters))
        for grade, tier in self.tiers.items():
            if tier.share is not None:
                members = self._members(problem, grade)
                cells = [program.cell(c, q) for c in members for q in quarters]
                low, high = tier.share
                limit_share(program, self.name, grade, cells, at_least=low, at_most=high)

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Every grade's money against its band, and nothing for the stopped."""
        problem = plan.problem
        for name in self._stopped(problem):
            for q, quarter in enumerate(problem.quarters):
                spent = float(plan.spend[problem.names.index(name), q])
                if spent > slack_of(problem, 1):
                    text = f"{quarter}: {name} gets {spent:,.2f} though its tier is stopped"
                    yield Violation(self.name, f"{OUT} {name}", quarter, spent, text)
        total = float(problem.budget.sum())
        for grade, tier in self.tiers.items():
            if tier.share is not None:
                members = self._members(problem, grade)
                part = float(plan.spend[members].sum())
                excess = max(tier.share[0] * total - part, part - tier.share[1] * total)
                if excess > slack_of(problem, len(members) * len(problem.quarters)):
                    text = f"tier {grade} gets {100 * part / total:.6g} %, "
                    text += f"{excess:,.2f} out of its band"
                    yield Violation(self.name, grade, None, excess, text)

    def explain(self, row: Row) -> str:
        """Which grade is full, empty or stopped."""
        if row.key.startswith(f"{OUT} "):
            return f"{row.key.removeprefix(f'{OUT} ')} is stopped: its return stayed too low"
        if not len(row.form.cells):
            return f"no channel has tier {row.key}, which must get at least {row.limit:g} %"
        end = "least" if row.side == "min" else "most"
        return f"tier {row.key} has the {end} it may: {row.limit:g} % of the budget"

    def remedy(self, row: Row, limit: float) -> str | None:
        """Another share, or for a stopped channel another grade."""
        if not row.key.startswith(f"{OUT} "):
            return (
                f"let tier {row.key} begin at {limit:,.6g} %"
                if row.side == "min"
                else (f"let tier {row.key} take up to {limit:,.6g} %")
            )
        return f"narrow the tier {OUT}, so that {row.key.removeprefix(f'{OUT} ')} is not stopped"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Stopped channels have no elasticity."""
        return frozenset(self._stopped(problem))

    def _stopped(self, problem: AllocationProblem) -> list[str]:
        if OUT not in self.tiers:
            return []
        graded = (name for name in problem.names if self.grades.get(name) == OUT)
        return [name for name in graded if name not in self.committed]

    def _members(self, problem: AllocationProblem, grade: str) -> list[int]:
        return [c for c, name in enumerate(problem.names) if self.grades.get(name) == grade]


def grade(
    tiers: Mapping[str, Tier], monthly: Mapping[str, Sequence[float]], year: Mapping[str, float]
) -> dict[str, str]:
    """The grade of every channel that has one, by name.

    ``monthly`` and ``year`` hold multiples per channel as in `Tier.holds`. Where several grades
    hold, `out` goes first (it is the stop rule), then the order of ``tiers``.
    """
    order = sorted(tiers, key=lambda name: name != OUT)
    grades: dict[str, str] = {}
    for channel, roi in year.items():
        for name in order:
            if tiers[name].holds(monthly[channel], roi):
                grades[channel] = name
                break
    return grades
