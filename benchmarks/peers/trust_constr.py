"""SciPy's trust-constr from the current budget, scaled and with the true gradient like SLSQP."""

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize
from slsqp import quarter_sums
from task import Floats, Task, serve, timed

SECONDS = 5.0


def plan(task: Task) -> Floats:
    """A local optimum, or where it stands after 5 seconds."""
    shape, unit, value = task.current.shape, task.current, task.value(task.current)
    deadline = time.process_time() + SECONDS
    done = minimize(
        lambda z: -task.value(z.reshape(shape) * unit) / value,
        np.ones(unit.size),
        jac=lambda z: -(task.gradient(z.reshape(shape) * unit) * unit).ravel() / value,
        method="trust-constr",
        bounds=Bounds((task.lower / unit).ravel(), (task.upper / unit).ravel(), True),
        constraints=LinearConstraint(quarter_sums(task), 1.0, 1.0),
        callback=lambda *_: time.process_time() > deadline,
        options={"maxiter": 2000, "gtol": 1e-7, "xtol": 1e-9},
    )
    return np.asarray(done.x.reshape(shape) * unit)


if __name__ == "__main__":
    serve(lambda task: timed(lambda: plan(task)))
