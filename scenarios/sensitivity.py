"""Sensitivity: how far a plan depends on what it is made from, and where it would change.

Every input is moved alone, and the problem planned again. What the new plan brings says what the
input is worth; what the old plan brings there, what not noticing costs; and how much money moves
between the two, whether the recommendation depends on it at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.saturation import Floats
from optimizer.decision import decision_of
from optimizer.plan import Plan
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import violations
from scenarios.inputs import BUDGET, Input, inputs_of
from scenarios.replan import Answer, NoPlan, replan

STEPS = (-0.2, -0.1, 0.1, 0.2)
# Turning points are looked for up to here, for so many inputs, to a point of a per cent.
FURTHEST = 0.5
MOST_TURNS = 6
_EXACT = 0.01
# The recommendation is another one where more than this share of the budget moves ...
MOVED = 0.05
# ... or a channel is raised instead of cut, by more than this share of its base.
_CHANGED = 0.01


@dataclass(frozen=True)
class Step:
    """An input moved by a share ``by``.

    ``objective`` is the new plan's, ``held`` that of the old plan, None where it breaks a rule
    there. ``moved`` is the money that stands elsewhere in the new plan; for another budget, than
    in the old plan in proportion to it. All None where the rules collide or time ran out: ``why``.
    """

    by: float
    objective: float | None
    held: float | None
    moved: float | None
    why: NoPlan | None = None


@dataclass(frozen=True)
class Turn:
    """Where the recommendation changes as an input moves to one side.

    ``by`` is the smallest move found (to a point), None where nothing changes up to `FURTHEST`.
    ``no_longer_raised`` are channels that are cut from there on, ``no_longer_cut`` the reverse,
    measured against their part of the budget there;
    ``moved`` is the share of the budget that stands elsewhere. ``why`` says why no plan is left.
    """

    by: float | None
    no_longer_raised: tuple[str, ...] = ()
    no_longer_cut: tuple[str, ...] = ()
    moved: float = 0.0
    why: NoPlan | None = None


@dataclass(frozen=True)
class Effect:
    """What one input does: at every step of `STEPS`, and where the recommendation turns.

    ``alike`` and ``share`` are as of its `Input`. ``down`` and ``up`` are None where no turning
    point was looked for: they are for the inputs that move most money.
    """

    input: str
    channel: str | None
    alike: tuple[str, ...]
    steps: tuple[Step, ...]
    share: float | None = None
    down: Turn | None = None
    up: Turn | None = None

    @property
    def swing(self) -> float:
        """How far apart the objectives of its steps lie."""
        found = [step.objective for step in self.steps if step.objective is not None]
        return max(found) - min(found) if found else 0.0

    @property
    def most_moved(self) -> float:
        """The most money that any of its steps moves; infinite where one leaves no plan."""
        return max(np.inf if step.moved is None else step.moved for step in self.steps)


@dataclass(frozen=True)
class Sensitivity:
    """All inputs of a plan, the one that swings the objective furthest first."""

    plan: Plan
    effects: tuple[Effect, ...]
    notes: tuple[str, ...]


def sensitivity(
    plan: Plan,
    jobs: int | None = None,
    counting: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> Sensitivity:
    """Move every input of a plan; ``counting`` gets the number of plans of each round to come."""
    problem = _light(plan.problem)
    inputs, notes = inputs_of(replace(plan, problem=problem))
    tasks = [(one, by) for one in inputs for by in STEPS]
    problems = [_moved(one, problem, by) for one, by in tasks]
    answers = replan(problems, jobs, counting(len(problems)))
    steps = [
        _step(plan, there, by, found)
        for (_, by), there, found in zip(tasks, problems, answers, strict=True)
    ]
    per = len(STEPS)
    effects = [
        Effect(one.name, one.channel, one.alike, tuple(steps[n * per : (n + 1) * per]), one.share)
        for n, one in enumerate(inputs)
    ]
    search = _Search(plan, problem, jobs, counting)
    furthest = sorted(range(len(inputs)), key=lambda n: -effects[n].swing)
    # What moves the plan itself may turn it; what only makes it worth more does not.
    for n in sorted(furthest, key=lambda n: -effects[n].most_moved)[:MOST_TURNS]:
        for side in (-1, 1):
            own = [(by, answers[n * per + k]) for k, by in enumerate(STEPS) if by * side > 0]
            search.begin(n, inputs[n], side, sorted(own, key=lambda step: abs(step[0])))
    turns = search.run()
    found = tuple(
        replace(effects[n], down=turns.get((n, -1)), up=turns.get((n, 1))) for n in furthest
    )
    return Sensitivity(plan, found, notes)


def _light(problem: AllocationProblem) -> AllocationProblem:
    """The problem without what only doubt asks: replanning is quicker without it."""
    if problem.caution is not None:
        return replace(problem, warnings=())
    channels = tuple(
        replace(
            channel,
            curve=None if channel.curve is None else replace(channel.curve, members=()),
            results={
                metric: replace(result, curve=replace(result.curve, members=()))
                for metric, result in channel.results.items()
            },
        )
        for channel in problem.channels
    )
    return replace(problem, channels=channels, warnings=())


def _moved(one: Input, problem: AllocationProblem, by: float) -> AllocationProblem:
    return one.moved(problem, 1 + by)


def _step(plan: Plan, there: AllocationProblem, by: float, found: Answer | NoPlan) -> Step:
    if not isinstance(found, Answer):
        return Step(by, None, _held(plan, there), None, found)
    return Step(by, found.objective, _held(plan, there), _apart(plan, there, found))


def _held(plan: Plan, there: AllocationProblem) -> float | None:
    """What the old plan brings where an input has moved; None where it breaks a rule."""
    old = plan.allocation
    held = Allocation(there, old.spend, old.pool, old.unspent, old.funded)
    program = Program(there)
    gave_way = {(bent.rule, bent.key) for bent in plan.bent}
    if any((found.rule, found.key) not in gave_way for found in violations(held)):
        return None
    return there.sign * program.objective.at(decision_of(program, held))


def _apart(plan: Plan, there: AllocationProblem, found: Answer) -> float:
    """Money that stands elsewhere in the new plan."""
    old, ratio = plan.allocation, _ratio(plan, there)
    apart = (
        np.abs(found.spend - ratio * old.spend).sum() + np.abs(found.pool - ratio * old.pool).sum()
    )
    return 0.5 * float(apart)


def _ratio(plan: Plan, there: AllocationProblem) -> Floats:
    """(Q,) the new budget over the old one."""
    was = plan.problem.budget
    return np.divide(there.budget, was, out=np.ones_like(was), where=was > 0)


def _direction(problem: AllocationProblem, spend: Floats) -> Floats:
    """(C,) 1 where a channel is raised over the horizon, -1 where it is cut, 0 where it is kept."""
    base = problem.base.sum(axis=1)
    change = spend.sum(axis=1) - base
    return np.sign(np.where(np.abs(change) > _CHANGED * base, change, 0.0))


@dataclass
class _Side:
    """One input on one side: between ``same`` and ``other`` the recommendation changes."""

    number: int
    input: Input
    side: int
    same: float = 0.0
    other: float | None = None
    turn: Turn | None = None
    given_up: bool = False

    @property
    def next(self) -> float | None:
        """The next move to try, as a share above 0; None where it is settled."""
        if self.given_up:
            return None
        if self.other is None:
            return FURTHEST
        return None if self.other - self.same <= _EXACT else 0.5 * (self.same + self.other)


class _Search:
    """Bisection for turning points, all sides at once, so that every round is planned together."""

    def __init__(
        self,
        plan: Plan,
        problem: AllocationProblem,
        jobs: int | None,
        counting: Callable[[int], Callable[[], None]],
    ) -> None:
        self.plan, self.problem, self.jobs, self.counting = plan, problem, jobs, counting
        self.usual = _direction(plan.problem, plan.allocation.spend)
        self.sides: list[_Side] = []

    def begin(
        self, number: int, one: Input, side: int, known: Sequence[tuple[float, Answer | NoPlan]]
    ) -> None:
        """Take up an input on one side, where some moves, the smallest first, are known."""
        of = _Side(number, one, side)
        for by, found in known:
            if of.other is None:
                self._learn(of, abs(by), _moved(one, self.problem, by), found)
        self.sides.append(of)

    def run(self) -> dict[tuple[int, int], Turn]:
        """The turn of every side, by the input's number and the side's sign."""
        while asked := [(of, by) for of in self.sides if (by := of.next) is not None]:
            problems = [_moved(of.input, self.problem, of.side * by) for of, by in asked]
            answers = replan(problems, self.jobs, self.counting(len(problems)))
            for (of, by), there, found in zip(asked, problems, answers, strict=True):
                self._learn(of, by, there, found)
                of.given_up = of.other is None
        return {(of.number, of.side): of.turn or Turn(None) for of in self.sides}

    def _learn(
        self, of: _Side, by: float, there: AllocationProblem, found: Answer | NoPlan
    ) -> None:
        turn = self._turn(of.side * by, there, found)
        if turn is None:
            of.same = by
        else:
            of.other, of.turn = by, turn

    def _turn(self, by: float, there: AllocationProblem, found: Answer | NoPlan) -> Turn | None:
        """What changes at a move, None where the recommendation is the same."""
        if not isinstance(found, Answer):
            return Turn(by, why=found)
        now = _direction(there, found.spend)
        names = self.problem.names
        cut = tuple(n for n, a, b in zip(names, self.usual, now, strict=True) if a > 0 > b)
        raised = tuple(n for n, a, b in zip(names, self.usual, now, strict=True) if a < 0 < b)
        moved = _apart(self.plan, there, found) / (float(there.budget.sum()) or 1.0)
        return Turn(by, cut, raised, moved) if cut or raised or moved > MOVED else None


Direction = Literal["down", "up"]


def in_words(effect: Effect, direction: Direction) -> str:
    """Where the recommendation changes, as a sentence; empty where it was not looked for."""
    turn = effect.down if direction == "down" else effect.up
    if turn is None:
        return ""
    way = f"the {effect.input} {'falls' if direction == 'down' else 'rises'}"
    if turn.by is None:
        return f"The recommendation stays while {way} by up to {100 * FURTHEST:.0f} %."
    to = "" if effect.share is None else f" (to {100 * effect.share * (1 + turn.by):.1f} %)"
    start = f"If {way} by more than about {100 * abs(turn.by):.0f} %{to}, "
    if turn.why is not None:
        what = "the rules cannot all hold" if turn.why == "collided" else "no plan is found in time"
        return f"{start}{what}."
    cut, raised = "is no longer raised but cut", "is no longer cut but raised"
    if effect.input == BUDGET:
        # A channel may get more of a larger budget, and still less than its part of it.
        cut, raised = "gets less than its part of it", "gets more than its part of it"
    changes = [f"{channel} {cut}" for channel in turn.no_longer_raised]
    changes += [f"{channel} {raised}" for channel in turn.no_longer_cut]
    if not changes:
        changes = [f"{100 * turn.moved:.1f} % of the budget stands elsewhere"]
    return f"{start}{', '.join(changes)}."
