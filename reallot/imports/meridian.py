"""Response curves of Google Meridian (``Analyzer.response_curves``), saved as netCDF.

They say what the whole window would have brought, had every spend in it been multiplied. Beside
them the file has the model's ``time`` and, for the carry-over, its ``alpha_m`` (and ``alpha_rf``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.curve import ResponseCurve
from models.saturation import Floats
from reallot.imports.imported import Imported, NoCounterpartError, period_of, refused
from reallot.imports.netcdf import NetCdf
from reallot.imports.shape import curve_through
from reallot.project.calendar import rhythm_of

_OUTCOME = "incremental_outcome"
_ALPHAS = {"alpha_m": "media_channel", "alpha_rf": "rf_channel"}


def is_one(file: NetCdf) -> bool:
    """Whether a file holds response curves of Meridian."""
    return _OUTCOME in file and "spend_multiplier" in file


def read(file: NetCdf) -> Imported:
    """The curves in a file; InputError where it does not say how many periods they are of."""
    if "time" not in file:
        raise refused(
            file.path,
            "it does not say over which dates its curves are",
            "Add them before saving: curves.assign_coords(time=model.input_data.time)",
        )
    days = file.days("time")
    period = period_of(rhythm_of(days), file.path)
    dims, metrics = file.dims(_OUTCOME), file.words("metric")
    if dims != ("spend_multiplier", "channel", "metric") or "mean" not in metrics:
        found = f"{_OUTCOME} is by {', '.join(dims)}, with {', '.join(metrics)}"
        raise refused(file.path, found, "Save what Analyzer.response_curves returns, whole.")
    # Per period, the same in each: the points that `curve_through` asks for.
    spend = file.numbers("spend") / len(days)
    brought = file.numbers(_OUTCOME)[:, :, metrics.index("mean")] / len(days)
    carryover = _carryover(file)
    curves: list[ResponseCurve] = []
    left_out: dict[str, str] = {}
    for place, channel in enumerate(file.words("channel")):
        some = spend[:, place] > 0
        try:
            if some.sum() < 5:
                raise NoCounterpartError("its curve has fewer than 5 points above 0")
            curves.append(
                curve_through(
                    channel,
                    spend[some, place],
                    brought[some, place],
                    carryover.get(channel, 0.0),
                    period,
                )
            )
        except NoCounterpartError as reason:
            left_out[channel] = str(reason)
    without = [curve.channel for curve in curves if curve.channel not in carryover]
    return Imported(
        f"Meridian, by {period} from {days[0]} to {days[-1]}",
        tuple(curves),
        left_out,
        tuple(_notes(without)),
    )


def _carryover(file: NetCdf) -> Mapping[str, float]:
    """The mean over the draws of each channel's carry-over, where the file has it."""
    found: dict[str, float] = {}
    for name, dim in _ALPHAS.items():
        if name not in file:
            continue
        alpha: Floats = file.numbers(name)
        others = tuple(i for i, d in enumerate(file.dims(name)) if d != dim)
        found |= zip(file.words(dim), np.mean(alpha, axis=others).tolist(), strict=True)
    return found


def _notes(without: list[str]) -> list[str]:
    notes = ["The curves keep how each channel's spend was spread over the window."]
    if without:
        notes.append(
            f"No carry-over is known for {', '.join(without)}: all of the effect counts at once. "
            "Add it before saving: curves.assign(alpha_m=posterior.alpha_m)"
        )
    return notes
