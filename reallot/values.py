"""Values: what a unit of a channel's response counts, part by part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod

from models.curve import Curves, ResponseCurve
from models.history import History
from models.returns import results_per_return
from optimizer.channel import CUSTOMERS, DIRECT, EXPOSURES, WEIGHT, Result
from reallot.errors import Finding, InputError
from reallot.project import policy as said
from reallot.project.project import POLICY

PARTS = (DIRECT, CUSTOMERS, EXPOSURES, WEIGHT)

Parts = tuple[tuple[str, float], ...]
Rates = Mapping[str, float]

METRICS = ("new_customers", "conversions", "exposures")


# What counts beside the response: the metric, the name of its part, the key of its worth.
_COUNTED = (
    ("new_customers", CUSTOMERS, "lifetime_value"),
    ("exposures", EXPOSURES, "exposure_value"),
)


@dataclass(frozen=True)
class Results:
    """New customers, conversions and exposures that channels bring beside their response.

    ``rates`` are those per unit of response, by metric and channel, as the last 12 months of the
    history had them; a channel is missing where they show none. ``curves`` are those of the
    channels for which a curve of its own was found; it goes before the rate.
    """

    rates: Mapping[str, Rates] = field(default_factory=dict)
    curves: Mapping[str, Mapping[str, ResponseCurve]] = field(default_factory=dict)

    def curve(self, metric: str, channel: str) -> ResponseCurve | None:
        """The channel's own curve of a metric."""
        return self.curves.get(metric, {}).get(channel)

    def shows(self, metric: str, channel: str) -> bool:
        """Whether it is known what the channel brings of a metric."""
        has_rate = channel in self.rates.get(metric, {})
        return has_rate or self.curve(metric, channel) is not None

    def without_curve(self, metric: str) -> Rates:
        """The rates of the channels that have no curve of their own."""
        return {
            channel: rate
            for channel, rate in self.rates.get(metric, {}).items()
            if self.curve(metric, channel) is None
        }

    def acquired(self, channel: str) -> str | None:
        """What a cost per acquisition counts: new customers, or else conversions."""
        known = (
            metric for metric in ("new_customers", "conversions") if self.shows(metric, channel)
        )
        return next(known, None)


def results_of(history: History | None, curves: Curves, from_zero: Collection[str] = ()) -> Results:
    """What came with the response in the history.

    Channels that are planned ``from_zero`` have packages in place of curves.
    """
    own = {
        metric: {c.channel: c for c in of if c.known and c.channel not in from_zero}
        for metric, of in curves.results.items()
    }
    if history is None:
        return Results(curves=own)
    rates = {name: results_per_return(history, curves, name) for name in METRICS}
    return Results(rates, own)


def check_results(policy: said.Policy, results: Results) -> None:
    """InputError where a key needs results per response that the history does not show."""
    needs: list[tuple[str, str, float | None, bool, str]] = []
    for entry in policy.channel:
        name = entry.name
        for metric, _, key in _COUNTED:
            needs.append((name, key, getattr(entry, key), results.shows(metric, name), metric))
        acquired = results.acquired(name) is not None
        needs.append((name, "cac_ceiling", entry.cac_ceiling, acquired, "new_customers"))
    findings = [
        Finding(
            POLICY,
            None,
            f"{key} of {name}",
            f"no period of the last 12 months shows {metric} beside a return of {name}",
            f"Fill the columns {metric} and revenue of history.csv, or delete {key}.",
        )
        for name, key, given, shown, metric in needs
        if given is not None and not shown
    ]
    customers = (results.rates.get("new_customers"), results.curves.get("new_customers"))
    if policy.target.new_customers is not None and not any(customers):
        found = "no period of the last 12 months shows new_customers beside a return"
        expected = "Fill the column new_customers of history.csv, or delete this target."
        findings.append(Finding(POLICY, None, "target.new_customers", found, expected))
    if findings:
        raise InputError(findings)


def parts_of(policy: said.Policy, channel: said.Channel, results: Results) -> Parts:
    """What a unit of a channel's response counts in the objective, by part; the sum is its value.

    direct + lifetime_value x new customers + exposure_value x exposures, the last two per unit of
    response and only where [plan] value is "all" and the channel has no curve of them; direct is 1,
    or the margin where the objective is profit. The weights of the channel's tags multiply, and
    what they add (or take away) is a part of its own.
    """
    parts = {DIRECT: _direct(policy, channel)}
    for metric, part, worth in _worths(policy, channel):
        if results.curve(metric, channel.name) is None:
            parts[part] = worth * results.rates[metric][channel.name]
    return _weighed(policy, channel, parts)


def counted_of(policy: said.Policy, channel: said.Channel, results: Results) -> dict[str, Result]:
    """What the policy counts of a channel beside its response, by curves of its own, by metric.

    Its worth is as in `parts_of`; what only a target or a ceiling counts is worth nothing.
    """
    worths = {
        metric: _weighed(policy, channel, {part: worth})
        for metric, part, worth in _worths(policy, channel)
    }
    if policy.target.new_customers is not None:
        worths.setdefault("new_customers", ())
    if channel.cac_ceiling is not None and (acquired := results.acquired(channel.name)) is not None:
        worths.setdefault(acquired, ())
    found = {}
    for metric, parts in worths.items():
        curve = results.curve(metric, channel.name)
        if curve is not None:
            found[metric] = Result(curve, sum(worth for _, worth in parts), parts)
    return found


def _worths(policy: said.Policy, channel: said.Channel) -> Iterator[tuple[str, str, float]]:
    """Metric, name of its part and worth of a unit, of what counts beside the response."""
    for metric, part, key in _COUNTED:
        worth = getattr(channel, key)
        if policy.plan.value == "all" and worth is not None:
            yield metric, part, worth


def _weighed(policy: said.Policy, channel: said.Channel, parts: Mapping[str, float]) -> Parts:
    """Parts, and what the weights of the channel's tags add to them."""
    weight = prod(policy.weights.get(tag, 1.0) for tag in set(channel.tags))
    added = {} if weight == 1 else {WEIGHT: (weight - 1) * sum(parts.values())}
    return tuple({**parts, **added}.items())


def _direct(policy: said.Policy, channel: said.Channel) -> float:
    if policy.plan.objective != "profit":
        return 1.0
    margin = policy.plan.margin if channel.margin is None else channel.margin
    if margin is None:
        raise ValueError(f"{channel.name} has no margin")
    return margin
