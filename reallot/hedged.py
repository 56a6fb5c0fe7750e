"""The hedge that stands: what hedging wrote, read back for whoever judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.plan import RESERVE, UNSPENT
from optimizer.problem import Allocation, AllocationProblem
from reallot.fitting import out_of
from reallot.output import document_in
from reallot.project import Project
from reallot.project.tables import digest_of
from reallot.report.hedge_files import HEDGE, HEDGE_INPUTS


def hedge_is_written(project: Project) -> bool:
    """Whether there is a hedge at all."""
    return (out_of(project) / HEDGE).exists()


class HedgeLeftOut(Exception):
    """The written hedge is none of the project as it is; the text says why and what to do."""


def hedge_that_stands(
    project: Project, problems: Mapping[str, AllocationProblem]
) -> tuple[Allocation, ...]:
    """The amounts of the written hedge in every scenario it plans for.

    ``problems`` are those of all scenarios. HedgeLeftOut where it is of other files, of another
    quarter, or not as it was written.
    """
    hedge, made_from = (document_in(out_of(project) / name) for name in (HEDGE, HEDGE_INPUTS))
    if made_from.get("hedge") != _digest(out_of(project) / HEDGE):
        raise HedgeLeftOut(_CHANGED)
    _check_inputs(project, made_from.get("inputs"))
    try:
        return tuple(
            _amounts(problems[scenario], hedge["now"], later, made_from["funded"][scenario])
            for scenario, later in hedge["playbook"].items()
        )
    except (KeyError, TypeError, ValueError):
        raise HedgeLeftOut(_CHANGED) from None


_CHANGED = f"{HEDGE} or {HEDGE_INPUTS} is not as it was written: hedge again"


def _digest(path: Path) -> str | None:
    try:
        return digest_of(path.read_bytes())
    except OSError:
        return None


def _check_inputs(project: Project, then: object) -> None:
    """HedgeLeftOut where the hedge is not of these files or of this quarter."""
    if not isinstance(then, dict):
        raise HedgeLeftOut(_CHANGED)
    now = project.inputs
    differ = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if not differ:
        return
    if differ != ["from_quarter"]:
        files = ", ".join(name for name in differ if name != "from_quarter")
        raise HedgeLeftOut(f"it was made from other files ({files}): hedge again")
    if project.from_quarter is None:
        raise HedgeLeftOut("it decides a later quarter: hedge again without --from-quarter")
    quarter = project.from_quarter
    raise HedgeLeftOut(f"it decides another quarter: hedge again with --from-quarter {quarter}")


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
