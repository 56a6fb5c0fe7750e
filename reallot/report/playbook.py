"""The playbook: what to do later in each scenario, in sentences and amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from reallot.report.figures import counted, money, percent_signed, share_of
from reallot.report.ranking import ranking
from reallot.report.releases import (
    NAMED,
    WORTH_NAMING,
    largest,
    leeway,
    release_of,
    released_by,
    to_whom,
)
from scenarios.hedge import Hedge


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
    """What to do later, scenario by scenario; those of which nothing is to be said are left out."""
    chapters = (
        Chapter(
            plan.problem.scenario,
            future.probability,
            signals.get(plan.problem.scenario),
            (
                *_gave_way(plan),
                *_against_own_budget(plan, hedge.now, float(future.problem.budget[hedge.now])),
                *_sentences(plan, hedge.now),
            ),
            tuple(_lines(plan, hedge.now)),
        )
        for plan, future in zip(hedge.plans, hedge.futures, strict=True)
    )
    return tuple(chapter for chapter in chapters if chapter.sentences)


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


def _gave_way(plan: Plan) -> Iterator[str]:
    """Which rules of a scenario give way and how far, the furthest first."""
    far = sorted(plan.bent, key=lambda bent: -bent.excess / (abs(bent.limit) or 1.0))
    if far:
        yield f"The rules cannot all hold here. {_capitalised(far[0].text)}."
    yield from (f"{_capitalised(bent.text)}." for bent in far[1:])


def _against_own_budget(plan: Plan, now: int, own: float) -> Iterator[str]:
    """What this quarter takes beside a scenario's ``own`` budget of it, which does not bind it."""
    problem, allocation = plan.problem, plan.allocation
    takes = float(allocation.spend[:, now].sum() + allocation.pool[now] - released_by(plan)[now])
    beyond = takes - own
    if abs(float(problem.budget[now]) - own) <= leeway(plan) or abs(beyond) <= leeway(plan):
        return
    keep = "; later quarters keep theirs" if problem.quarters[now + 1 :] else ""
    yield (
        f"What is done now takes {money(abs(beyond), problem.currency)} "
        f"{'more' if beyond > 0 else 'less'} than {problem.scenario}'s own budget of "
        f"{problem.quarters[now]}{keep}."
    )


def do_now(hedge: Hedge) -> tuple[str, ...]:
    """What is to be known of this quarter beside its amounts, whichever scenario comes."""
    plan, now = hedge.plans[0], hedge.now
    # As it was before this quarter was decided, so that its amounts are measured from its budget.
    undecided = replace(plan.problem, closed=hedge.futures[0].problem.closed)
    parts = release_of(plan, now, _more(plan, undecided, now))
    parts += _funded(plan, plan.problem.quarters[now])
    return (f"{_capitalised(', '.join(parts))}.",) if parts else ()


def _sentences(plan: Plan, now: int) -> list[str]:
    """One per later quarter: what is released, and who gets more or less."""
    problem, spend, released = plan.problem, plan.allocation.spend, released_by(plan)
    said = []
    for q, quarter in enumerate(problem.quarters[now + 1 :], start=now + 1):
        more = _more(plan, problem, q)
        parts = release_of(plan, q, more)
        given = to_whom(float(released[q]), more)
        parts += _funded(plan, quarter)
        parts += _moved(problem.names, spend[:, q], problem.current[:, q], given == 0)
        said.append(f"{quarter}: {', '.join(parts) if parts else 'as approved'}.")
    return said


def _funded(plan: Plan, quarter: str) -> list[str]:
    """Which decision packages of a quarter get their money, where any asks for it."""
    asking = [rank for rank in ranking(plan) if rank.quarter == quarter]
    names = [rank.package for rank in asking if rank.funded]
    if not asking:
        return []
    if not names:
        return ["fund no package"]
    several = f"{', '.join(names[:-1])} and " if names[1:] else ""
    return [f"fund the package{'s' if several else ''} {several}{names[-1]}"]


def _more(plan: Plan, problem: AllocationProblem, q: int) -> Floats:
    """(C,) what channels get above their part of the budget, or above what was approved."""
    return np.asarray(
        plan.allocation.spend[:, q] - np.maximum(problem.base[:, q], problem.current[:, q])
    )


def _moved(
    names: Sequence[str], amounts: Floats, current: Floats, of: NDArray[np.bool_]
) -> list[str]:
    """Outdoor −5 %, for those ``of`` the channels (C,) whose money changes most."""
    change = np.where(of, amounts - current, 0.0)
    shares = np.divide(change, current, out=np.zeros_like(change), where=current > 0)
    worth = [c for c in largest(np.abs(change)) if abs(shares[c]) >= WORTH_NAMING]
    moved = [f"{names[c]} {percent_signed(float(shares[c]), 0)}" for c in worth[:NAMED]]
    if len(worth) > NAMED:
        moved[-1] += f" and {counted(len(worth) - NAMED, 'other')}"
    return moved


def _capitalised(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
