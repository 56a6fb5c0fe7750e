"""From a project and its curves to the problem of one scenario."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from models.curve import Curves
from models.saturation import Floats
from optimizer.caution import Caution
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem
from reallot.closing import carried_on, with_closed
from reallot.errors import Finding, InputError
from reallot.project import Project
from reallot.project import policy as said
from reallot.project.bends import Bends
from reallot.project.currency import minor_unit
from reallot.project.dates import first_day_of
from reallot.project.project import POLICY
from reallot.project.scenario_file import ScenarioFile
from reallot.rulebook import rules_of
from reallot.rulebook.bends import bends_of
from reallot.values import Results, check_results, counted_of, parts_of, results_of
from scenarios.scenario import Factors, Scenario, apply, tied_out

# What the policy itself is called where scenarios have their names.
POLICYS_OWN = "policy"


def problem_of(
    project: Project, curves: Curves, scenario: str, time_limit: float
) -> AllocationProblem:
    """Everything the plan of one scenario depends on; ``time_limit`` in seconds."""
    policy, bends = project.policy_in(scenario), project.bends[scenario]
    base = _problem(project, curves, scenario, policy, bends, time_limit)
    return with_closed(project, apply(future(project, scenario), base), base.budget)


def policys_own(project: Project, curves: Curves, time_limit: float) -> AllocationProblem:
    """The problem of the policy itself, without any scenario; nothing gives way in it."""
    base = _problem(project, curves, POLICYS_OWN, project.policy, {}, time_limit)
    return with_closed(project, base, base.budget)


def _problem(
    project: Project,
    curves: Curves,
    scenario: str,
    policy: said.Policy,
    bends: Bends,
    time_limit: float,
) -> AllocationProblem:
    """Everything but a scenario's factors."""
    budget = project.budget
    curves = carried_on(project, curves)
    results = results_of(project.history, curves, project.from_zero)
    check_results(policy, results)
    entries = [policy.says_of(name) for name in budget.channels]
    channels = tuple(_channel(project, policy, entry, curves, results) for entry in entries)
    cells = (len(channels), len(budget.quarters))
    rounding = policy.plan.rounding
    smallest = float(minor_unit(policy.plan.currency)) if rounding is None else rounding
    rulebook = rules_of(project, policy, channels, curves, results)
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
        pacing=tuple(entry.pacing for entry in entries),
        rules=rulebook.rules,
        bends=bends_of(bends, policy, budget.channels),
        objective=policy.plan.objective,
        shift=policy.plan.shift_between_quarters,
        minor_unit=smallest,
        caution=_caution(policy),
        time_limit=time_limit,
        warnings=(*project.warnings, *curves.warnings, *rulebook.warnings, *_cautious(policy)),
    )
    _check_caution(base)
    return base


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
        channel_media_price=_media_prices(project.policy_in(name), file),
        probability=file.probability,
        signal=None if file.signal is None else file.signal.words,
    )


def _media_prices(policy: said.Policy, file: ScenarioFile) -> dict[str, Factors]:
    """The prices of channels that have their own, or that are paid in a currency that moves."""
    own = {c.name: c.media_price for c in file.channel if c.media_price is not None}
    for channel in policy.channel:
        if channel.buys_in in file.exchange:
            price, rate = own.get(channel.name, file.media_price), file.exchange[channel.buys_in]
            own[channel.name] = tuple((np.asarray(price) * np.asarray(rate)).tolist())
    return own


def _channel(
    project: Project, policy: said.Policy, entry: said.Channel, curves: Curves, results: Results
) -> Channel:
    """A channel of the policy; its packages, where it has some, stand in place of its curve."""
    own = (c for c in curves.curves if c.channel == entry.name)
    parts = parts_of(policy, entry, results)
    cell = project.budget.cells[entry.name]
    return Channel(
        name=entry.name,
        curve=None if entry.name in project.from_zero else next(own, None),
        unit=entry.unit,
        tags=frozenset(entry.tags),
        value=sum(worth for _, worth in parts),
        parts=parts,
        results=counted_of(policy, entry, results),
        fixed_cost=0.0 if entry.fixed_cost is None else entry.fixed_cost,
        cost_of_result=0.0 if entry.cost_of_result is None else entry.cost_of_result,
        group=cell.channel,
        product=cell.product,
        region=cell.region,
        audience=cell.audience,
        buys_in=entry.buys_in,
    )


def _caution(policy: said.Policy) -> Caution | None:
    asked = policy.plan.caution
    return None if asked is None else Caution(asked.worst, asked.curves)


def _cautious(policy: said.Policy) -> tuple[str, ...]:
    """What the plan's figures mean where it is cautious."""
    asked = policy.plan.caution
    if asked is None:
        return ()
    return (
        f"This plan is cautious: what it brings is the mean of the worst {asked.worst:.0%} of "
        f"{asked.curves} draws of the curves, not what is expected.",
    )


def _check_caution(problem: AllocationProblem) -> None:
    """InputError where no curve says what else it may be."""
    if problem.caution is not None and not problem.unsure.any():
        found = "no curve says what else it may be: none was fitted to a history"
        expected = "Delete caution, or leave the curves of some channels to the history."
        raise InputError([Finding(POLICY, None, "plan.caution", found, expected)])


def _money(totals: tuple[Decimal, ...], budget: float | None, smallest: float) -> Floats:
    """(Q,) the approved totals, or in proportion to them what the policy names instead."""
    approved = np.asarray(totals, dtype=float)
    if budget is None:
        return approved
    return tied_out(approved * (budget / float(sum(totals))), smallest)
