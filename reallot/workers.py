"""How many processes work at once: as many as pay, whatever they find being the same."""

from __future__ import annotations

from collections.abc import Sequence

from joblib import cpu_count

from optimizer.problem import AllocationProblem

# Amounts to be planned, over all problems, below which starting processes takes longer than it
# saves: some seconds on one processor.
_PAYS = 10_000


def jobs_for(problems: Sequence[AllocationProblem], each: int = 1) -> int:
    """The processes for so many problems, ``each`` of them to be planned so often."""
    amounts = each * sum(problem.current.size for problem in problems)
    return 1 if amounts < _PAYS else min(int(cpu_count()), each * len(problems))
