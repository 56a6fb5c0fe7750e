"""The allocation problem: everything a plan depends on, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.curve import ResponseCurve
from models.saturation import Floats
from optimizer.caution import Caution
from optimizer.channel import Channel
from optimizer.closed import Closed
from optimizer.layout import Layout
from optimizer.stages import Stages

if TYPE_CHECKING:
    from optimizer.rules.rule import Rule


RESPONSE = "response"
# Most response for the whole budget, most value beyond what is spent, or least money.
Objective = Literal["response", "profit", "spend"]


@dataclass(frozen=True)
class AllocationProblem:
    """C channels, Q quarters, one scenario.

    ``current``      (C, Q) approved money to move away from.
    ``current_pool`` (Q,) approved money in the reserve pool.
    ``budget``       (Q,) money of this scenario's quarters, pool included.
    ``demand``       (C, Q) factor on response; 1 is what the curves were fitted on.
    ``media_price``  (C, Q) factor on prices: money buys 1 / media_price of what it bought.
    ``pacing``       per channel: shares of a quarter's spend per period of its curve, adding to 1;
                     None means even.
    ``objective``    what is maximised (response, profit) or minimised (spend); except for
                     response, the budget is a ceiling and money may stay unspent.
    ``shift``        share of a quarter's budget that may move to another quarter.
    ``bends``        the level (1 to 9) at which a rule gives way where the rules cannot all hold,
                     by rule and key; key "" stands for every key of the rule.
    ``minor_unit``   the currency's smallest amount; 0 turns rounding off.
    ``caution``      what share of which of the curves' members counts in place of the expectation;
                     None for the expectation.
    ``closed``       the amounts of the first quarters, where these are spent or decided already.
    ``base_budget``  (Q,) the budget that elasticity is measured from; None for ``budget`` itself.
    ``stages``       how it is planned in two stages, as a future of a hedge is; None for one.
    ``tolerance``    the gap at which a plan counts as optimal; ``time_limit`` in seconds.
    """

    scenario: str
    currency: str
    first_day: date
    quarters: tuple[str, ...]
    channels: tuple[Channel, ...]
    current: Floats
    current_pool: Floats
    budget: Floats
    demand: Floats
    media_price: Floats
    pacing: tuple[tuple[float, ...] | None, ...]
    rules: tuple[Rule, ...] = ()
    objective: Objective = "response"
    shift: float = 0.0
    bends: Mapping[tuple[str, str], int] = field(default_factory=dict)
    minor_unit: float = 0.01
    caution: Caution | None = None
    closed: Closed | None = None
    base_budget: Floats | None = None
    stages: Stages | None = None
    tolerance: float = 1e-4
    time_limit: float = 60.0
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        cells = (len(self.channels), len(self.quarters))
        tables = (self.current, self.demand, self.media_price)
        if any(a.shape != cells for a in tables):
            raise ValueError(f"current, demand and media_price must have shape {cells}")
        if self.current_pool.shape != cells[1:] or self.budget.shape != cells[1:]:
            raise ValueError(f"current_pool and budget must have shape {cells[1:]}")
        if len(self.pacing) != cells[0]:
            raise ValueError(f"pacing must name {cells[0]} channels")
        if any(np.any(~(a >= 0)) for a in (*tables, self.current_pool, self.budget)):
            raise ValueError("amounts and factors must be 0 or more and not NaN")
        if np.any(self.media_price == 0):
            raise ValueError("a media price must be above 0")
        if any(rule == "budget" for rule, _ in self.bends):
            raise ValueError("the budget never bends")
        if not set(self.bends.values()) <= set(range(1, 10)):
            raise ValueError("rules bend at levels 1 to 9")
        if self.caution is not None and self.objective == "spend":
            raise ValueError("the least money is no matter of what it brings: caution has no say")
        closed = self.closed
        if closed is not None and not (
            len(closed.spend) == cells[0] and 1 <= len(closed) <= cells[1]
        ):
            raise ValueError("closed amounts must be of the same channels and the first quarters")

    @cached_property
    def layout(self) -> Layout:
        """Where each amount of a decision stands."""
        kinds = len(self.results) * (1 + len(self.draws))
        return Layout(len(self.channels), len(self.quarters), kinds)

    @cached_property
    def results(self) -> tuple[str, ...]:
        """What the plan's money brings, by name: the response, then every metric with a curve."""
        metrics = (metric for channel in self.channels for metric in channel.results)
        return (RESPONSE, *dict.fromkeys(metrics))

    @cached_property
    def values(self) -> Floats:
        """(results, C) what a unit of each result counts in the objective."""
        values = np.zeros((len(self.results), len(self.channels)))
        for c, channel in enumerate(self.channels):
            values[0, c] = channel.value
            for metric, result in channel.results.items():
                values[self.results.index(metric), c] = result.value
        return values

    @cached_property
    def draws(self) -> tuple[int, ...]:
        """The positions of the members that caution looks at; none without it."""
        if self.caution is None:
            return ()
        counts = [len(curve.members) for _, _, curve in self.expected if curve.members]
        return self.caution.of(min(counts, default=0))

    @cached_property
    def unsure(self) -> np.ndarray:
        """(results, C) what counts by the draws of its curve in place of the curve itself."""
        unsure = np.zeros(self.values.shape, dtype=bool)
        for result, c, curve in self.expected:
            unsure[result, c] = bool(self.draws and curve.members and self.values[result, c])
        return unsure

    @property
    def curves(self) -> Iterator[tuple[int, int, ResponseCurve]]:
        """Kind of result, channel and curve, of everything that is known to bring something.

        The results in their order as they are expected, then again as in each draw: a draw's curves
        are scaled alike, so that at the current budget they bring on average what is expected.
        """
        yield from self.expected
        scales = {
            (result, c): self._scale(c, curve)
            for result, c, curve in self.expected
            if self.unsure[result, c]
        }
        for number, draw in enumerate(self.draws, start=1):
            for result, c, curve in self.expected:
                if self.unsure[result, c]:
                    drawn = curve.drawn(draw)
                    drawn = replace(drawn, top=scales[result, c] * drawn.top)
                    yield number * len(self.results) + result, c, drawn

    @property
    def expected(self) -> Iterator[tuple[int, int, ResponseCurve]]:
        """The same as it is expected, without draws."""
        for number, name in enumerate(self.results):
            for c, channel in enumerate(self.channels):
                result = channel.results.get(name)
                curve = channel.curve if number == 0 else result.curve if result else None
                if curve is not None:
                    yield number, c, curve

    def _scale(self, c: int, curve: ResponseCurve) -> float:
        """What the draws of a curve bring on average goes into what the curve itself brings."""
        own = float(self.current[c].mean())
        amount = own if own > 0 else float(self.current.mean())
        spend = amount / curve.period.per_quarter
        drawn = (curve.drawn(draw) for draw in self.draws)
        mean = np.mean([one.at(spend / (1 - one.carryover)) for one in drawn])
        return float(curve.at(spend / (1 - curve.carryover)) / mean) if mean > 0 else 1.0

    @property
    def sign(self) -> float:
        """1 where much is wanted of the objective, -1 where little is: the least money."""
        return -1.0 if self.objective == "spend" else 1.0

    @property
    def drawn(self) -> float:
        """Money that closed quarters drew from the pool, on top of their budgets."""
        return 0.0 if self.closed is None else float(self.closed.released.sum())

    @property
    def base(self) -> Floats:
        """(C, Q) money from which elasticity is measured.

        The current amount times this scenario's quarter budget over the current quarter's total; in
        a closed quarter what stands there, so that nothing moves.
        """
        total = self.current.sum(axis=0) + self.current_pool
        budget = self.budget if self.base_budget is None else self.base_budget
        ratio = np.divide(budget, total, out=np.ones_like(total), where=total > 0)
        base = self.current * ratio
        if self.closed is not None:
            base[:, : len(self.closed)] = self.closed.spend
        return np.asarray(base)

    @property
    def base_pool(self) -> Floats:
        """(Q,) the pool that money moves away from: the approved one, or what closed ones hold."""
        pool = self.current_pool.copy()
        if self.closed is not None:
            pool[: len(self.closed)] = self.closed.pool
        return pool

    @property
    def closed_quarters(self) -> tuple[str, ...]:
        """The names of the quarters that are closed; none where all are planned."""
        return () if self.closed is None else self.quarters[: len(self.closed)]

    @property
    def may_leave_unspent(self) -> bool:
        """Whether some of the budget may stay unspent, or has in closed quarters."""
        left = self.closed is not None and bool(self.closed.unspent.any())
        return left or self.objective != "response"

    @property
    def holds(self) -> Floats:
        """(Q,) money of every quarter: its budget, or where it is closed what it came to."""
        holds = self.budget.copy()
        if self.closed is not None:
            holds[: len(self.closed)] = self.closed.placed
        return holds

    def budget_times(self, factor: float) -> Floats:
        """(Q,) the budget with that of every quarter that is not closed times a factor."""
        budget = factor * self.budget
        closed = slice(0, len(self.closed_quarters))
        budget[closed] = self.budget[closed]
        return budget

    @property
    def names(self) -> tuple[str, ...]:
        """The channels' names, in the order of the rows of every table."""
        return tuple(channel.name for channel in self.channels)


