"""Rules about what comes of the money: targets, and limits on what a channel returns."""

from __future__ import annotations

from models.curve import Curves
from models.last_year import last_year, quarters_of
from optimizer import rules
from optimizer.channel import Channel
from optimizer.rules.rule import Rule
from reallot.project import Project
from reallot.project import policy as said
from reallot.values import Results


def targets(
    project: Project, policy: said.Policy, curves: Curves, results: Results
) -> tuple[Rule, ...]:
    """The targets that the policy names, in the order of its keys."""
    asked, currency = policy.target, policy.plan.currency
    named: list[Rule] = []
    if asked.response is not None:
        named.append(rules.Target("response", asked.response, currency))
    if asked.growth is not None and project.history is not None:
        year = last_year(project.history, curves) * policy.plan.quarters / 4
        named.append(rules.GrowthTarget(asked.growth, year))
    if asked.roi is not None:
        named.append(rules.RoiTarget(asked.roi))
    if asked.new_customers is not None:
        metric = "new_customers"
        rates = results.without_curve(metric)
        named.append(rules.Target(metric, asked.new_customers, "new customers", rates, metric))
    return tuple(named)


def target_warnings(
    project: Project, policy: said.Policy, channels: tuple[Channel, ...], results: Results
) -> tuple[str, ...]:
    """On what little the targets rest."""
    warnings = []
    if policy.target.growth is not None and project.history is not None:
        quarters = quarters_of(project.history)
        if quarters < 4:
            warnings.append(
                f"The target for growth rests on {3 * quarters:.0f} months scaled up to a year: "
                "the history has no more."
            )
    if policy.target.new_customers is not None:
        without = [
            c.name for c in channels if c.curve and not results.shows("new_customers", c.name)
        ]
        if without:
            warnings.append(
                f"The target for new customers counts none of {', '.join(without)}: the last 12 "
                "months of the history show no new customers there."
            )
    return tuple(warnings)


def returns(
    policy: said.Policy, channels: tuple[Channel, ...], results: Results
) -> tuple[Rule, ...]:
    """The least that channels must return, and the most that a customer may cost."""
    entries = [policy.says_of(channel.name) for channel in channels]
    ceilings = {
        entry.name: _ceiling(entry.name, entry.cac_ceiling, results)
        for entry in entries
        if entry.cac_ceiling is not None
    }
    floors = {entry.name: entry.roi_floor for entry in entries if entry.roi_floor is not None}
    named: list[Rule] = []
    if ceilings:
        named.append(rules.CacCeiling(ceilings))
    if floors:
        named.append(rules.RoiFloor(floors))
    return tuple(named)


def _ceiling(channel: str, cost: float, results: Results) -> rules.Ceiling:
    """What a customer may cost, counted by the channel's own curve of them where it has one."""
    metric = results.acquired(channel)
    if metric is None:
        raise ValueError(f"it is not known what customers {channel} brings")
    if results.curve(metric, channel) is not None:
        return rules.Ceiling(cost, metric=metric)
    return rules.Ceiling(cost, results.rates[metric][channel])
