"""Valuation: what plans come to in many worlds, all plans in the same ones.

The media is bought as planned and the fixed costs are paid as planned. What results cost follows
the results: an amount is what was planned, and its rate on what comes beyond (or short of) that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.curve import ResponseCurve
from models.saturation import Floats
from optimizer.decision import decision_of
from optimizer.form import LinearForm
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.standing import standing
from optimizer.worlds import Worlds, responses_in


@dataclass(frozen=True)
class Valued:
    """One allocation in K worlds.

    ``decisions`` (K, width) as in `Layout`, ``brought`` (K, N, Q) what each of the N curves of
    `AllocationProblem.expected` brings, by the quarter that sees it.
    """

    program: Program
    planned: Floats
    decisions: Floats
    brought: Floats

    def at(self, form: LinearForm) -> Floats:
        """(K,) a form's value in every world."""
        return form.in_each(self.decisions)

    @cached_property
    def missed(self) -> dict[str, NDArray[np.bool_]]:
        """(K,) by target: the worlds in which it is not met, rounding allowed for."""
        rows = [(i, row) for i, row in enumerate(self.program.rows) if row.rule == "target"]
        if not rows:
            return {}
        leeway = standing(self.program, self.planned).leeway
        return {
            row.key: (1 if row.side == "max" else -1) * self.at(row.excess_form) > leeway[index]
            for index, row in rows
        }


def valued(program: Program, allocations: Sequence[Allocation], worlds: Worlds) -> list[Valued]:
    """What each allocation comes to in each world."""
    problem = program.problem
    results = list(problem.expected)
    media = np.array([program.response.media(one.spend) for one in allocations])
    curves = [(c, curve) for _, c, curve in results]
    brought = responses_in(worlds, problem, curves, media)
    return [
        _valued(program, decision_of(program, one), worlds, results, of)
        for one, of in zip(allocations, brought, strict=True)
    ]


def _valued(
    program: Program,
    planned: Floats,
    worlds: Worlds,
    results: Sequence[tuple[int, int, ResponseCurve]],
    brought: Floats,
) -> Valued:
    problem, layout = program.problem, program.layout
    decisions = np.tile(planned, (len(worlds), 1))
    for number, (result, c, _) in enumerate(results):
        first = layout.money + result * layout.spends + layout.cell(c, 0)
        of = slice(first, first + layout.quarters)
        rate = problem.channels[c].cost_of_result
        if result == 0 and rate > 0:
            amounts = slice(layout.cell(c, 0), layout.cell(c, 0) + layout.quarters)
            decisions[:, amounts] += rate * (brought[:, number] - planned[of])
        decisions[:, of] = brought[:, number]
    for k, extra in enumerate(program.extras):
        at = layout.extras + k
        if extra.loses and extra.follows is not None:
            decisions[:, at] = [extra.follows(decision) for decision in decisions]
        elif extra.channel is not None and extra.quarter is not None:
            # What a package brings goes with demand as everything else does.
            usual = float(problem.demand[extra.channel, extra.quarter])
            there = worlds.demand[:, extra.channel, extra.quarter]
            decisions[:, at] *= there / usual if usual > 0 else 1.0
    return Valued(program, planned, decisions, brought)
