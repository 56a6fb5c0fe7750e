"""Closing quarters: what is over stands as it was spent, and the plan goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate

import numpy as np

from models.carryover import adstock
from models.curve import Curves, ResponseCurve
from models.saturation import Floats
from optimizer.closed import Closed
from optimizer.plan import RESERVE, UNSPENT
from optimizer.problem import AllocationProblem
from optimizer.rules.package import ranked
from reallot.project import Project
from reallot.project.actuals import Actuals
from reallot.project.calendar import Calendar
from reallot.project.dates import first_day_of

SPENT = "closed: this is what was spent"
SET_ASIDE = "closed: this is what was set aside"
POOL = "closed: the pool as approved"
LEFT = "closed: what was left of the budget"
# As many gaps of the actuals are named in a message.
_MOST_GAPS = 3


def with_closed(
    project: Project, problem: AllocationProblem, approved: Floats
) -> AllocationProblem:
    """A scenario's problem with the quarters before `Project.from_quarter` closed.

    They stand at the actuals, or at the approved budget where these do not cover them; whatever the
    scenario, their budget is the ``approved`` one (Q,). What they left unspent stays unspent, but
    for the share that may shift to a later quarter. The pool is what the actuals set aside in rows
    of the reserve, or as approved. What came to more than its budget was drawn from the pool, as
    far as that held so much, unless later quarters make up for it.
    """
    count = project.closed_quarters
    if count == 0:
        return problem
    first = slice(0, count)
    spend = _spent(project, problem)
    pool = _told(project, problem, RESERVE, problem.current_pool)
    budget = problem.budget.copy()
    budget[first] = approved[first]
    left = (1 - problem.shift) * budget[first] - spend.sum(axis=0) - pool
    closed = Closed(
        spend,
        pool,
        _whole(np.maximum(left, 0.0), problem.minor_unit),
        _funded(project, problem, spend),
        _reasons(project, problem),
        _drawn(problem, spend, pool, budget),
    )
    warnings = (*problem.warnings, *_warnings(project, problem, closed, budget))
    return replace(problem, budget=budget, closed=closed, warnings=warnings)


def _drawn(problem: AllocationProblem, spend: Floats, pool: Floats, budget: Floats) -> Floats:
    """(K,) money on top of the budget that earlier quarters had set aside."""
    drawn = np.zeros(len(pool))
    if problem.shift == 0:
        over = np.maximum(spend.sum(axis=0) + pool - budget[: len(pool)], 0.0)
        for q in range(1, len(pool)):
            balance = float(pool[:q].sum() - drawn[:q].sum())
            drawn[q] = min(float(over[q]), max(balance, 0.0))
    return _whole(drawn, problem.minor_unit)


def carried_on(project: Project, curves: Curves) -> Curves:
    """The curves with what is carried over as the horizon begins.

    Actuals go on where the history ends; a history that goes on into closed quarters ends before
    them, as these carry over what they spent.
    """

    def of(curve: ResponseCurve) -> ResponseCurve:
        if project.closed_quarters:
            curve = _as_the_horizon_begins(project, curve)
        return curve if project.actuals is None else _gone_on(project, project.actuals, curve)

    results = {metric: tuple(map(of, own)) for metric, own in curves.results.items()}
    return Curves(tuple(map(of, curves.curves)), curves.warnings, results)


def _as_the_horizon_begins(project: Project, curve: ResponseCurve) -> ResponseCurve:
    history, first = project.history, first_day_of(project.budget.quarters[0])
    if history is None or curve.last_period is None or curve.last_period < first:
        return curve
    before = sum(start < first for start in history.starts)
    if before == 0 or curve.channel not in history.channels:
        return curve
    spend = history.spend[:before, history.channels.index(curve.channel)]
    state = adstock(spend, curve.carryover, history.period.per_quarter)[-1]
    return replace(curve, last_adstock=float(state), last_period=history.starts[before - 1])


def _gone_on(project: Project, actuals: Actuals, curve: ResponseCurve) -> ResponseCurve:
    course = actuals.spend.get(curve.channel)
    if course is None or curve.last_adstock is None or curve.last_period is None:
        return curve
    begin = curve.period.after(curve.last_period, 1)
    until = min(first_day_of(project.budget.quarters[0]), actuals.end)
    days = [when for when in course if begin <= when < until]
    if actuals.begin > begin or not days:
        return curve
    periods = Calendar(curve.period, (begin,)).positions(days)
    spend = np.zeros(int(periods.max()) + 1)
    np.add.at(spend, periods, [course[when] for when in days])
    *_, state = accumulate(
        spend.tolist(), lambda s, money: money + curve.carryover * s, initial=curve.last_adstock
    )
    last = curve.period.after(curve.last_period, len(spend))
    return replace(curve, last_adstock=state, last_period=last)


def _spent(project: Project, problem: AllocationProblem) -> Floats:
    """(C, K) what every channel spent."""
    lines = zip(problem.names, problem.current, strict=True)
    return np.array([_told(project, problem, name, approved) for name, approved in lines])


def _told(project: Project, problem: AllocationProblem, line: str, approved: Floats) -> Floats:
    """(K,) a line's actuals, or its approved amounts (Q,) where these say nothing of it."""
    quarters = problem.quarters[: project.closed_quarters]
    actual = [_actual(project, line, quarter) for quarter in quarters]
    told = [given if own is None else own for own, given in zip(actual, approved, strict=False)]
    return _whole(np.array(told), problem.minor_unit)


