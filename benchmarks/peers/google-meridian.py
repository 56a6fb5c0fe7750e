"""Google Meridian's OptimizationGrid.optimize on a grid that holds our curves.

The grid is laid out as Meridian lays its own: one step for all channels, a power of ten of at most
a ten-thousandth of the budget (``gtol``, its default), from each channel's rounded lower bound to
its rounded upper one. Filling the grid is not counted.
"""

import numpy as np
import xarray as xr
from meridian.analysis.optimizer import (
    FixedBudgetScenario,
    OptimizationGrid,
    get_optimization_bounds,
    get_round_factor,
)
from task import Floats, Task, serve, timed

GTOL = 0.0001


def solve(task: Task) -> tuple[Floats, float]:
    """The spends of one quarter, and the seconds of planning alone."""
    current, budget = task.current[:, 0], float(task.budget[0])
    down = list(np.round(1 - task.lower[:, 0] / current, 12))
    up = list(np.round(task.upper[:, 0] / current - 1, 12))
    grid = OptimizationGrid(
        _grid_dataset=sampled(task, down, up),
        historical_spend=current,
        use_kpi=True,
        use_posterior=True,
        use_optimal_frequency=False,
        start_date=None,
        end_date=None,
        gtol=GTOL,
        round_factor=get_round_factor(budget, GTOL),
        optimal_frequency=None,
        selected_geos=None,
        selected_times=None,
    )

    def plan() -> Floats:
        result = grid.optimize(
            FixedBudgetScenario(total_budget=budget),
            spend_constraint_lower=down,
            spend_constraint_upper=up,
        )
        return np.asarray(result.optimized, dtype=float)

    return timed(plan)


def sampled(task: Task, down: list[float], up: list[float]) -> xr.Dataset:
    """Spends and what they bring, (steps, channels), NaN beyond a channel's upper bound."""
    current, budget = task.current[:, 0], float(task.budget[0])
    factor = get_round_factor(budget, GTOL)
    step = 10**-factor
    low, high = get_optimization_bounds(len(current), current, factor, down, up)
    spend = np.full((int(np.max(high - low)) // step + 1, len(current)), np.nan)
    outcome = spend.copy()
    for c in range(len(current)):
        points = np.arange(low[c], high[c] + step, step, dtype=float)
        spend[: len(points), c] = points
        outcome[: len(points), c] = task.curve(c, points)
    names = [f"channel {c}" for c in range(len(current))]
    dims = ("grid_spend_index", "channel")
    return xr.Dataset(
        {"spend_grid": (dims, spend), "incremental_outcome_grid": (dims, outcome)},
        coords={"grid_spend_index": np.arange(len(spend)), "channel": names},
        attrs={"spend_step_size": step},
    )


if __name__ == "__main__":
    serve(solve)
