"""Models exported by Robyn (``robyn_write``): a JSON file of one selected model.

Robyn's curve is a Hill curve of geometric adstock that is not normalised, as ours is, so it is
taken exactly: ``alpha`` is the slope, ``theta`` the carry-over, the coefficient the top, and the
half lies ``gamma`` of the way from the least to the most adstocked spend of its window.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    FiniteFloat,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from scipy.signal import lfilter

from models.curve import FitDiagnostics, ResponseCurve
from models.period import Period
from models.saturation import Floats, Form
from reallot.errors import Finding, InputError
from reallot.imports.imported import Imported, NoCounterpartError, period_of, refused

# How far a channel's total over the window may be from the total that the file itself gives.
_TOLERANCE = 1e-3

Value = TypeVar("Value")
# R writes a single value as a list of one.
One = Annotated[Value, BeforeValidator(lambda v: v[0] if isinstance(v, list) and v else v)]
Several = Annotated[list[Value], BeforeValidator(lambda v: v if isinstance(v, list) else [v])]


class _Inputs(BaseModel):
    adstock: One[str]
    interval: One[str] = Field(alias="intervalType")
    first: One[int] = Field(alias="rollingWindowStartWhich", ge=1)
    last: One[int] = Field(alias="rollingWindowEndWhich", ge=1)
    window_start: One[str]
    window_end: One[str]
    paid_media_spends: Several[str]
    counted: One[str] = Field(alias="dep_var_type")


class _Effect(BaseModel):
    variable: str
    coef: FiniteFloat
    total: FiniteFloat = Field(alias="decompAgg")


class _Model(BaseModel):
    select_model: One[str]
    summary: list[_Effect]
    hyper_values: Mapping[str, One[FiniteFloat | None]]


class _Extras(BaseModel):
    raw_data: list[Mapping[str, Any]] = Field(min_length=1)


class _File(BaseModel):
    inputs: _Inputs = Field(alias="InputCollect")
    model: _Model = Field(alias="ExportedModel")
    extras: _Extras = Field(alias="Extras")

    @model_validator(mode="after")
    def _window_lies_in_the_data(self) -> _File:
        rows = len(self.extras.raw_data)
        if not self.inputs.first <= self.inputs.last <= rows:
            span = f"{self.inputs.first} to {self.inputs.last}"
            raise ValueError(f"the window is rows {span} of {rows} in raw_data")
        return self


def read(path: Path) -> Imported:
    """The curves of an exported model; InputError where it is none, or not a geometric one."""
    file = _parsed(path)
    inputs = file.inputs
    if inputs.adstock != "geometric":
        expected = "Our carry-over is geometric: run the model with adstock = 'geometric'."
        raise refused(path, f"its carry-over is {inputs.adstock}", expected)
    period = period_of(inputs.interval, path)
    curves: list[ResponseCurve] = []
    left_out: dict[str, str] = {}
    for channel in inputs.paid_media_spends:
        try:
            curves.append(_curve(channel, file, period))
        except NoCounterpartError as reason:
            left_out[channel] = str(reason)
    notes: tuple[str, ...] = ()
    if inputs.counted != "revenue":
        notes = (f"What the model explains is no revenue ({inputs.counted}).",)
    span = f"by {period} from {inputs.window_start} to {inputs.window_end}"
    return Imported(f"Robyn {file.model.select_model}, {span}", tuple(curves), left_out, notes)


def _curve(channel: str, file: _File, period: Period) -> ResponseCurve:
    effects = {effect.variable: effect for effect in file.model.summary}
    hyper = file.model.hyper_values
    slope, gamma, carryover = (hyper.get(f"{channel}_{n}") for n in ("alphas", "gammas", "thetas"))
    if channel not in effects or slope is None or gamma is None or carryover is None:
        raise NoCounterpartError("it is modelled on exposures, not on what was spent")
    if slope <= 0 or not 0 <= carryover < 1:
        raise NoCounterpartError(f"its alpha is {slope:g} and its theta {carryover:g}")
    effect = effects[channel]
    adstocked = lfilter([1.0], [1.0, -carryover], _spend(channel, file))
    adstocked = adstocked[file.inputs.first - 1 : file.inputs.last]
    half = float((1.0 - gamma) * adstocked.min() + gamma * adstocked.max())
    if effect.coef <= 0 or half <= 0:
        raise NoCounterpartError("the model says that it brings nothing")
    curve = ResponseCurve(
        channel=channel,
        form=Form.HILL,
        top=effect.coef,
        half=half,
        slope=slope,
        carryover=carryover,
        period=period,
        diagnostics=FitDiagnostics(source="given", notes=("exact",)),
    )
    total = float(curve.at(adstocked).sum())
    if abs(total - effect.total) > _TOLERANCE * abs(effect.total):
        raise NoCounterpartError(
            f"its curve brings {total:,.0f} over the window, and {effect.total:,.0f} by the file's "
            "own decompAgg: the data in the file are not the model's"
        )
    return curve


def _spend(channel: str, file: _File) -> Floats:
    column = [row.get(channel) for row in file.extras.raw_data]
    try:
        return np.asarray(TypeAdapter(list[FiniteFloat]).validate_python(column))
    except ValidationError as error:
        raise NoCounterpartError("raw_data lacks some of its spends") from error


def _parsed(path: Path) -> _File:
    try:
        return _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise refused(path, f"it cannot be read: {error.strerror}", "Check the file.") from error
    except ValidationError as error:
        raise InputError(_finding(path, problem) for problem in error.errors()) from error


def _finding(path: Path, problem: Mapping[str, Any]) -> Finding:
    place = ".".join(str(step) for step in problem["loc"])
    expected = "Export the model with robyn_write of Robyn 3.11 or later."
    return Finding(path.name, None, place or None, problem["msg"], expected)
