"""Diagnosis: why the rules cannot hold together, and the smallest change that makes them fit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from optimizer.box import Box
from optimizer.decision import decision_of
from optimizer.errors import Conflict, RulesCollide
from optimizer.form import Row
from optimizer.pieces import Scale
from optimizer.problem import Allocation
from optimizer.program import Program
from optimizer.relaxation import cuts
from optimizer.solve import Model, Outcome, Verdict
from optimizer.tangents import envelopes, promises, tangents
from optimizer.within_reach import most_to_ask, smallest_budget

# A violation below this share of an average cell is what the solver's own tolerance allows.
_NOTHING = 1e-6
_TANGENTS = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0)
_TARGET = "target"
# Rules of which every key has the same limit, or whose rows say the same with other amounts.
_ALIKE = frozenset({"elasticity", "budget", "pilots"})


@dataclass(frozen=True)
class _Group:
    """Rows that one number in the policy governs: same rule, side and limit."""

    rows: tuple[int, ...]
    first: Row


def collision(program: Program) -> RulesCollide:
    """What to raise where no decision keeps the rules of a program."""
    problem = program.problem
    return RulesCollide(problem.scenario, diagnose(program, problem.time_limit))


def diagnose(program: Program, seconds: float) -> Conflict:
    """A smallest set of colliding rules, with for each the change that alone makes all rules fit.

    Responses are taken at the most that any plan could bring. Where the rules then fit, only the
    curves themselves keep the rules about responses from holding, and these are named.

    The violation that is needed at least points to rows that cannot hold together (its duals are a
    Farkas certificate); rules are then left out one by one as long as the rest still collides, so
    that what remains is irreducible.
    """
    deadline = time.monotonic() + seconds
    impossible = program.limits.impossible
    if impossible:
        row, rule = program.rows[impossible[0]], program.owners[impossible[0]]
        remedy = rule.remedy(row, 0.0)
        helps = (remedy,) if remedy else ()
        return Conflict((rule.explain(row),), helps, ((row.rule, row.key),))
    if len(program.limits.with_response) and not _collide(program, _solvable(program), deadline):
        return _out_of_reach(program, deadline)
    colliding = _grouped(program, _certificate(program, deadline))
    groups = _irreducible(program, colliding, deadline)
    rules = tuple(_words(program, group) for group in groups)
    remedies = [_remedy(program, group, deadline) for group in _wider(program, groups)]
    names = _names(program, groups, remedies)
    return Conflict(rules, _said(remedies, program, groups, deadline), names)


def _said(
    remedies: Sequence[str | None], program: Program, groups: Sequence[_Group], deadline: float
) -> tuple[str, ...]:
    """The remedies that there are, and the budget that would do where a target is not met."""
    found = list(dict.fromkeys(text for text in remedies if text))
    if not found:
        found = _each_alone(program, deadline)
    if any(group.first.rule == _TARGET for group in groups):
        enough = smallest_budget(program.problem, deadline)
        if enough is not None:
            now, currency = float(program.problem.budget.sum()), program.problem.currency
            found.append(
                f"raise the budget from {now:,.2f} to {enough:,.2f} {currency}, the smallest that "
                "meets the targets"
            )
    return tuple(found)


def _each_alone(program: Program, deadline: float) -> list[str]:
    """How far each of several targets can go, where no change of one alone is enough."""
    targets = [i for i, row in enumerate(program.rows) if row.rule == _TARGET]
    if len(targets) < 2:
        return []
    reached = [(i, most_to_ask(program, i, deadline, alone=True)) for i in targets]
    texts = (program.owners[i].remedy(program.rows[i], most) for i, most in reached if most)
    return [f"leave the other targets out, and {text}" for text in texts if text]


def _out_of_reach(program: Program, deadline: float) -> Conflict:
    """The rules about responses, where straight lines above the curves would still meet them."""
    groups = _grouped(program, [program.limits.joint[n] for n in _about_responses(program)])
    rules = tuple(f"{_words(program, group)}, which no plan's curves reach" for group in groups)
    remedies = [
        _remedy(program, group, deadline) if group.first.rule == _TARGET else None
        for group in groups
    ]
    names = _names(program, groups, remedies)
    return Conflict(rules, _said(remedies, program, groups, deadline), names)


def _about_responses(program: Program) -> list[int]:
    joint = len(program.limits.joint)
    return [n for n in program.limits.with_response.tolist() if n < joint]


def _model(program: Program, rows: Sequence[int]) -> tuple[Model, float]:
    """The listed rows over amounts bounded by 0 only; responses at the most they could be.

    Returns the model and the response that counts as 1 in it.
    """
    response, layout = program.response, program.layout
    spoken_of = np.isin(response.position, program.limits.responses)
    part = response.take(np.flatnonzero(spoken_of))
    most = np.full((layout.channels, layout.quarters), float(program.problem.budget.max()))
    most = np.maximum(most, program.problem.holds)
    none, high = np.zeros(len(part.cell)), most.ravel()[part.cell]
    box = Box(none, high, none, np.sum(part.carry * most[part.channel], axis=1))
    env = envelopes(part, box)
    value = float(promises(part, env, *box.at(1.0)).max(initial=0.0)) or 1.0
    model = Model.of(program.build_unbounded(rows, value))
    columns, media = program.column_of[part.position], np.arange(layout.spends)
    for fraction in _TANGENTS:
        planes = tangents(part, env, *box.at(fraction))
        blocks = np.arange(len(part.cell))
        scale = Scale(program.unit, value)
        model.add_rows(cuts(part, scale, columns, media, blocks, planes))
    return model, value


def _solve(model: Model, deadline: float) -> Outcome:
    seconds = max(deadline - time.monotonic(), 1.0)
    return model.solve(seconds, _NOTHING) if model.mixed else model.relax(seconds)


def _solvable(program: Program) -> list[int]:
    return [i for i, form in enumerate(program.limits.forms) if len(form.cells)]


def _certificate(program: Program, deadline: float) -> list[int]:
    """Rows with a price in the least total violation: they collide among themselves."""
    rows = _solvable(program)
    model, _ = _model(program, rows)
    slacks = model.add_columns(-np.ones(len(rows)), np.zeros(len(rows)), np.full(len(rows), np.inf))
    for number, index in enumerate(rows):
        sign = -1.0 if program.rows[index].side == "max" else 1.0
        model.set_entry(number, int(slacks[number]), sign)
    if model.mixed:
        return rows
    outcome = model.relax(max(deadline - time.monotonic(), 1.0))
    if outcome.values is None:
        return rows
    # Behind the rules' rows stand those of links and tangents, which are nobody's rule.
    duals = outcome.row_duals[: len(rows)].tolist()
    return [i for i, dual in zip(rows, duals, strict=True) if abs(dual) > 1e-9]


def _irreducible(program: Program, groups: list[_Group], deadline: float) -> list[_Group]:
    """Leave groups out for good as long as the rest still collides."""
    core = list(groups)
    for group in groups:
        rest = [other for other in core if other is not group]
        rows = [index for other in rest for index in other.rows]
        if rows and time.monotonic() < deadline and _collide(program, rows, deadline):
            core = rest
    return core


def _collide(program: Program, rows: Sequence[int], deadline: float) -> bool:
    outcome = _solve(_model(program, rows)[0], deadline)
    return outcome.verdict is Verdict.INFEASIBLE


def _grouped(program: Program, rows: Sequence[int]) -> list[_Group]:
    groups: dict[tuple[str, str, float], list[int]] = {}
    for index in rows:
        row = program.rows[index]
        # Budgets and amounts differ by quarter; they are one rule all the same.
        limit = row.limit if row.unit == "%" else 0.0
        key = "" if row.rule in _ALIKE else row.key
        groups.setdefault((row.rule, row.side + key, limit), []).append(index)
    return [_Group(tuple(of), program.rows[of[0]]) for of in groups.values()]


def _wider(program: Program, groups: Sequence[_Group]) -> list[_Group]:
    """The groups with all rows that share their number, whether in the conflict or not."""
    whole = _grouped(program, _solvable(program))
    return [next((w for w in whole if g.rows[0] in w.rows), g) for g in groups]


def _words(program: Program, group: _Group) -> str:
    """The first row's rule in words, and the names of the others."""
    others = dict.fromkeys(program.rows[index].key for index in group.rows[1:])
    others.pop(group.first.key, None)
    names = list(others)
    text = program.explain(group.rows[0])
    if not names:
        return text
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{text} (likewise {', '.join(names[:3])}{more})"


