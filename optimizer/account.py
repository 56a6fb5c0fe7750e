"""The account of a plan: every amount with its reason, every rule with its slack and price."""

from __future__ import annotations

import numpy as np

from models.saturation import Floats
from optimizer.bent import how_it_gave_way, one_step, that_gave_way, would
from optimizer.comparable import spent_lines
from optimizer.plan import RESERVE, UNSPENT, PlanRow, RuleEntry
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.standing import Standing


def plan_rows(
    program: Program, allocation: Allocation, at: Standing, prices: Floats
) -> tuple[PlanRow, ...]:
    """One row per quarter and channel, then the reserve, then what stays unspent if it may.

    ``at`` is where the allocation stands.
    """
    problem, response = program.problem, program.response
    shares, margins, chosen = _worth(program, allocation, at.decision)
    expected = response.by_spending_quarter(allocation.spend, shares) + chosen
    marginal = response.marginal(allocation.spend, margins)
    if problem.objective == "profit":
        expected -= allocation.spend * spent_lines(problem)[:, None]
    reasons = _Reasons(program, at, prices)
    made = {cell: why for rule in problem.rules for cell, why in rule.reasons(allocation).items()}
    rows = []
    for q, quarter in enumerate(problem.quarters):
        for c, channel in enumerate(problem.channels):
            known = channel.curve is not None and channel.curve.known
            rate = float(marginal[c, q]) if known else None
            row = _row(
                quarter,
                channel.name,
                float(problem.current[c, q]),
                float(allocation.spend[c, q]),
                float(expected[c, q]),
                rate,
                _stands(problem, channel.name, quarter)
                or made.get((channel.name, quarter))
                or reasons.of(program.cell(c, q), rate),
            )
            rows.append(row)
        current, pool = float(problem.current_pool[q]), float(allocation.pool[q])
        reason = _stands(problem, RESERVE, quarter) or reasons.of(program.pool_cell(q), None)
        rows.append(_row(quarter, RESERVE, current, pool, 0.0, None, reason))
        if problem.may_leave_unspent:
            rest = float(allocation.unspent[q])
            why = _stands(problem, UNSPENT, quarter) or _why_unspent(problem, rest)
            rows.append(_row(quarter, UNSPENT, 0.0, rest, 0.0, None, why))
    return tuple(rows)


def _worth(
    program: Program, allocation: Allocation, decision: Floats
) -> tuple[Floats, Floats, Floats]:
    """(B,) what a unit of each block's response counts, and what one more would count.

    Where caution counts, the worst of the draws count by themselves, and what is expected not.

    And (C, Q) what choices beside the amounts count. Less is what a market without room does not
    take: spread over all that goes there, and all of what would come on top.
    """
    problem, response, layout = program.problem, program.response, program.layout
    spends = problem.objective == "spend"
    values = np.array([1.0 if spends else channel.value for channel in problem.channels])
    brought = decision[response.position]
    shares = response.own if spends else program.counts(decision)
    margins = shares.copy()
    chosen = np.zeros_like(allocation.spend)
    for rule in problem.rules:
        chosen += rule.brings(allocation) * values[:, None]
    for k, extra in enumerate(program.extras):
        lost = float(decision[layout.extras + k])
        if extra.loses and lost > 0:
            there = np.isin(response.channel, extra.loses) & (response.quarter == extra.quarter)
            beside = list(extra.loses), extra.quarter
            worth = float(shares[there] @ brought[there] + chosen[beside].sum())
            margins[there] += extra.counts(values) * response.own[there]
            shares[there] *= 1 + extra.counts(values) * lost / worth
            chosen[beside] *= 1 + extra.counts(values) * lost / worth
    return shares, margins, chosen


def _stands(problem: AllocationProblem, line: str, quarter: str) -> str | None:
    """Why a line stands at what it has; None in a quarter that is not closed."""
    closed = problem.closed
    if closed is None or quarter not in problem.closed_quarters:
        return None
    return closed.reason(line, quarter)


