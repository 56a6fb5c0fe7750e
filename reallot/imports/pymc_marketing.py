"""Models saved by PyMC-Marketing (``mmm.save``): a netCDF file of posterior draws.

Its spend is divided by ``channel_scale``, carried over with each draw's weights and bent by each
draw's curve; what comes out counts times ``target_scale``. Taken is the mean over the draws of what
an even spend brings, which is not the curve of the mean parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from scipy.signal import lfilter

from models.curve import ResponseCurve
from models.period import Period
from models.saturation import Floats, inflection
from reallot.errors import Finding, InputError
from reallot.imports.imported import Imported, NoCounterpartError, period_of, refused
from reallot.imports.netcdf import NetCdf
from reallot.imports.shape import curve_through
from reallot.project.calendar import rhythm_of


class Saturation(NamedTuple):
    """One of its saturations: parameters by name, and what scaled spend brings with them."""

    parameters: tuple[str, ...]
    function: Callable[..., Floats]


SATURATIONS: Mapping[str, Saturation] = {
    "LogisticSaturation": Saturation(
        ("lam", "beta"), lambda x, lam, beta: beta * np.tanh(lam * x / 2.0)
    ),
    "InverseScaledLogisticSaturation": Saturation(
        ("lam", "beta"), lambda x, lam, beta: beta * np.tanh(np.log(3.0) * x / lam / 2.0)
    ),
    "TanhSaturation": Saturation(("b", "c"), lambda x, b, c: b * np.tanh(x / (b * c))),
    "MichaelisMentenSaturation": Saturation(
        ("alpha", "lam"), lambda x, alpha, lam: alpha * x / (lam + x)
    ),
    "HillSaturation": Saturation(
        ("slope", "kappa", "beta"),
        lambda x, slope, kappa, beta: beta * x**slope / (kappa**slope + x**slope),
    ),
    "HillSaturationSigmoid": Saturation(
        ("sigma", "beta", "lam"),
        lambda x, sigma, beta, lam: (
            sigma / (1.0 + np.exp(-beta * (x - lam))) - sigma / (1.0 + np.exp(beta * lam))
        ),
    ),
    "RootSaturation": Saturation(("alpha", "beta"), lambda x, alpha, beta: beta * x**alpha),
    "LogSaturation": Saturation(("beta",), lambda x, beta: beta * np.log1p(x)),
    "NoSaturation": Saturation(("beta",), lambda x, beta: beta * x),
}
_GEOMETRIC, _NO_ADSTOCK = "GeometricAdstock", "NoAdstock"
_POINTS = 200


@dataclass(frozen=True)
class _Model:
    """One channel of the model, every draw of it.

    ``spend`` (P,) is its money per period, ``weights`` (draws, lags) what is carried over,
    ``parameters`` the saturation's, (draws, 1) each.
    """

    spend: Floats
    weights: Floats
    saturation: Saturation
    parameters: tuple[Floats, ...]
    spend_scale: float
    target_scale: float

    @property
    def lags(self) -> Floats:
        """The share of the effect of a spend in each period from its own on: (lags,)."""
        return np.asarray((self.weights / self.weights.sum(axis=1, keepdims=True)).mean(axis=0))

    def brought(self, adstocked: Floats) -> Floats:
        """The response of each draw to spend that is carried over already: (draws, n)."""
        x = adstocked / self.spend_scale
        return self.saturation.function(x, *self.parameters) * self.target_scale

    def brought_evenly(self, spend: Floats) -> Floats:
        """The response of each draw per period, to these spends in every period: (draws, n)."""
        return self.brought(self.weights.sum(axis=1, keepdims=True) * spend)

    def brought_by_history(self) -> Floats:
        """The mean response in each period of its history, (P,); before it nothing was spent."""
        carried = np.zeros((len(self.weights), len(self.spend)))
        for lag in range(min(self.weights.shape[1], len(self.spend))):
            carried[:, lag:] += self.weights[:, [lag]] * self.spend[: len(self.spend) - lag]
        return np.asarray(self.brought(carried).mean(axis=0))


def is_one(file: NetCdf) -> bool:
    """Whether a file is a model of PyMC-Marketing."""
    return "saturation" in file.attrs and "channel_columns" in file.attrs


def read(file: NetCdf) -> Imported:
    """The curves of a saved model; InputError where its kind has no counterpart."""
    saturation = _part(file, "saturation", ("prefix",))
    adstock = _part(file, "adstock", ("prefix", "l_max", "normalize", "mode"))
    if findings := list(_without_counterpart(file, saturation, adstock)):
        raise InputError(findings)
    channels = file.words("constant_data/channel")
    days = file.days("constant_data/date")
    period = period_of(rhythm_of(days), file.path)
    curves: list[ResponseCurve] = []
    left_out: dict[str, str] = {}
    for place, channel in enumerate(channels):
        model = _model(file, saturation, adstock, place)
        try:
            curves.append(_curve(channel, model, period))
        except NoCounterpartError as reason:
            left_out[channel] = str(reason)
    return Imported(
        f"PyMC-Marketing, by {period} from {days[0]} to {days[-1]}",
        tuple(curves),
        left_out,
        ("The mean over the draws is taken: curves.csv holds one curve per channel.",),
    )


def _curve(channel: str, model: _Model, period: Period) -> ResponseCurve:
    lags = model.lags
    # Geometric carry-over without an end, and as late on average as the model's.
    late = float(lags @ np.arange(len(lags)))
    carryover = late / (1.0 + late)
    highest = float(np.convolve(model.spend, lags)[: len(model.spend)].max())
    if highest <= 0:
        raise NoCounterpartError("nothing was spent on it")
    spend = highest * np.arange(1, _POINTS + 1) / _POINTS
    curve = curve_through(
        channel, spend, model.brought_evenly(spend).mean(axis=0), carryover, period
    )
    return _noted(curve, model)


def _noted(curve: ResponseCurve, model: _Model) -> ResponseCurve:
    """The curve with what it misses of the model beside its shape."""
    ours = curve.at(lfilter([1.0], [1.0, -curve.carryover], model.spend)).sum()
    theirs = model.brought_by_history().sum()
    geometric = (1.0 - curve.carryover) * curve.carryover ** np.arange(len(model.lags))
    elsewhere = float(np.maximum(model.lags - geometric, 0.0).sum())
    usual = model.brought_evenly(np.asarray([model.spend.mean()]))
    doubt = float(usual.std() / usual.mean())
    notes = [
        f"{ours / theirs - 1.0:+.1%} over its {len(model.spend)} {curve.period}s",
        f"{elsewhere:.1%} of the effect in other {curve.period}s",
        f"the model's own doubt was ±{doubt:.0%}",
    ]
    bend = float(inflection(curve.form, curve.half, curve.slope)) * (1.0 - curve.carryover)
    if bend > 0 and _is_concave(model, bend):
        notes.append(f"below {bend:,.0f} a {curve.period} it is S-shaped, the model's is not")
    diagnostics = replace(curve.diagnostics, notes=(*curve.diagnostics.notes, *notes))
    return replace(curve, diagnostics=diagnostics)


def _is_concave(model: _Model, up_to: float) -> bool:
    """Whether the model's mean curve bends down from the first unit of spend on."""
    spend = up_to * np.linspace(0.0, 1.0, 21)
    brought = model.brought_evenly(spend).mean(axis=0)
    return bool(np.all(np.diff(brought, 2) <= 0.0))


