"""Values: what a unit of a channel's response counts, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from models.curve import Curves
from models.history import History
from models.returns import results_per_return
from reallot.errors import Finding, InputError
from reallot.project import policy as said
from reallot.project.project import POLICY

# The parts of a value; the last is no return, only a preference.
DIRECT, CUSTOMERS, EXPOSURES, WEIGHT = "direct", "new customers", "exposures", "strategic weight"
PARTS = (DIRECT, CUSTOMERS, EXPOSURES, WEIGHT)

Parts = tuple[tuple[str, float], ...]
Rates = Mapping[str, float]


@dataclass(frozen=True)
class Results:
    """New customers, conversions and exposures per unit of response, by channel.

    As the last 12 months of the history had them; a channel is missing where they show none.
    """

    new_customers: Rates = field(default_factory=dict)
    conversions: Rates = field(default_factory=dict)
    exposures: Rates = field(default_factory=dict)

    @property
    def acquired(self) -> Rates:
        """What a cost per acquisition counts: new customers, or else conversions."""
        return {**self.conversions, **self.new_customers}


def results_of(history: History | None, curves: Curves) -> Results:
    """What came with the response in the history."""
    if history is None:
        return Results()
    return Results(
        *(results_per_return(history, curves, name) for name in Results.__dataclass_fields__)
    )


def check_results(policy: said.Policy, results: Results) -> None:
    """InputError where a key needs results per response that the history does not show."""
    needs: list[tuple[str, str, float | None, Rates, str]] = []
    for entry in policy.channel:
        name = entry.name
        needs += [
            (name, "lifetime_value", entry.lifetime_value, results.new_customers, "new_customers"),
            (name, "exposure_value", entry.exposure_value, results.exposures, "exposures"),
            (name, "cac_ceiling", entry.cac_ceiling, results.acquired, "new_customers"),
        ]
    findings = [
        Finding(
            POLICY,
            None,
            f"{key} of {name}",
            f"no period of the last 12 months shows {metric} beside a return of {name}",
            f"Fill the columns {metric} and revenue of history.csv, or delete {key}.",
        )
        for name, key, given, rates, metric in needs
        if given is not None and name not in rates
    ]
    if policy.target.new_customers is not None and not results.new_customers:
        found = "no period of the last 12 months shows new_customers beside a return"
        expected = "Fill the column new_customers of history.csv, or delete this target."
        findings.append(Finding(POLICY, None, "target.new_customers", found, expected))
    if findings:
        raise InputError(findings)


def parts_of(policy: said.Policy, channel: said.Channel, results: Results) -> Parts:
    """What a unit of a channel's response counts in the objective, by part; the sum is its value.

    direct + lifetime_value x new customers + exposure_value x exposures, the last two per unit of
    response and only where [plan] value is "all"; direct is 1, or the margin where the objective is
    profit. The weights of the channel's tags multiply, and what they add (or take away) is a part
    of its own.
    """
    parts = {DIRECT: _direct(policy, channel)}
    if policy.plan.value == "all":
        if channel.lifetime_value is not None:
            parts[CUSTOMERS] = channel.lifetime_value * results.new_customers[channel.name]
        if channel.exposure_value is not None:
            parts[EXPOSURES] = channel.exposure_value * results.exposures[channel.name]
    weight = prod(policy.weights.get(tag, 1.0) for tag in set(channel.tags))
    if weight != 1:
        parts[WEIGHT] = (weight - 1) * sum(parts.values())
    return tuple(parts.items())


def _direct(policy: said.Policy, channel: said.Channel) -> float:
    if policy.plan.objective != "profit":
        return 1.0
    margin = policy.plan.margin if channel.margin is None else channel.margin
    if margin is None:
        raise ValueError(f"{channel.name} has no margin")
    return margin
