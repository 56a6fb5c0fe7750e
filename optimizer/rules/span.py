"""Spans: a rule holds over the whole horizon, or in every quarter by itself."""

from __future__ import annotations

from optimizer.problem import AllocationProblem


def spans(problem: AllocationProblem, each_quarter: bool) -> list[tuple[str | None, list[int]]]:
    """The quarter's name, None for the horizon, and the positions of its quarters."""
    if each_quarter:
        return [(quarter, [q]) for q, quarter in enumerate(problem.quarters)]
    return [(None, list(range(len(problem.quarters))))]
