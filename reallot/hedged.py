"""The hedge that stands: what hedging wrote, read back for whoever judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimizer.plan import RESERVE, UNSPENT
from optimizer.problem import Allocation, AllocationProblem
from reallot.fitting import out_of
from reallot.output import document_in
from reallot.project import Project
from reallot.report.hedge_files import HEDGE, HEDGE_INPUTS


def hedge_is_written(project: Project) -> bool:
    """Whether there is a hedge at all."""
    return (out_of(project) / HEDGE).exists()


def hedge_that_stands(
    project: Project, problems: Mapping[str, AllocationProblem]
) -> tuple[Allocation, ...] | None:
    """The amounts of the written hedge in every scenario it plans for.

    None where it is of other files than the project's, or of other scenarios than ``problems`` are.
    """
    hedge, made_from = (document_in(out_of(project) / name) for name in (HEDGE, HEDGE_INPUTS))
    if made_from.get("inputs") != project.inputs:
        return None
    try:
        return tuple(
            _amounts(problems[scenario], hedge["now"], later, made_from["funded"][scenario])
            for scenario, later in hedge["playbook"].items()
        )
    except (KeyError, TypeError, ValueError):
        return None


def _amounts(
    problem: AllocationProblem,
    now: Sequence[Mapping[str, Any]],
    later: Sequence[Mapping[str, Any]],
    funded: Sequence[str],
) -> Allocation:
    """What is done now and in a scenario's later quarters, as one allocation."""
    first = problem.quarters[len(problem.closed_quarters)]
    lines = [*problem.names, RESERVE, UNSPENT]
    table = np.zeros((len(lines), len(problem.quarters)))
    for row in (*({"quarter": first, **row} for row in now), *later):
        table[lines.index(row["channel"]), problem.quarters.index(row["quarter"])] = row["amount"]
    return Allocation(problem, table[:-2], table[-2], table[-1], frozenset(funded)).as_closed()
