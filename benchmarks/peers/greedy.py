"""Greedy marginal allocation on a grid, the idea behind several tools' optimisers.

Every channel starts at its lower bound. Again and again the rise, of however many steps, with the
best average return per unit of money is taken; the first one that no longer fits ends the search.
"""

import numpy as np
from task import Floats, Task, serve, timed

STEPS = 10_000  # per budget


def plan(task: Task) -> Floats:
    """The spends of one quarter."""
    step = task.budget[0] / STEPS
    grids = [
        low + step * np.arange(int((high - low) / step + 1e-9) + 1)
        for low, high in zip(task.lower[:, 0], task.upper[:, 0], strict=True)
    ]
    values = [task.curve(c, grid) for c, grid in enumerate(grids)]
    at = [0] * len(grids)
    rises = [best_rise(grid, value, 0) for grid, value in zip(grids, values, strict=True)]
    left = task.budget[0] - task.lower[:, 0].sum()
    while True:
        c = int(np.argmax([rate for rate, _ in rises]))
        rate, to = rises[c]
        cost = grids[c][to] - grids[c][at[c]]
        if not rate > 0 or cost > left + 1e-9 * step:
            return np.array([grid[i] for grid, i in zip(grids, at, strict=True)])
        left, at[c] = left - cost, to
        rises[c] = best_rise(grids[c], values[c], to)


def best_rise(grid: Floats, value: Floats, at: int) -> tuple[float, int]:
    """The best average return from a grid point on, and where it leads; none is (-inf, at)."""
    if at + 1 == len(grid):
        return -np.inf, at
    rates = (value[at + 1 :] - value[at]) / (grid[at + 1 :] - grid[at])
    best = int(np.argmax(rates))
    return float(rates[best]), at + 1 + best


if __name__ == "__main__":
    serve(lambda task: timed(lambda: plan(task)))
