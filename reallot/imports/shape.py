"""The curve of ours that comes closest to what another model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import least_squares, minimize

from models.curve import FitDiagnostics, ResponseCurve
from models.period import Period
from models.saturation import Floats, Form, response
from reallot.imports.imported import NoCounterpartError

# How far a curve may be from the model's at any spend, as a share of the most that it brings.
# One logistic curve, the commonest form elsewhere, stays within it up to 98 % of its top.
LIMIT = 0.02

# What each form is free in; of forms that come equally close the first is taken.
_FREE: Mapping[Form, tuple[str, ...]] = {
    Form.LINEAR: ("top",),
    Form.POWER: ("top", "slope"),
    Form.LOGARITHM: ("top", "half"),
    Form.EXPONENTIAL: ("top", "half"),
    Form.HILL: ("top", "half", "slope"),
}
_EQUAL = 1e-6


def curve_through(
    channel: str, spend: Floats, brought: Floats, carryover: float, period: Period
) -> ResponseCurve:
    """The curve whose largest distance from these points is smallest.

    ``spend`` (n,) is money per period, the same in every period, ascending and above 0; ``brought``
    (n,) the response per period once that has built up. Raises NoCounterpartError where no form
    comes within `LIMIT`.
    """
    highest, most = float(spend[-1]), float(brought.max())
    if not np.isfinite(most) or not 0.0 <= carryover < 1.0:
        raise NoCounterpartError("its response or its carry-over is no number that can be")
    if most <= 0:
        raise NoCounterpartError("the model says that it brings nothing")
    x, y = spend / highest, brought / most
    best = min((_closest(form, x, y) for form in _FREE), key=lambda found: found[0])
    distance, form, numbers = best
    if distance > LIMIT:
        raise NoCounterpartError(
            f"no form of ours comes closer to its curve than {distance:.2%} of the most it brings "
            f"({LIMIT:.0%} is allowed); the closest is {form}"
        )
    note = f"{distance:.1%} off at most, up to {highest:,.0f} a {period}"
    return ResponseCurve(
        channel=channel,
        form=form,
        top=most * numbers["top"],
        half=highest * numbers["half"] / (1.0 - carryover),
        slope=numbers["slope"],
        carryover=carryover,
        period=period,
        diagnostics=FitDiagnostics(source="given", notes=(note,)),
    )


def _closest(form: Form, x: Floats, y: Floats) -> tuple[float, Form, dict[str, float]]:
    """The largest distance and the numbers of one form; both axes end at 1."""
    free = _FREE[form]

    def numbers(logs: Sequence[float] | Floats) -> dict[str, float]:
        chosen = zip(free, np.exp(logs).tolist(), strict=True)
        return {"top": 1.0, "half": 1.0, "slope": 1.0, **dict(chosen)}

    def off(logs: Floats) -> Floats:
        return response(form, x, **numbers(logs)) - y

    def farthest(logs: Floats) -> float:
        return float(np.abs(off(logs)).max())

    # Beyond these, half is far outside the spends, and the form has become one of the simpler ones.
    edge = np.full(len(free), 7.0)
    start = np.zeros(len(free))
    fitted = least_squares(off, start, bounds=(-edge, edge), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    nearest = minimize(
        farthest,
        fitted.x,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 2000},
    )
    # Rounded, so that a simpler form is not beaten by the last digits of a richer one.
    return round(farthest(nearest.x) / _EQUAL) * _EQUAL, form, numbers(nearest.x)
