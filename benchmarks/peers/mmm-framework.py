"""mmm-framework's optimize_budget on our curves, each sampled at 201 multiples of its spend.

(Its own default is 10 multiples from 0 to 2.5.) Money and response are given in units of the
average current spend: in plain currency its solver stops early.
"""

import numpy as np
from mmm_framework.planning.budget import ResponseCurves, optimize_budget
from task import Floats, Task, serve, timed

POINTS = 201


def solve(task: Task) -> tuple[Floats, float]:
    """The spends of one quarter, and the seconds of planning alone."""
    unit = float(task.current.mean())
    current = task.current[:, 0] / unit
    names = [f"channel {c}" for c in range(len(current))]
    low, high = task.lower[:, 0] / unit / current, task.upper[:, 0] / unit / current
    multiples = np.linspace(low.min(), high.max(), POINTS)
    sampled = np.stack([task.curve(c, multiples * spend * unit) for c, spend in enumerate(current)])
    curves = ResponseCurves(names, multiples, current, sampled[None] / unit)
    bounds = dict(zip(names, zip(low, high, strict=True), strict=True))
    budget = float(task.budget[0]) / unit

    def plan() -> Floats:
        result = optimize_budget(curves=curves, total_budget=budget, bounds=bounds)
        return np.asarray(result.optimal_alloc) * unit

    return timed(plan)


if __name__ == "__main__":
    serve(solve)
