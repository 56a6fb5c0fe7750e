"""Measure: what a plan is judged by, in words."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.problem import Objective


@dataclass(frozen=True)
class Measure:
    """The words for one objective.

    ``counted`` is what every row brings, ``sought`` what the plan as a whole is chosen for.
    """

    counted: str
    sought: str
    of_plan: str
    gain: str
    bound: str
    price: str


MEASURES: dict[Objective, Measure] = {
    "response": Measure(
        counted="Response",
        sought="Response",
        of_plan="Response of this plan",
        gain="Gain on the same money",
        bound="No plan brings more than",
        price="bring",
    ),
    "profit": Measure(
        counted="Profit",
        sought="Profit",
        of_plan="Profit of this plan",
        gain="Gain on the approved budget",
        bound="No plan makes more than",
        price="bring",
    ),
    "spend": Measure(
        counted="Response",
        sought="Money on channels",
        of_plan="Money on channels",
        gain="Saved on the approved budget",
        bound="No plan needs less than",
        price="save",
    ),
}
