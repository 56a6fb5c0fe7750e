"""The curve table: the curves of many terms as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.curve import ResponseCurve
from models.saturation import Floats, Form, derivative, inflection, response

Indices = NDArray[np.int64]

_NEAR_ZERO = 1e-9


@dataclass(frozen=True)
class CurveTable:
    """Curves of many terms as arrays, one entry per term.

    ``least`` is the adstocked spend below which a slope under 1, infinite at 0, gets no steeper.
    """

    forms: tuple[Form, ...]
    form: Indices
    top: Floats
    half: Floats
    slope: Floats
    least: Floats

    def value(self, s: Floats) -> Floats:
        """f(s), term by term."""
        out = np.empty_like(s)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = response(form, s[of], self.top[of], self.half[of], self.slope[of])
        return out

    def slope_at(self, s: Floats) -> Floats:
        """f'(s), term by term; just beside 0 where a slope below 1 makes it infinite there."""
        out = np.empty_like(s)
        s = np.where(self.slope < 1, np.maximum(s, self.least), s)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = derivative(form, s[of], self.top[of], self.half[of], self.slope[of])
        return out

    @cached_property
    def inflection(self) -> Floats:
        """Where each term turns from convex to concave."""
        out = np.empty_like(self.top)
        for number, form in enumerate(self.forms):
            of = self._rows(number)
            out[of] = inflection(form, self.half[of], self.slope[of])
        return out

    def take(self, rows: Indices) -> CurveTable:
        """The same curves for a selection of terms."""
        top, half, slope = self.top[rows], self.half[rows], self.slope[rows]
        return CurveTable(self.forms, self.form[rows], top, half, slope, self.least[rows])

    def within(self, most: Floats) -> CurveTable:
        """The same curves where s is at most so much: near 0 is a share of that as well."""
        reach = np.where(most > 0, np.minimum(most, self.half), self.half)
        return replace(self, least=_NEAR_ZERO * reach)

    def _rows(self, number: int) -> NDArray[np.bool_] | slice:
        return slice(None) if len(self.forms) == 1 else self.form == number


def curve_table(curves: Sequence[ResponseCurve]) -> CurveTable:
    """One entry per curve."""
    forms = tuple(dict.fromkeys(curve.form for curve in curves))
    return CurveTable(
        forms,
        np.array([forms.index(curve.form) for curve in curves], dtype=np.int64),
        np.array([curve.top for curve in curves], dtype=float),
        np.array([curve.half for curve in curves], dtype=float),
        np.array([curve.slope for curve in curves], dtype=float),
        _NEAR_ZERO * np.array([curve.half for curve in curves], dtype=float),
    )
