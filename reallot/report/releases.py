"""Releases: what a hedge's plan takes from the pool, in which quarter, and to whom it goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.saturation import Floats
from optimizer.plan import Plan
from reallot.report.figures import counted, money, percent
from reallot.report.story import emergency_layer

# What is named of a quarter: so many channels at most, those that move at least so far.
NAMED, WORTH_NAMING = 4, 0.005


def released_by(plan: Plan) -> Floats:
    """(Q,) what is released from the pool in each quarter; 0 where that is no more than noise."""
    released = np.asarray((plan.allocation.spend - plan.allocation.own).sum(axis=0))
    closed = plan.problem.closed
    if closed is not None:
        released[: len(closed)] = closed.released
    return np.where(released > leeway(plan), released, 0.0)


def leeway(plan: Plan) -> float:
    """Money of a quarter that rounding may leave on the wrong side."""
    problem = plan.problem
    return 0.5 * max(problem.minor_unit, 1e-9 * float(problem.budget.max()))


def left_in_pool(plan: Plan) -> float:
    """What was set aside and is not released until the horizon's end."""
    return float(plan.allocation.pool.sum() - released_by(plan).sum())


def release_of(plan: Plan, q: int, more: Floats) -> list[str]:
    """What is released in one quarter, to whom, and what is set aside anew beside it.

    ``more`` (C,) is what channels get above what they would have without any release. Nothing
    where nothing is released.
    """
    problem, released = plan.problem, released_by(plan)
    given = float(released[q])
    if given == 0:
        return []
    parts = [f"{_how_much(plan, released, q)}{_to(problem.names, given, more, _rest(plan, q))}"]
    to_approve = float(_to_approve(plan, released)[q])
    if to_approve > leeway(plan):
        layer = money(to_approve, problem.currency)
        parts.append(f"{layer} of it from the emergency layer, which needs approval")
    anew = float(plan.allocation.pool[q])
    if anew > leeway(plan):
        parts.append(f"set aside {money(anew, problem.currency)} anew")
    return parts


def to_whom(released: float, more: Floats) -> Floats:
    """(C,) what is released, to those that get more than they would have without.

    Money has no marks on it: whose it is, is a matter of words. Where these get less than is
    released, the rest is in nobody's share.
    """
    raised = np.maximum(more, 0.0)
    whole = float(raised.sum())
    return raised * min(1.0, released / whole) if whole > 0 else 0 * raised


def largest(amounts: Floats) -> list[int]:
    """The positions of amounts above 0, the largest first."""
    return [int(c) for c in np.argsort(-amounts, kind="stable") if amounts[c] > 0]


def _how_much(plan: Plan, released: Floats, q: int) -> str:
    """release 44 % of the pool, 60.0 k CNY: of the balance that is in it by then."""
    given = float(released[q])
    share = given / float(plan.allocation.pool[:q].sum() - released[:q].sum())
    part = percent(share, 0) if share >= WORTH_NAMING else f"less than {percent(0.01, 0)}"
    return f"release {part} of the pool, {money(given, plan.problem.currency)}"


def _rest(plan: Plan, q: int) -> str:
    """In place of what money is released that raises nobody."""
    if plan.allocation.pool[q] > leeway(plan):
        return "in place of money that is set aside anew"
    return "in place of the quarter's own money"


def _to(names: Sequence[str], given: float, more: Floats, rest: str) -> str:
    """To one channel, or in brackets to several with their shares of the release."""
    amounts = to_whom(given, more)
    least = WORTH_NAMING * given
    worth = [c for c in largest(amounts) if amounts[c] >= least]
    chosen = worth[:NAMED]
    among_others = float(amounts.sum() - amounts[chosen].sum())
    nobodys = given - float(amounts.sum())
    if not worth:
        return f", {rest}"
    if len(chosen) == 1 and among_others < least and nobodys < least:
        return f", to {names[chosen[0]]}"
    to = [f"{percent(float(amounts[c]) / given, 0)} to {names[c]}" for c in chosen]
    if among_others >= least:
        count = len(largest(amounts)) - len(chosen)
        to.append(f"{percent(among_others / given, 0)} to {counted(count, 'other')}")
    if nobodys >= least:
        to.append(f"the rest {rest}")
    return f" ({', '.join(to)})"


def _to_approve(plan: Plan, released: Floats) -> Floats:
    """(Q,) what of the money released is of the emergency layer, which is the last to go."""
    layer = emergency_layer(plan.problem)
    if layer is None:
        return np.zeros(len(plan.problem.quarters))
    base = max(float(plan.allocation.pool.sum()) - layer, 0.0)
    beyond = np.maximum(np.cumsum(released) - base, 0.0)
    return np.diff(beyond, prepend=0.0)
