"""PyMC-Marketing's BudgetOptimizer on a PyMC model that holds our curves as its posterior.

One period, no adstock, one draw, money in units of the average current spend, and the current
budget to start from: from equal spends, its default, it ends several per cent lower. Building and
compiling the model is not counted.
"""

import numpy as np
import pymc as pm
import pymc.dims as pmd
import xarray as xr
from pymc_marketing.mmm.budget_optimizer import BudgetOptimizer
from task import Floats, Task, serve, timed

RESPONSE = "total_media_contribution_original_scale"


def solve(task: Task) -> tuple[Floats, float]:
    """The spends of one quarter, and the seconds of planning alone."""
    unit = float(task.current.mean())
    names = [f"channel {c}" for c in range(len(task.top))]
    optimizer = BudgetOptimizer(
        model=model(names),
        idata=posterior(task, names),
        num_periods=1,
        channel_scales=task.current[:, 0] / unit,
        response_variable=RESPONSE,
    )
    # At no spend at all a slope below 1 has an infinite return, on which it would give up.
    least = np.maximum(task.lower, 1e-6 * task.current)[:, 0]
    ends = zip(least / unit, task.upper[:, 0] / unit, strict=True)
    bounds = dict(zip(names, ends, strict=True))
    start = xr.DataArray(task.current[:, 0] / unit, {"channel": names})

    def plan() -> Floats:
        result = optimizer.allocate_budget(
            total_budget=float(task.budget[0]) / unit,
            budget_bounds=bounds,
            x0=start,
        )
        return np.asarray(result.budgets.sel(channel=names)) * unit

    plan()  # compiles what is compiled at the first call
    return timed(plan)


def model(names: list[str]) -> pm.Model:
    """Hill curves of channel data in units of the current spends."""
    with pm.Model(coords={"date": [0], "channel": names}) as built:
        data = pmd.Data("channel_data", np.ones((1, len(names))), dims=("date", "channel"))
        top, half, slope = (pmd.HalfNormal(k, dims="channel") for k in ("top", "half", "slope"))
        share = data**slope / (data**slope + half**slope)
        gained = pmd.Deterministic("channel_contribution", top * share)
        pmd.Deterministic(RESPONSE, gained.sum())
    return built


def posterior(task: Task, names: list[str]) -> xr.DataTree:
    """One draw: our curves."""
    draw = {"top": task.top, "half": task.half / task.current[:, 0], "slope": task.slope}
    variables = {k: (("chain", "draw", "channel"), v[None, None]) for k, v in draw.items()}
    data = xr.Dataset(variables, coords={"chain": [0], "draw": [0], "channel": names})
    return xr.DataTree.from_dict({"posterior": data})


if __name__ == "__main__":
    serve(solve)