def _why_unspent(problem: AllocationProblem, amount: float) -> str:
    if problem.objective == "response":
        return "all of the budget is placed"
    if amount <= 0:
        return "the budget is needed in full"
    if problem.objective == "spend":
        return "the targets are met without it"
    return "no channel that may take it would bring back what it costs"


def rule_entries(program: Program, at: Standing, prices: Floats) -> tuple[RuleEntry, ...]:
    """One entry per row of a rule and side, in the order of the rules."""
    gave_way = frozenset(that_gave_way(program, at))
    entries = []
    for index, (row, used, binding) in enumerate(
        zip(program.rows, at.used.tolist(), at.reached.tolist(), strict=True)
    ):
        slack = row.limit - used if row.side == "max" else used - row.limit
        bent = index in gave_way
        price = 0.0 if bent else float(prices[index])
        entries.append(
            RuleEntry(
                rule=row.rule,
                key=row.key,
                quarter=row.quarter,
                side=row.side,
                limit=row.limit,
                used=used,
                slack=slack,
                price=price,
                unit=row.unit,
                binding=binding,
                text=(
                    how_it_gave_way(row, used)
                    if bent
                    else _in_words(program, index, price, binding)
                ),
                counted=row.counted,
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
    row, problem = program.rows[index], program.problem
    # A limit below 0 is a fall: a lower end is looser where it is more of one, an upper end less.
    way = "more" if (row.side == "max") == (row.limit >= 0) else "less"
    return f"{text}; {one_step(row)} {way} {would(problem)} {price:,.2f}"


class _Reasons:
    """Why each cell stopped where it did."""

    def __init__(self, program: Program, at: Standing, prices: Floats) -> None:
        self.program = program
        self.prices = prices
        limits = program.limits
        self.binding = (prices > 0) | at.reached
        self.used = at.used
        self.bent = frozenset(that_gave_way(program, at))
        forms = ((index, program.rows[index].form) for index in self.bent)
        self.bent_cells = {int(form.cells[0]): i for i, form in forms if len(form.cells) == 1}
        self.joint = program.linearised(at.decision)[: len(limits.joint)].tocsc()
        self.budget_price = {
            row.quarter: price
            for row, price in zip(program.rows, prices.tolist(), strict=True)
            if row.rule == "budget" and row.key == "total" and row.side == "max"
        }

    def of(self, cell: int, marginal: float | None) -> str:
        """One sentence for a channel's or the pool's amount in one quarter."""
        index = self._stopped_by(cell)
        problem = self.program.problem
        worth = ""
        if marginal is not None:
            quarter = problem.quarters[cell % len(problem.quarters)]
            elsewhere = self.budget_price.get(quarter, self.budget_price.get(None, 0.0))
            worth = f"one more {problem.currency} here would bring {marginal:,.2f}"
            if problem.objective == "response":
                worth += f", at the margin of the budget {elsewhere:,.2f}"
        if index is not None:
            text = self._says(index)
            return f"{text}; {worth}" if worth else text
        return f"free within its limits: {worth}" if worth else "free within its limits"

    def _says(self, index: int) -> str:
        if index in self.bent:
            return how_it_gave_way(self.program.rows[index], float(self.used[index]))
        return self.program.explain(index)

    def _stopped_by(self, cell: int) -> int | None:
        """The row that binds this cell, the dearest one where there are several.

        A row over this cell alone that gave way says more than any other.
        """
        if cell in self.bent_cells:
            return self.bent_cells[cell]
        limits = self.program.limits
        own = [int(limits.lower_row[cell]), int(limits.upper_row[cell])]
        candidates = [index for index in own if index >= 0 and self.binding[index]]
        if not candidates:
            numbers = self.joint.indices[self.joint.indptr[cell] : self.joint.indptr[cell + 1]]
            rows = (limits.joint[number] for number in numbers.tolist())
            candidates = [
                index
                for index in rows
                if self.prices[index] > 0
                and (self.program.rows[index].rule, self.program.rows[index].key)
                != ("budget", "total")
            ]
        return max(candidates, key=lambda index: float(self.prices[index]), default=None)
