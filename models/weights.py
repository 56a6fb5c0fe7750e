"""The weights of periods in a fit."""

from typing import Any

import numpy as np
from sklearn.utils import check_array

from models.saturation import Floats


def weights_of(sample_weight: Any, periods: int) -> Floats:
    """(P,) weights, 1 where none are given.

    Raises ValueError where they are not one number >= 0 per period, or none is above 0.
    """
    if sample_weight is None:
        return np.ones(periods)
    weight = check_array(sample_weight, ensure_2d=False, dtype=float, input_name="sample_weight")
    if weight.shape != (periods,):
        raise ValueError(f"sample_weight has shape {weight.shape}; expected {(periods,)}")
    if np.any(weight < 0) or not np.any(weight > 0):
        raise ValueError("sample_weight must be 0 or more, and not zero throughout")
    return np.asarray(weight)
