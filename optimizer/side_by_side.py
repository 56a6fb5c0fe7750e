"""Side by side: the problems of several futures as one, every line of each a line of its own.

After a future's channels come its pool and its unspent money, as lines too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.saturation import Floats
from optimizer.channel import Channel
from optimizer.curve_table import CurveTable
from optimizer.problem import AllocationProblem
from optimizer.response import Response


def one_problem(problems: Sequence[AllocationProblem]) -> AllocationProblem:
    """The lines of all futures, pools and unspent money among them, without any rule."""
    first = problems[0]

    def rows(name: str, kept: float) -> Floats:
        lines = np.full((2, len(first.quarters)), kept)
        return np.vstack([part for p in problems for part in (getattr(p, name), lines)])

    names = ("reserve", "unspent")
    return replace(
        first,
        scenario="all scenarios",
        channels=tuple(
            line for p in problems for line in (*p.channels, *(Channel(name) for name in names))
        ),
        current=rows("current", 0.0),
        demand=rows("demand", 1.0),
        media_price=rows("media_price", 1.0),
        pacing=tuple(line for p in problems for line in (*p.pacing, None, None)),
        budget=np.sum([p.budget for p in problems], axis=0),
        current_pool=np.sum([p.current_pool for p in problems], axis=0),
        rules=(),
        bends={},
        closed=None,
        stages=None,
    )


def one_response(problem: AllocationProblem, of: Sequence[Response]) -> Response:
    """The responses of all futures as one, over the lines of ``problem``, `one_problem` of them."""
    ends = np.cumsum([0, *(response.first[-1] for response in of)])
    starts = np.cumsum([0, *(response.problem.layout.money for response in of)])
    kept = np.zeros(2)
    return Response(
        problem=problem,
        cell=np.concatenate([r.cell + start for r, start in zip(of, starts, strict=False)]),
        kind=np.concatenate([r.kind for r in of]),
        carry=np.concatenate([r.carry for r in of]),
        first=np.concatenate(
            [[0], *(r.first[1:] + end for r, end in zip(of, ends, strict=False))]
        ).astype(np.int64),
        curves=_one_table([r.curves for r in of]),
        alpha=np.concatenate([r.alpha for r in of]),
        beta=np.concatenate([r.beta for r in of]),
        gamma=np.concatenate([r.gamma for r in of]),
        weight=np.concatenate([r.weight for r in of]),
        fixed=np.concatenate([part for r in of for part in (r.fixed, kept)]),
        rate=np.concatenate([part for r in of for part in (r.rate, kept)]),
    )


def _one_table(tables: Sequence[CurveTable]) -> CurveTable:
    """The curves of several tables as one."""
    forms = tuple(dict.fromkeys(form for table in tables for form in table.forms))
    numbers = [np.array([forms.index(form) for form in t.forms], dtype=np.int64) for t in tables]
    return CurveTable(
        forms,
        np.concatenate([of[t.form] for of, t in zip(numbers, tables, strict=True)]),
        np.concatenate([t.top for t in tables]),
        np.concatenate([t.half for t in tables]),
        np.concatenate([t.slope for t in tables]),
        np.concatenate([t.least for t in tables]),
    )
