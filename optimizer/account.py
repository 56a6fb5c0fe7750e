"""The account of a plan: every amount with its reason, every rule with its slack and price."""

from __future__ import annotations

import numpy as np

from models.saturation import Floats
from optimizer.plan import RESERVE, PlanRow, RuleEntry
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.response import Response


def plan_rows(
    program: Program, response: Response, allocation: Allocation, prices: Floats
) -> tuple[PlanRow, ...]:
    """One row per quarter and channel, then the reserve; money, and response for it."""
    problem = program.problem
    expected = response.by_spending_quarter(allocation.spend)
    marginal = response.marginal(allocation.spend)
    reasons = _Reasons(program, allocation, prices)
    rows = []
    for q, quarter in enumerate(problem.quarters):
        for c, channel in enumerate(problem.channels):
            known = channel.curve is not None and channel.curve.known
            rate = float(marginal[c, q])
            row = _row(
                quarter,
                channel.name,
                float(problem.current[c, q]),
                float(allocation.spend[c, q]),
                float(expected[c, q]),
                rate if known else None,
                reasons.of(program.cell(c, q), rate if known else None),
            )
            rows.append(row)
        current, pool = float(problem.current_pool[q]), float(allocation.pool[q])
        reason = reasons.of(program.pool_cell(q), None)
        rows.append(_row(quarter, RESERVE, current, pool, 0.0, None, reason))
    return tuple(rows)


def rule_entries(program: Program, allocation: Allocation, prices: Floats) -> tuple[RuleEntry, ...]:
    """One entry per row of a rule and side, in the order of the rules."""
    decision = _decision(allocation)
    entries = []
    for index, row in enumerate(program.rows):
        used = row.used(decision)
        slack = row.limit - used if row.side == "max" else used - row.limit
        form = program.limits.forms[index]
        binding = -row.excess(decision) <= _leeway(program, len(form.cells))
        entries.append(
            RuleEntry(
                rule=row.rule,
                key=row.key,
                quarter=row.quarter,
                side=row.side,
                limit=row.limit,
                used=used,
                slack=slack,
                price=float(prices[index]),
                unit=row.unit,
                binding=binding,
                text=_in_words(program, index, float(prices[index]), binding),
            )
        )
    return tuple(entries)


def _row(
    quarter: str,
    name: str,
    current: float,
    recommended: float,
    expected: float,
    marginal: float | None,
    reason: str,
) -> PlanRow:
    change = recommended - current
    percent = 100 * change / current if current else None
    return PlanRow(quarter, name, current, recommended, change, percent, expected, marginal, reason)


def _in_words(program: Program, index: int, price: float, binding: bool) -> str:
    text = program.explain(index)
    if not binding:
        return f"not reached: {text}"
    if price == 0:
        return text
    row = program.rows[index]
    step = "one percentage point" if row.unit == "%" else f"one {row.unit}"
    # A limit below 0 is how far something may fall: more of it is looser.
    way = "more" if row.side == "max" or row.limit < 0 else "less"
    return f"{text}; {step} {way} would bring {price:,.2f}"


class _Reasons:
    """Why each cell stopped where it did."""

    def __init__(self, program: Program, allocation: Allocation, prices: Floats) -> None:
        self.program = program
        self.prices = prices
        self.decision = _decision(allocation)
        limits = program.limits
        self.binding = {
            index
            for index, price in enumerate(prices.tolist())
            if price > 0 or -program.rows[index].excess(self.decision) <= _leeway(program, 1)
        }
        self.joint = limits.matrix.tocsc()
        self.budget_price = {
            row.quarter: price
            for row, price in zip(program.rows, prices.tolist(), strict=True)
            if row.rule == "budget" and row.side == "max"
        }

    def of(self, cell: int, marginal: float | None) -> str:
        """One sentence for a channel's or the pool's amount in one quarter."""
        index = self._stopped_by(cell)
        problem = self.program.problem
        worth = ""
        if marginal is not None:
            quarter = problem.quarters[cell % len(problem.quarters)]
            elsewhere = self.budget_price.get(quarter, 0.0)
            worth = (
                f"one more {problem.currency} here would bring {marginal:,.2f}, "
                f"at the margin of the budget {elsewhere:,.2f}"
            )
        if index is not None:
            text = self.program.explain(index)
            return f"{text}; {worth}" if worth else text
        return f"free within its limits: {worth}" if worth else "free within its limits"

    def _stopped_by(self, cell: int) -> int | None:
        """The row that binds this cell, the dearest one where there are several."""
        limits = self.program.limits
        own = [int(limits.lower_row[cell]), int(limits.upper_row[cell])]
        candidates = [index for index in own if index >= 0 and index in self.binding]
        if not candidates:
            numbers = self.joint.indices[self.joint.indptr[cell] : self.joint.indptr[cell + 1]]
            rows = (limits.joint[number] for number in numbers.tolist())
            candidates = [
                index
                for index in rows
                if self.prices[index] > 0 and self.program.rows[index].rule != "budget"
            ]
        return max(candidates, key=lambda index: float(self.prices[index]), default=None)


def _decision(allocation: Allocation) -> Floats:
    return np.concatenate([allocation.spend.ravel(), allocation.pool])


def _leeway(program: Program, amounts: int) -> float:
    """Money within which a row counts as reached: what rounding may leave over."""
    problem = program.problem
    return problem.minor_unit * max(amounts, 1) + 1e-9 * float(problem.budget.sum())
