"""The response curve: what a channel's spend brings, and what is known about it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from models.period import Period
from models.saturation import Floats, Form, derivative, response

VERSION = 2
# Draws of a fit: a hundred give the ends of an 80 % interval to within a few per cent.
MEMBERS = 100


class Member(NamedTuple):
    """One possible truth of a curve: parameters in the units of `ResponseCurve`."""

    top: float
    half: float
    slope: float
    carryover: float


@dataclass(frozen=True)
class FitDiagnostics:
    """How a curve came about and how far it may be trusted.

    ``r2`` is the share of variance explained in the periods used (None where none was fitted),
    ``holdout_error`` the mean absolute error over the mean result in the periods kept back,
    ``elasticity`` the percentage change of response for one per cent of spend at mean spend,
    ``periods`` the number of periods used. ``flags`` say in a word what makes the curve unsure
    ("weak", "collinear", "extrapolated", "assumed"); ``correction`` is what its attributed results
    were multiplied by because totals or lift tests say so (None where nothing was compared).
    ``notes`` are sentences for a planner.
    """

    source: str  # "attributed" | "totals" | "combined" | "assumed" | "given"
    periods: int = 0
    r2: float | None = None
    holdout_error: float | None = None
    elasticity: float | None = None
    flags: tuple[str, ...] = ()
    correction: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResponseCurve:
    """Response of one channel per period: f(s), s the adstocked spend of that period.

    Adstock is not normalised: s[p] = u[p] + carryover * s[p-1], u the period's spend in money at
    base media prices. ``top`` is in units of response per period, ``half`` in units of s.
    ``observed`` is the range of spend per period seen in the history (money), ``last_adstock`` the
    s of the last period of the history, which begins on ``last_period``; both None for curves that
    were given rather than fitted. ``known`` is False where the data hold no signal: such a channel
    is held at its part of the budget unless the policy says otherwise.

    ``members`` are draws of what the curve may be instead, of the same form; the same position in
    every channel of a fit is one draw of the whole world. Empty for curves that were given.
    """

    channel: str
    form: Form
    top: float
    half: float
    slope: float
    carryover: float
    period: Period
    known: bool = True
    observed: tuple[float, float] | None = None
    last_adstock: float | None = None
    last_period: date | None = None
    diagnostics: FitDiagnostics = field(default_factory=lambda: FitDiagnostics(source="given"))
    members: tuple[Member, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.top, self.half, self.slope, self.carryover)
        if not all(np.isfinite(numbers)):
            raise ValueError(f"curve of {self.channel!r}: every parameter must be finite")
        if self.top < 0 or self.half <= 0 or self.slope <= 0 or not 0 <= self.carryover < 1:
            raise ValueError(
                f"curve of {self.channel!r}: needs top >= 0, half > 0, slope > 0 "
                "and carryover in [0, 1)"
            )

    def at(self, adstocked: ArrayLike) -> Floats:
        """Response per period at adstocked spend, shape as given."""
        return response(self.form, adstocked, self.top, self.half, self.slope)

    def drawn(self, number: int) -> "ResponseCurve":
        """The curve as one of its members has it; what carries over from the history as usual.

        The state that the history leaves is what as steady a spend leaves at this carry-over.
        """
        member = self.members[number]
        ratio = (1 - self.carryover) / (1 - member.carryover)
        left = None if self.last_adstock is None else ratio * self.last_adstock
        return replace(self, **member._asdict(), last_adstock=left, members=())

    def marginal_at(self, adstocked: ArrayLike) -> Floats:
        """Response per further unit of adstocked spend, shape as given."""
        return derivative(self.form, adstocked, self.top, self.half, self.slope)


@dataclass(frozen=True)
class Curves:
    """All curves of a project, in the order of their channels, and what to know about the fit.

    ``results`` are the curves of what is counted beside revenue (``new_customers`` ...), by metric,
    of the channels that have one.
    """

    curves: tuple[ResponseCurve, ...]
    warnings: tuple[str, ...] = ()
    results: Mapping[str, tuple[ResponseCurve, ...]] = field(default_factory=dict)

    def __getitem__(self, channel: str) -> ResponseCurve:
        for curve in self.curves:
            if curve.channel == channel:
                return curve
        raise KeyError(channel)

    def __contains__(self, channel: str) -> bool:
        return any(curve.channel == channel for curve in self.curves)

    def to_json(self) -> str:
        """Versioned JSON; `from_json` reads it back to an equal value."""
        return json.dumps(
            {
                "version": VERSION,
                "curves": [asdict(c) for c in self.curves],
                "warnings": list(self.warnings),
                "results": {metric: [asdict(c) for c in of] for metric, of in self.results.items()},
            },
            default=str,
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> "Curves":
        """Read what `to_json` wrote.

        Raises ValueError where the text is not of this version.
        """
        data = json.loads(text)
        if data.get("version") != VERSION:
            raise ValueError(f"curves of version {data.get('version')!r}; expected {VERSION}")
        return cls(
            tuple(_curve(c) for c in data["curves"]),
            tuple(data["warnings"]),
            {metric: tuple(map(_curve, of)) for metric, of in data["results"].items()},
        )


def _curve(data: dict[str, Any]) -> ResponseCurve:
    known = dict(data)
    known["form"] = Form(data["form"])
    known["period"] = Period(data["period"])
    if data["observed"] is not None:
        known["observed"] = tuple(data["observed"])
    if data["last_period"] is not None:
        known["last_period"] = date.fromisoformat(data["last_period"])
    diagnostics = dict(data["diagnostics"])
    diagnostics["notes"] = tuple(diagnostics["notes"])
    diagnostics["flags"] = tuple(diagnostics["flags"])
    known["members"] = tuple(Member(*member) for member in data["members"])
    known["diagnostics"] = FitDiagnostics(**diagnostics)
    return ResponseCurve(**known)
