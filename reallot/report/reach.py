"""Reach: where a plan stands on each curve, and where it goes beyond what was ever seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.curve import ResponseCurve
from models.saturation import Floats
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.response import expected_of
from reallot.report.figures import full, table_decimals

_POINTS = 61
_MARGIN = 1.1


@dataclass(frozen=True)
class Standing:
    """One channel's curve at steady state, with the current budget and the plan on it.

    Spend is what buys media per period (fixed costs and costs of results are left out), the mean
    over the horizon; response is per period, with the horizon's mean demand and media price, once
    carry-over has built up. ``line`` is (2, K) spend and response; ``seen`` the spend per period of
    the history at this plan's media prices.
    """

    curve: ResponseCurve
    current: tuple[float, float]
    recommended: tuple[float, float]
    line: Floats
    seen: tuple[float, float] | None
    beyond: str | None

    @property
    def drawable(self) -> bool:
        """Whether the curve says anything: one without a signal may be nothing but zero."""
        return self.curve.top > 0


def standings(plan: Plan) -> dict[str, Standing]:
    """Every channel that has a curve, in the plan's order."""
    problem = plan.problem
    media_of = expected_of(problem).media
    current, recommended = media_of(problem.current), media_of(plan.allocation.spend)
    return {
        channel.name: _standing(problem, c, channel.curve, current[c], recommended[c])
        for c, channel in enumerate(problem.channels)
        if channel.curve is not None
    }


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """The plan's warnings, and one for each channel that leaves the range its curve was seen in."""
    found = (standing.beyond for standing in standings(plan).values())
    return tuple(dict.fromkeys((*plan.warnings, *(text for text in found if text is not None))))


def _standing(
    problem: AllocationProblem, c: int, curve: ResponseCurve, current: Floats, recommended: Floats
) -> Standing:
    price, demand = float(problem.media_price[c].mean()), float(problem.demand[c].mean())
    periods = curve.period.per_quarter * len(problem.quarters)

    def response(spend: Floats) -> Floats:
        return np.asarray(demand * curve.at(spend / price / (1 - curve.carryover)))

    marks = np.array([current.sum(), recommended.sum()]) / periods
    seen = (
        None if curve.observed is None else (curve.observed[0] * price, curve.observed[1] * price)
    )
    end = _MARGIN * max(*marks.tolist(), *(seen or (0.0,)))
    line = np.linspace(0, end if end > 0 else 1.0, _POINTS)
    values = response(marks)
    return Standing(
        curve=curve,
        current=(float(marks[0]), float(values[0])),
        recommended=(float(marks[1]), float(values[1])),
        line=np.stack([line, response(line)]),
        seen=seen,
        beyond=_beyond(problem, recommended, c, curve),
    )


def _beyond(problem: AllocationProblem, spend: Floats, c: int, curve: ResponseCurve) -> str | None:
    """One sentence where some period's spend lies outside the history's, at base prices."""
    if curve.observed is None or not curve.known:
        return None
    low, high = curve.observed
    pacing = np.array(problem.pacing[c] or [1 / curve.period.per_quarter])
    real = spend / problem.media_price[c]
    most, least = real * pacing.max(), real * pacing.min()
    # A hair of rounding is not news, and nothing at all is no guess: no spend, no response.
    above = most > high * (1 + 1e-6)
    below = (least < low * (1 - 1e-6)) & (real > 0)
    if not np.any(above | below):
        return None
    name = curve.channel
    if np.any(above):
        reached, limit, words = float(most.max()), high, "more than"
    else:
        reached, limit, words = float(least[real > 0].min()), low, "less than"
    digits = table_decimals(max(reached, limit))
    quarters = ", ".join(
        quarter for quarter, out in zip(problem.quarters, above | below, strict=True) if out
    )
    return (
        f"{name} goes beyond its history in {quarters}: {full(reached, digits)} in a "
        f"{curve.period}, {words} the {full(limit, digits)} seen so far. There its curve is a "
        "guess."
    )