def _part(file: NetCdf, name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """A transformation as the file describes it; InputError where these keys are not in it."""
    try:
        said = json.loads(file.attrs[name])
        return {key: said[key] for key in keys} | {"kind": said["__type__"].rpartition(".")[2]}
    except (KeyError, TypeError, ValueError) as error:
        found = f"its {name} is described in a way that is not known"
        expected = "Save the model with PyMC-Marketing 1.0 or later."
        raise refused(file.path, found, expected) from error


def _without_counterpart(
    file: NetCdf, saturation: Mapping[str, Any], adstock: Mapping[str, Any]
) -> Iterator[Finding]:
    """Everything about a model that our curves cannot say."""

    def wrong(found: str, expected: str) -> Finding:
        return Finding(file.path.name, None, None, found, expected)

    if saturation["kind"] not in SATURATIONS:
        known = ", ".join(SATURATIONS)
        yield wrong(f"its saturation is {saturation['kind']}", f"Those with a curve: {known}.")
    if adstock["kind"] not in (_GEOMETRIC, _NO_ADSTOCK):
        expected = f"Our carry-over is geometric: fit the model with {_GEOMETRIC}."
        yield wrong(f"its carry-over is {adstock['kind']}", expected)
    elif adstock["kind"] == _GEOMETRIC and adstock["mode"] != "After":
        expected = "Fit the model with mode=ConvMode.After."
        yield wrong(f"its carry-over has the mode {adstock['mode']}", expected)
    plain = {
        "adstock_first": ("true", "it saturates before it carries over"),
        "dims": ("[]", "it has more dimensions than channels"),
        "time_varying_media": ("false", "its effects change over time"),
        "link": ("identity", "its channels multiply each other (link)"),
        "cost_per_unit": ("null", "it counts its channels in units, not in money"),
    }
    for name, (usual, found) in plain.items():
        if file.attrs.get(name, usual) != usual:
            expected = f"One curve per channel cannot say that: fit the model with {name} {usual}."
            yield wrong(found, expected)


def _model(
    file: NetCdf, saturation: Mapping[str, Any], adstock: Mapping[str, Any], place: int
) -> _Model:
    kind = SATURATIONS[saturation["kind"]]
    parameters = tuple(
        _draws(file, f"{saturation['prefix']}_{name}", place) for name in kind.parameters
    )
    weights = np.ones((1, 1))
    if adstock["kind"] == _GEOMETRIC:
        alpha = _draws(file, f"{adstock['prefix']}_alpha", place)
        weights = alpha ** np.arange(adstock["l_max"])
        if adstock["normalize"]:
            weights /= weights.sum(axis=1, keepdims=True)
    scales = file.numbers("constant_data/channel_scale")
    return _Model(
        spend=file.numbers("constant_data/channel_data")[:, place],
        weights=weights,
        saturation=kind,
        parameters=parameters,
        spend_scale=float(scales[place] if scales.ndim else scales),
        target_scale=float(file.numbers("constant_data/target_scale")),
    )


def _draws(file: NetCdf, name: str, place: int) -> Floats:
    """A parameter of one channel in every draw, (draws, 1)."""
    variable = f"posterior/{name}"
    values, dims = file.numbers(variable), file.dims(variable)
    if dims not in (("chain", "draw"), ("chain", "draw", "channel")):
        found = f"{name} differs by {', '.join(dims[2:])}"
        raise refused(file.path, found, "One curve per channel cannot say that.")
    return (values[:, :, place] if len(dims) == 3 else values).reshape(-1, 1)