def _reasons(project: Project, problem: AllocationProblem) -> dict[tuple[str, str], str]:
    """Why every line of the closed quarters stands at what it has, by line and quarter."""
    reasons = {}
    for quarter in problem.quarters[: project.closed_quarters]:
        for name in problem.names:
            told = _actual(project, name, quarter) is not None
            reasons[name, quarter] = SPENT if told else _as_approved(project, name, quarter)
        told = _actual(project, RESERVE, quarter) is not None
        reasons[RESERVE, quarter] = SET_ASIDE if told else POOL
        reasons[UNSPENT, quarter] = LEFT
    return reasons


def _as_approved(project: Project, channel: str, quarter: str) -> str:
    """Why a channel stands at its approved amount."""
    actuals = project.actuals
    if actuals is None:
        why = "there is no actuals.csv"
    elif actuals.covers(quarter):
        why = f"{actuals.file} has no row of it in {quarter}"
    else:
        why = f"{actuals.file} does not tell of all of {quarter}"
    return f"closed: as approved, as {why}"


def _actual(project: Project, channel: str, quarter: str) -> float | None:
    actuals = project.actuals
    if actuals is None or not actuals.covers(quarter):
        return None
    return actuals.of(channel, quarter)


def _funded(project: Project, problem: AllocationProblem, spend: Floats) -> frozenset[str]:
    """The packages that a channel's spend paid for, in their order of rank."""
    funded = []
    for q, quarter in enumerate(problem.quarters[: project.closed_quarters]):
        for c, name in enumerate(problem.names):
            left = float(spend[c, q]) + 0.5 * problem.minor_unit
            for package in ranked(project.packages):
                if (package.channel, package.quarter) == (name, quarter) and package.cost <= left:
                    funded.append(package.name)
                    left -= package.cost
    return frozenset(funded)


def _warnings(
    project: Project, problem: AllocationProblem, closed: Closed, budget: Floats
) -> Iterator[str]:
    actuals, kept = project.actuals, {fund.channel for fund in project.policy.funds}
    for q, quarter in enumerate(problem.quarters[: len(closed)]):
        if actuals is None:
            yield f"{quarter} is closed at its approved budget: there is no actuals.csv."
            continue
        if gaps := actuals.gaps(quarter):
            yield (
                f"{quarter}: {actuals.file} has no row {_between(gaps)}: the quarter is closed at "
                "its approved budget. Write a row there, with 0 where nothing was spent."
            )
            continue
        silent = [
            name for name in problem.names if name not in kept and actuals.of(name, quarter) is None
        ]
        if silent:
            yield (
                f"{quarter}: {actuals.file} has no row of {', '.join(silent)}: closed as approved. "
                "Write a row with 0 where nothing was spent."
            )
        if lacking := _lacking(actuals, problem.names, quarter):
            yield f"{quarter}: {actuals.file} has no row of {lacking}: 0 counts there."
        over = float(closed.placed[q] - budget[q])
        if over > 0.5 * problem.minor_unit:
            drawn = float(closed.released[q])
            from_pool = f", {drawn:,.2f} of it drawn from the pool" if drawn > 0 else ""
            then = (
                "later quarters make up for it" if problem.shift else "later quarters keep theirs"
            )
            yield f"{quarter} came to {over:,.2f} more than its budget{from_pool}; {then}."
        elif closed.unspent[q] > 0:
            yield f"{quarter} left {closed.unspent[q]:,.2f} of its budget unspent; it stays so."
    if actuals is not None:
        unknown = sorted(set(actuals.spend) - {*problem.names, RESERVE})
        if unknown:
            yield f"{actuals.file}: {', '.join(unknown)} stand in no budget and do not count."


def _between(gaps: Sequence[tuple[date, date]]) -> str:
    """Where rows are missing: the first gaps, and how many more there are."""
    named = [
        f"of {first}" if first == last else f"between {first} and {last}"
        for first, last in gaps[:_MOST_GAPS]
    ]
    more = len(gaps) - len(named)
    return ", ".join(named) + (f" and in {more} more gap{'s' if more > 1 else ''}" if more else "")


def _lacking(actuals: Actuals, channels: Sequence[str], quarter: str) -> str:
    """The channels that have no row in some of the periods that others have; or nothing."""
    counts = {
        name: actuals.lacking(name, quarter)
        for name in channels
        if actuals.of(name, quarter) is not None
    }
    return ", ".join(
        f"{name} in {count} {actuals.rhythm}{'s' if count > 1 else ''}"
        for name, count in counts.items()
        if count
    )


def _whole(amounts: Floats, minor_unit: float) -> Floats:
    """Amounts in whole minor units."""
    if minor_unit == 0:
        return amounts
    return np.asarray(np.round(np.rint(amounts / minor_unit) * minor_unit, 6))