@dataclass(frozen=True)
class Allocation:
    """Money for one problem: per channel and quarter (C, Q), pool and unspent per quarter (Q,).

    ``funded`` names the decision packages that get their money. ``released`` (C, Q) is what of the
    channels' money comes from the pool; None where none does.
    """

    problem: AllocationProblem
    spend: Floats
    pool: Floats
    unspent: Floats
    funded: frozenset[str] = frozenset()
    released: Floats | None = None

    @property
    def own(self) -> Floats:
        """(C, Q) the channels' money without what is released to them from the pool."""
        return self.spend if self.released is None else self.spend - self.released

    @classmethod
    def of(cls, problem: AllocationProblem, spend: Floats, pool: Floats) -> Allocation:
        """The allocation that leaves unspent what neither channels nor pool get.

        Where the objective is the response nothing stays unspent, so what is missing is missing.
        Closed quarters are what they are, whatever is given for them.
        """
        rest = problem.budget - spend.sum(axis=0) - pool
        unspent = 0 * rest if problem.objective == "response" else rest
        return cls(problem, spend, pool, unspent).as_closed()

    def as_closed(self) -> Allocation:
        """The same with the amounts of closed quarters as they stand."""
        closed = self.problem.closed
        if closed is None:
            return self
        left = slice(len(closed), None)
        return replace(
            self,
            spend=np.hstack([closed.spend, self.spend[:, left]]),
            pool=np.concatenate([closed.pool, self.pool[left]]),
            unspent=np.concatenate([closed.unspent, self.unspent[left]]),
            funded=self.funded | closed.funded,
        )
