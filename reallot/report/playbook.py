"""The playbook: what to do later in each scenario, in sentences and amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from reallot.report.figures import money, percent, percent_signed, share_of
from reallot.report.story import emergency_layer
from scenarios.hedge import Hedge

# What is named of a quarter: so many channels at most, those that move at least so far.
_NAMED, _WORTH_NAMING = 4, 0.005


@dataclass(frozen=True)
class Chapter:
    """The playbook of one scenario: sentences, and a line per channel and the pool.

    ``lines`` are a name, and per later quarter the amount with its change on the approved one.
    """

    scenario: str
    probability: float
    signal: str | None
    sentences: tuple[str, ...]
    lines: tuple[tuple[str, tuple[tuple[float, float | None], ...]], ...]


def playbook(hedge: Hedge, signals: Mapping[str, str | None]) -> tuple[Chapter, ...]:
    """What to do later, scenario by scenario."""
    return tuple(
        Chapter(
            plan.problem.scenario,
            future.probability,
            signals.get(plan.problem.scenario),
            tuple(_sentences(plan, hedge.now)),
            tuple(_lines(plan, hedge.now)),
        )
        for plan, future in zip(hedge.plans, hedge.futures, strict=True)
    )


def _lines(plan: Plan, now: int) -> list[tuple[str, tuple[tuple[float, float | None], ...]]]:
    quarters = range(now + 1, len(plan.problem.quarters))
    approved, amounts = plan.approved, plan.recommended
    return [
        (
            name,
            tuple(
                (float(amounts[n, q]), share_of(float(amounts[n, q]), float(approved[n, q])))
                for q in quarters
            ),
        )
        for n, name in enumerate(plan.lines)
    ]


def _sentences(plan: Plan, now: int) -> list[str]:
    """One per later quarter: what is released, and who gets more or less."""
    problem, allocation = plan.problem, plan.allocation
    released, to_approve = released_by(plan), _to_approve(plan)
    said = []
    for q, quarter in enumerate(problem.quarters[now + 1 :], start=now + 1):
        # What a channel has without any release: its part of the budget, or what was approved.
        without = np.maximum(problem.base[:, q], problem.current[:, q])
        given = _to_whom(float(released[q]), allocation.spend[:, q] - without)
        balance = float(allocation.pool[:q].sum() - released[:q].sum())
        parts = _released(problem, given, balance)
        if parts and to_approve[q] > 0:
            layer = money(float(to_approve[q]), problem.currency)
            parts.append(f"{layer} of it from the emergency layer, which needs approval")
        parts += _moved(problem.names, allocation.spend[:, q], problem.current[:, q], given == 0)
        said.append(f"{quarter}: {', '.join(parts) if parts else 'as approved'}.")
    return said


def _to_approve(plan: Plan) -> Floats:
    """(Q,) what of the money released is of the emergency layer, which is the last to go."""
    layer = emergency_layer(plan.problem)
    if layer is None:
        return np.zeros(len(plan.problem.quarters))
    base = max(float(plan.allocation.pool.sum()) - layer, 0.0)
    beyond = np.maximum(np.cumsum(released_by(plan)) - base, 0.0)
    return np.diff(beyond, prepend=0.0)


def _to_whom(released: float, more: Floats) -> Floats:
    """(C,) what is released, to those that get more than they would have without.

    Money has no marks on it: whose it is, is a matter of words.
    """
    raised = np.maximum(more, 0.0)
    whole = float(raised.sum())
    return raised * min(1.0, released / whole) if whole > 0 else 0 * raised


def _released(problem: AllocationProblem, amounts: Floats, balance: float) -> list[str]:
    """release 4 % of the pool, 60.0 k CNY, to Private Domain; or to several, the most first.

    The pool is the ``balance`` that is in it by then.
    """
    given, names = float(amounts.sum()), problem.names
    if balance <= 0 or given < _WORTH_NAMING * balance:
        return []
    chosen = [c for c in _largest(amounts) if amounts[c] >= _WORTH_NAMING * balance]
    rest = given - float(amounts[chosen].sum())
    release = f"release {percent(given / balance, 0)} of the pool, {money(given, problem.currency)}"
    if len(chosen) == 1 and rest < _WORTH_NAMING * balance:
        return [f"{release}, to {names[chosen[0]]}"]
    to = [f"{percent(float(amounts[c]) / balance, 0)} to {names[c]}" for c in chosen]
    if rest >= _WORTH_NAMING * balance:
        to.append(f"{percent(rest / balance, 0)} to others")
    return [f"{release} ({', '.join(to)})"]


def _moved(
    names: Sequence[str], amounts: Floats, current: Floats, of: NDArray[np.bool_]
) -> list[str]:
    """Outdoor −5 %, for those ``of`` the channels (C,) whose money changes most."""
    change = np.where(of, amounts - current, 0.0)
    shares = np.divide(change, current, out=np.zeros_like(change), where=current > 0)
    chosen = [c for c in _largest(np.abs(change)) if abs(shares[c]) >= _WORTH_NAMING]
    return [f"{names[c]} {percent_signed(float(shares[c]), 0)}" for c in chosen]


def _largest(amounts: Floats) -> list[int]:
    return [int(c) for c in np.argsort(-amounts, kind="stable")[:_NAMED] if amounts[c] > 0]


def released_by(plan: Plan) -> Floats:
    """(Q,) what is released from the pool in each quarter."""
    return np.asarray((plan.allocation.spend - plan.allocation.own).sum(axis=0))
