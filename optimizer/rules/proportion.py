"""Proportions: the money of some amounts as a share of the budget, or of others' planned money."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from optimizer.form import LinearForm
from optimizer.problem import Allocation
from optimizer.rules.rule import slack_of

if TYPE_CHECKING:
    from optimizer.program import Program


def limit_share(
    program: Program,
    rule: str,
    key: str,
    cells: Iterable[int],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> None:
    """Rows at_least <= sum of x over the cells / sum over q budget[q] <= at_most.

    The limits are shares of 1; the rows are in per cent.
    """
    program.limit(
        rule,
        key,
        None,
        LinearForm.sum_of(cells),
        base=LinearForm.of(float(program.problem.budget.sum()) / 100),
        at_least=None if at_least is None else 100 * at_least,
        at_most=None if at_most is None else 100 * at_most,
        unit="%",
    )


def limit_proportion(
    program: Program,
    rule: str,
    key: str,
    quarter: str | None,
    quarters: Sequence[int],
    part: Collection[int],
    whole: Collection[int],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> None:
    """Rows at_least <= sum of x over the part / sum of x over the whole <= at_most.

    Over these quarters together. ``part`` and ``whole`` are positions of channels, the limits
    shares of 1; the rows are in per cent.
    """
    total = LinearForm.sum_of([program.cell(c, q) for c in whole for q in quarters])
    program.limit(
        rule,
        key,
        quarter,
        LinearForm.sum_of([program.cell(c, q) for c in part for q in quarters]),
        base=LinearForm(total.cells, total.coefficients / 100),
        at_least=None if at_least is None else 100 * at_least,
        at_most=None if at_most is None else 100 * at_most,
        unit="%",
    )


def off_proportion(
    plan: Allocation,
    quarters: Sequence[int],
    part: Collection[int],
    whole: Collection[int],
    band: tuple[float, float],
) -> float:
    """Money by which a plan leaves the band; 0 within it, and within what rounding may miss."""
    spend = plan.spend[:, list(quarters)]
    own, total = float(spend[list(part)].sum()), float(spend[list(whole)].sum())
    off = max(band[0] * total - own, own - band[1] * total)
    amounts = len(set(part) | set(whole)) * len(quarters)
    return off if off > slack_of(plan.problem, amounts) else 0.0
