"""From a project and its curves to the problem of one scenario."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from models.curve import Curves
from models.returns import monthly_returns
from models.saturation import Floats
from optimizer import rules
from optimizer.problem import AllocationProblem, Channel
from optimizer.rules.rule import Rule
from reallot.project import Project
from reallot.project import policy as said
from reallot.project.currency import minor_unit
from reallot.project.dates import first_day_of
from scenarios.scenario import Scenario, apply, tied_out

# The window of the graded multiple, in months.
YEAR = 12


def problem_of(
    project: Project, curves: Curves, scenario: str, time_limit: float
) -> AllocationProblem:
    """Everything the plan of one scenario depends on; ``time_limit`` in seconds."""
    policy = project.policy_in(scenario)
    budget = project.budget
    channels = tuple(_channel(policy.says_of(name), curves) for name in budget.channels)
    cells = (len(channels), len(budget.quarters))
    rounding = policy.plan.rounding
    smallest = float(minor_unit(policy.plan.currency)) if rounding is None else rounding
    rules_, warnings = _rules(project, policy, channels, curves)
    base = AllocationProblem(
        scenario=scenario,
        currency=policy.plan.currency,
        first_day=first_day_of(budget.quarters[0]),
        quarters=budget.quarters,
        channels=channels,
        current=np.asarray(list(budget.amounts.values()), dtype=float),
        current_pool=np.asarray(budget.pool, dtype=float),
        budget=_money(budget.totals, policy.plan.budget, smallest),
        demand=np.ones(cells),
        media_price=np.ones(cells),
        pacing=tuple(policy.says_of(name).pacing for name in budget.channels),
        rules=rules_,
        minor_unit=smallest,
        time_limit=time_limit,
        warnings=(*project.warnings, *curves.warnings, *warnings),
    )
    return apply(future(project, scenario), base)


def future(project: Project, name: str) -> Scenario:
    """The factors of a scenario's file."""
    file = project.scenarios[name]
    own = file.channel
    return Scenario(
        name=name,
        demand=file.demand,
        media_price=file.media_price,
        budget=file.budget,
        channel_demand={c.name: c.demand for c in own if c.demand is not None},
        channel_media_price={c.name: c.media_price for c in own if c.media_price is not None},
        probability=file.probability,
    )


def _channel(entry: said.Channel, curves: Curves) -> Channel:
    curve = next((c for c in curves.curves if c.channel == entry.name), None)
    return Channel(entry.name, curve, entry.unit, frozenset(entry.tags))


def _money(totals: tuple[Decimal, ...], budget: float | None, smallest: float) -> Floats:
    """(Q,) the approved totals, or in proportion to them what the policy names instead."""
    approved = np.asarray(totals, dtype=float)
    if budget is None:
        return approved
    return tied_out(approved * (budget / float(sum(totals))), smallest)


def _rules(
    project: Project, policy: said.Policy, channels: tuple[Channel, ...], curves: Curves
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules that the policy names, and what to know about them."""
    entries = [policy.says_of(channel.name) for channel in channels]
    committed = frozenset(entry.name for entry in entries if entry.committed)
    tiers, warnings = _tiers(project, policy, channels, curves, committed)
    stopped = {name for rule in tiers for name, grade in rule.grades.items() if grade == "out"}
    held = frozenset(
        channel.name
        for channel, entry in zip(channels, entries, strict=True)
        if (channel.curve is None or not channel.curve.known)
        and not entry.move_unknown
        and channel.name not in committed | stopped
    )
    named: list[Rule] = [
        rules.Budget(),
        rules.Reserve(None if policy.reserve is None else policy.reserve.share),
    ]
    elasticity = _elasticity(policy, entries)
    if elasticity is not None:
        named.append(elasticity)
    if floors := _amounts(entries, lambda entry: entry.floor):
        named.append(rules.Floor(floors))
    if caps := _amounts(entries, lambda entry: entry.cap):
        named.append(rules.Cap(caps))
    if committed:
        named.append(rules.Committed(committed))
    if held:
        named.append(rules.Held(held))
    named.extend(_share(share) for share in policy.share)
    named.extend(tiers)
    return tuple(named), warnings


def _elasticity(policy: said.Policy, entries: list[said.Channel]) -> rules.Elasticity | None:
    default = policy.elasticity.default
    unit = {name: _band(moves) for name, moves in policy.elasticity.unit.items()}
    channel = {e.name: _band(e.elasticity) for e in entries if e.elasticity is not None}
    if default is None and not unit and not channel:
        return None
    return rules.Elasticity(None if default is None else _band(default), unit, channel)


def _band(moves: said.Moves) -> rules.Band:
    return rules.Band(moves.down, moves.up)


def _amounts(
    entries: list[said.Channel], amount_of: Callable[[said.Channel], float | None]
) -> dict[str, float]:
    amounts = {entry.name: amount_of(entry) for entry in entries}
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _share(share: said.Share) -> rules.Share:
    within = None if share.within is None else _part(share.within)
    return rules.Share(share.name, _part(share.of), share.band, within, share.each_quarter)


def _part(part: said.Part) -> rules.Part:
    return rules.Part(frozenset(part.channel), frozenset(part.unit), frozenset(part.tag))


def _tiers(
    project: Project,
    policy: said.Policy,
    channels: tuple[Channel, ...],
    curves: Curves,
    committed: frozenset[str],
) -> tuple[tuple[rules.Tiers, ...], tuple[str, ...]]:
    """The rule over the grades, if the policy names any, and which grades rest on few months."""
    named = policy.tiers.named
    if not named or project.history is None:
        return (), ()
    tiers = {name: rules.Tier(tier.roi, tier.share, tier.months) for name, tier in named.items()}
    returns = monthly_returns(project.history, curves)
    monthly: dict[str, tuple[float, ...]] = {}
    year: dict[str, float] = {}
    warnings = []
    for channel in channels:
        months = returns.months(channel.name)
        if not months:
            continue
        monthly[channel.name] = returns.monthly_roi(channel.name, months)
        year[channel.name] = returns.roi(channel.name, min(YEAR, months))
        if months < YEAR:
            warnings.append(f"{channel.name} is graded on {months} months: it has no more.")
    return (rules.Tiers(tiers, rules.grade(tiers, monthly, year), committed),), tuple(warnings)