def _names(
    program: Program, groups: Sequence[_Group], remedies: Sequence[str | None]
) -> tuple[tuple[str, str], ...]:
    """Rule and key of every row, those first whose group has a remedy."""
    helping = sorted(zip(groups, remedies, strict=True), key=lambda pair: pair[1] is None)
    rows = (program.rows[index] for group, _ in helping for index in group.rows)
    return tuple(dict.fromkeys((row.rule, row.key) for row in rows))


def _remedy(program: Program, group: _Group, deadline: float) -> str | None:
    """The least loosening of one group, all other rules kept, in words; None if it cannot help."""
    row = group.first
    if row.rule == _TARGET:
        most = most_to_ask(program, group.rows[0], deadline)
        return None if most is None else program.owners[group.rows[0]].remedy(row, most)
    loosening = _least_loosening(program, group, deadline)
    if loosening is None:
        return None
    limit = row.limit + (loosening if row.side == "max" else -loosening)
    rounded = _rounded_outward(limit, row.side == "max")
    return program.owners[group.rows[0]].remedy(row, rounded)


def _least_loosening(program: Program, group: _Group, deadline: float) -> float | None:
    """In units of the group's limits, the same for all its rows."""
    rows = _solvable(program)
    model, value = _model(program, rows)
    step = int(model.add_columns(-np.ones(1), np.zeros(1), np.full(1, np.inf))[0])
    limits = program.limits.with_rows(rows, program.limits.links)
    # Shares of planned money or of responses: the step is taken at the current budget.
    base = program.problem.base
    now = decision_of(program, Allocation.of(program.problem, base, 0 * program.problem.budget))
    scales = program.scales(value)
    for number, index in enumerate(rows):
        if index in group.rows:
            row = program.rows[index]
            side = -1.0 if row.side == "max" else 1.0
            model.set_entry(number, step, side * row.base.at(now) / limits.scale_of(number, scales))
    outcome = _solve(model, deadline)
    if outcome.values is None or not outcome.values[step] > _NOTHING:
        return None
    # What was found keeps all other rules, so what it needs of this one is enough.
    found, there = np.zeros(program.width), program.column_of >= 0
    found[there] = outcome.values[program.column_of[there]] * scales[there]
    return max(_needed(program.rows[index], found) for index in group.rows)


def _needed(row: Row, decision: Floats) -> float:
    """By how much the limit of a row must be looser for a decision to keep it."""
    base = row.base.at(decision)
    return row.excess(decision) / base if base else 0.0


def _rounded_outward(limit: float, up: bool) -> float:
    """Two more decimals than people write, in the direction that surely helps."""
    scale = 100.0
    whole = np.ceil(limit * scale - 1e-6) if up else np.floor(limit * scale + 1e-6)
    return float(whole) / scale
