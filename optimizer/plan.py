"""The plan: what to do, how good it is at least, and what every rule costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.saturation import Floats
from optimizer.form import Side
from optimizer.problem import Allocation, AllocationProblem

if TYPE_CHECKING:
    from optimizer.doubt import Doubt

Status = Literal["optimal", "time_limit"]

RESERVE = "reserve"
UNSPENT = "unspent"


@dataclass(frozen=True)
class PlanRow:
    """One channel (or the reserve, or what stays unspent) in one quarter; in money.

    ``change_pct`` is in per cent, None where the current amount is 0. ``expected_response`` is this
    spend's part of the objective (of the response, where the objective is least money),
    ``marginal_return`` what a further unit of money brings (None for the reserve and for channels
    of which nothing is known). ``reason`` is one sentence.
    """

    quarter: str
    channel: str
    current: float
    recommended: float
    change: float
    change_pct: float | None
    expected_response: float
    marginal_return: float | None
    reason: str


@dataclass(frozen=True)
class RuleEntry:
    """One row of one rule, seen from one side.

    ``limit``, ``used`` and ``slack`` are in ``unit`` (a currency code, "%" for percentage points,
    or the unit of another resource). ``price`` is the objective gained by loosening ``limit`` by
    one unit, 0 for a rule that gave way: its limit is passed already (see `Bent`), and ``slack`` is
    below 0. ``quarter`` is None for rules over the whole horizon. ``counted`` is whether the limit
    is a number of things. ``text`` says it in words.
    """

    rule: str
    key: str
    quarter: str | None
    side: Side
    limit: float
    used: float
    slack: float
    price: float
    unit: str
    binding: bool
    text: str
    counted: bool = False


@dataclass(frozen=True)
class Bent:
    """One side of a rule that gave way because the rules could not all hold.

    The plan ``used`` so much of what ``limit`` allows, and so goes ``excess`` beyond it, all in
    ``unit``; ``level`` is that of the policy's ``bends``. ``price`` is the objective that giving
    way by one unit more would gain: none of it is taken, as rules give way for feasibility only.
    """

    rule: str
    key: str
    quarter: str | None
    side: Side
    limit: float
    used: float
    excess: float
    unit: str
    level: int
    price: float
    text: str


@dataclass(frozen=True)
class Plan:
    """A certified plan for one scenario: no plan within the rules brings more than ``bound``.

    ``objective`` is that of the rounded plan under the curves themselves: response or profit, to
    be as much as possible (``sense`` "max"), or money, to be as little (``sense`` "min": then no
    plan needs less than ``bound``). ``current_objective`` is that of the approved budget,
    ``comparable_objective`` that of the approved budget cut pro rata to the money this plan spends.
    ``bent`` are the rules that gave way. ``gap`` is
    (bound - objective) / max(|objective|, |current_objective|, 1 minor unit), rounding included.
    ``status`` is "time_limit" where the clock stopped the proof. ``doubt`` says how sure the gain
    is, None where the curves are certain.
    """

    problem: AllocationProblem
    allocation: Allocation
    status: Status
    objective: float
    bound: float
    gap: float
    current_objective: float
    comparable_objective: float
    rows: tuple[PlanRow, ...]
    rules: tuple[RuleEntry, ...]
    bent: tuple[Bent, ...] = ()
    warnings: tuple[str, ...] = ()
    sense: Literal["max", "min"] = "max"
    doubt: Doubt | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of a quarter's rows: channels, reserve, and what stays unspent if it may."""
        rest = (UNSPENT,) if self.problem.may_leave_unspent else ()
        return (*self.problem.names, RESERVE, *rest)

    @property
    def approved(self) -> Floats:
        """(lines, Q) the money to move away from."""
        problem = self.problem
        rows = np.vstack([problem.current, problem.current_pool, 0 * problem.current_pool])
        return np.asarray(rows[: len(self.lines)])

    @property
    def recommended(self) -> Floats:
        """(lines, Q) the money as planned."""
        plan = self.allocation
        return np.vstack([plan.spend, plan.pool, plan.unspent])[: len(self.lines)]

    @property
    def measured_against(self) -> float:
        """The objective that the gain is measured against.

        For response, where all money is spent, that of the same money spent as approved; where the
        budget is a ceiling, that of the approved budget as it stands.
        """
        if self.problem.objective == "response":
            return self.comparable_objective
        return self.current_objective

    @property
    def gain(self) -> float:
        """Response or profit that the plan brings on top, or money that it saves."""
        return self.problem.sign * (self.objective - self.measured_against)

    @property
    def upper_bound(self) -> float | None:
        """The most that the objective may be; None where it is minimised."""
        return self.bound if self.sense == "max" else None
