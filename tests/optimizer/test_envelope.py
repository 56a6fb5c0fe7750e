"""Over-estimators are above the curve, concave, and no higher than they must be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.saturation import Form
from optimizer.curve_table import CurveTable
from optimizer.envelope import envelope


def curve_table(form: Form, slope: float) -> CurveTable:
    one = np.ones(1)
    return CurveTable((form,), np.zeros(1, dtype=np.int64), one, one, slope * one, 1e-9 * one)


@given(
    st.sampled_from(list(Form)),
    st.floats(0.3, 6.0),
    st.floats(0.0, 3.0),
    st.floats(0.001, 4.0),
)
def test_an_envelope_is_the_smallest_concave_function_above_the_curve(
    form: Form, slope: float, low: float, width: float
) -> None:
    curves = curve_table(form, slope)
    env = envelope(curves, np.array([low]), np.array([low + width]))
    grid = np.linspace(low, low + width, 200)
    true = np.array([curves.value(np.array([s]))[0] for s in grid])
    over, slopes = (
        np.array(v)
        for v in zip(
            *[[a[0] for a in env.value_and_slope(np.array([s]))] for s in grid], strict=True
        )
    )
    size = np.abs(true).max() + 1e-12
    assert np.all(over >= true - 1e-9 * size)
    tangents = over[:, None] + slopes[:, None] * (grid[None, :] - grid[:, None])
    assert np.all(tangents >= over[None, :] - 1e-7 * size)
    # The upper hull of the sampled curve is the smallest concave function above it.
    assert np.all(over <= _upper_hull(grid, true) + 2e-3 * size)


def _upper_hull(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) > 1 and (y[kept[-1]] - y[kept[-2]]) * (x[i] - x[kept[-2]]) <= (
            y[i] - y[kept[-2]]
        ) * (x[kept[-1]] - x[kept[-2]]):
            kept.pop()
        kept.append(i)
    return np.interp(x, x[kept], y[kept])
