"""SciPy's SLSQP, as a careful engineer would call it: scaled, with the true gradient.

Spends are divided by the current ones and the response by its current value. ``python slsqp.py N``
tries N starts, the current budget first and then random ones within the bounds, and keeps the best;
after 5 seconds it starts no more.
"""

import sys
import time

import numpy as np
from scipy.optimize import minimize
from task import Floats, Task, serve, timed

SECONDS = 5.0


def plan(task: Task, starts: int) -> Floats:
    """The best of so many starts, each followed to a local optimum."""
    rng = np.random.default_rng(0)
    deadline = time.process_time() + SECONDS
    best = climb(task, task.current)
    for _ in range(starts - 1):
        if time.process_time() < deadline:
            best = max(best, climb(task, drawn(task, rng)), key=task.value)
    return best


def climb(task: Task, first: Floats) -> Floats:
    """A local optimum from one start."""
    shape, unit, value = task.current.shape, task.current, task.value(task.current)
    budget_rows = quarter_sums(task)
    done = minimize(
        lambda z: -task.value(z.reshape(shape) * unit) / value,
        (first / unit).ravel(),
        jac=lambda z: -(task.gradient(z.reshape(shape) * unit) * unit).ravel() / value,
        method="SLSQP",
        bounds=list(zip((task.lower / unit).ravel(), (task.upper / unit).ravel(), strict=True)),
        constraints={
            "type": "eq",
            "fun": lambda z: budget_rows @ z - 1.0,
            "jac": lambda _: budget_rows,
        },
        options={"maxiter": 1000, "ftol": 1e-9},
    )
    return np.asarray(done.x.reshape(shape) * unit)


def quarter_sums(task: Task) -> Floats:
    """(Q, C * Q) rows that add up a quarter's scaled spends to a share of its budget."""
    channels, quarters = task.current.shape
    rows = np.zeros((quarters, channels, quarters))
    for q in range(quarters):
        rows[q, :, q] = task.current[:, q] / task.budget[q]
    return rows.reshape(quarters, -1)


def drawn(task: Task, rng: np.random.Generator) -> Floats:
    """Random spends within the bounds that keep the budget."""
    spend = rng.uniform(task.lower, task.upper)
    over = spend.sum(axis=0) - task.budget
    room = np.where(over > 0, spend - task.lower, task.upper - spend)
    return np.asarray(spend - over * room / room.sum(axis=0))


if __name__ == "__main__":
    serve(lambda task: timed(lambda: plan(task, int(sys.argv[1]))))
