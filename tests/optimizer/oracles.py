"""Oracles: what a plan brings and whether it keeps its rules, told a second time.

Written from what the rules and curves mean, period by period and amount by amount, with nothing of
the engine's terms, rows, tangents or slacks: where the two disagree, one of them is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from models import ResponseCurve
from models.saturation import Form
from optimizer.problem import AllocationProblem
from optimizer.rules import (
    Budget,
    CacCeiling,
    Cap,
    Committed,
    CostOfResult,
    Elasticity,
    FixedCost,
    Floor,
    Held,
    Launch,
    Moves,
    Part,
    Reserve,
    RoiFloor,
    RoiTarget,
    Share,
    Target,
    Tiers,
)
from optimizer.rules.rule import Rule

Table = np.ndarray


def curve_at(curve: ResponseCurve, s: float) -> float:
    """What one period brings for its adstocked spend, by the formulas of the reference."""
    top, u, slope = curve.top, s / curve.half, curve.slope
    if curve.form is Form.HILL:
        return top / (1 + u**-slope) if u > 1e-150 ** (1 / slope) else top * u**slope
    if curve.form is Form.EXPONENTIAL:
        return top * -math.expm1(-u)
    if curve.form is Form.LOGARITHM:
        return top * math.log1p(u)
    return top * (u**slope if curve.form is Form.POWER else u)


@dataclass
class Course:
    """One channel through the horizon, period by period, until what it left has faded."""

    problem: AllocationProblem
    channel: int
    known: dict[tuple[float, ...], tuple[float, ...]] = field(default_factory=dict)

    def response(self, amounts: tuple[float, ...]) -> tuple[float, ...]:
        """What each quarter brings for its amounts, beyond what no money at all would bring."""
        if amounts not in self.known:
            self.known[amounts] = self._response(amounts)
        return self.known[amounts]

    @cached_property
    def _curve(self) -> ResponseCurve | None:
        curve = self.problem.channels[self.channel].curve
        return None if curve is None or curve.top == 0 else curve

    @cached_property
    def _nothing(self) -> tuple[float, ...]:
        return self._brought([0.0] * len(self.problem.quarters))

    def _response(self, amounts: tuple[float, ...]) -> tuple[float, ...]:
        if self._curve is None:
            return (0.0,) * len(amounts)
        media: list[float] = []
        for q, amount in enumerate(amounts):
            media.append(self._media(media, q, amount))
        brought = self._brought(media)
        return tuple(a - b for a, b in zip(brought, self._nothing, strict=True))

    def _media(self, before: list[float], q: int, amount: float) -> float:
        """What buys media of an amount that also pays for being active and for its results."""
        channel = self.problem.channels[self.channel]
        left = max(amount - channel.fixed_cost, 0.0)
        if channel.cost_of_result == 0 or left == 0:
            return left
        later = [0.0] * (len(self.problem.quarters) - q - 1)
        low, high = 0.0, left
        for _ in range(80):
            middle = 0.5 * (low + high)
            brings = self._brought([*before, middle, *later], only=q)[q] - self._nothing[q]
            low, high = (
                (low, middle) if middle + channel.cost_of_result * brings > left else (middle, high)
            )
        return low

    def _brought(self, media: list[float], only: int | None = None) -> tuple[float, ...]:
        problem, c, curve = self.problem, self.channel, self._curve
        assert curve is not None
        rho, periods = curve.carryover, curve.period.per_quarter
        pacing = problem.pacing[c] or (1 / periods,) * periods
        s = self._before(curve)
        brought = []
        for q, money in enumerate(media):
            total = 0.0
            for share in pacing:
                s = rho * s + share * money / float(problem.media_price[c, q])
                if only is None or only == q:
                    total += float(problem.demand[c, q]) * curve_at(curve, s)
            brought.append(total)
        faded, tail = rho, 0
        later = self._now(-1) / periods / float(problem.media_price[c, -1])
        while faded >= 1e-4 and tail < curve.period.longest_tail:
            s = rho * s + later
            brought[-1] += float(problem.demand[c, -1]) * curve_at(curve, s)
            faded, tail = faded * rho, tail + 1
        return tuple(brought)

    def _before(self, curve: ResponseCurve) -> float:
        steady = self._now(0) / curve.period.per_quarter / (1 - curve.carryover)
        if curve.last_adstock is None:
            return steady
        raise AssertionError("these worlds have no history")

    def _now(self, q: int) -> float:
        fixed = self.problem.channels[self.channel].fixed_cost
        return max(float(self.problem.current[self.channel, q]) - fixed, 0.0)


@dataclass(frozen=True)
class Excess:
    """By how much a place is over its limit; ``leeway`` for rounding, ``noise`` for floats."""

    place: str
    over: float
    leeway: float
    noise: float


class World:
    """One problem as the oracles see it."""

    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        self.courses = [Course(problem, c) for c in range(len(problem.channels))]
        total = problem.current.sum(axis=0) + problem.current_pool
        factor = np.where(total > 0, problem.budget / np.where(total > 0, total, 1.0), 1.0)
        self.base: Table = problem.current * factor
        self.fixed = frozenset[str]().union(*(_settled(rule) for rule in problem.rules))

    def responses(self, spend: Table) -> Table:
        """(C, Q) what every channel's quarter brings."""
        return np.array(
            [course.response(tuple(spend[c].tolist())) for c, course in enumerate(self.courses)]
        )

    def objective(self, spend: Table) -> float:
        """What a plan is chosen for, to be made as large as possible."""
        problem, spent = self.problem, float(spend.sum())
        if problem.objective == "spend":
            return -spent
        values = np.array([channel.value for channel in problem.channels])
        worth = float(values @ self.responses(spend).sum(axis=1))
        return worth - spent if problem.objective == "profit" else worth

    def worth_alone(self, c: int, amount: float) -> float:
        """A channel's part of the objective in the first quarter; minus infinity where not allowed.

        Allowed is what the rules that speak of one channel's amounts alone allow.
        """
        spend = np.zeros_like(self.base)
        spend[c, 0] = amount
        name, own = self.problem.channels[c].name, (Elasticity, Floor, Cap, FixedCost, Launch)
        for rule in self.problem.rules:
            if isinstance(rule, (*own, Committed, Held, RoiFloor, CacCeiling)):
                for excess in self._excesses(rule, spend, 0 * self.base[0]):
                    if excess.place.startswith(name) and excess.over > excess.noise:
                        return -np.inf
        if self.problem.objective == "spend":
            return -amount
        worth = self.problem.channels[c].value * self.courses[c].response((amount,))[0]
        return worth - amount if self.problem.objective == "profit" else worth

    def broken(self, spend: Table, pool: Table, *, rounded: bool = False) -> dict[str, float]:
        """By how much every broken rule is broken, in its own unit, by a name for the place.

        ``rounded`` amounts may miss by what rounding to minor units leaves over.
        """
        found: dict[str, float] = {}
        for rule in self.problem.rules:
            for excess in self._excesses(rule, spend, pool):
                if excess.over > excess.noise + (excess.leeway if rounded else 0.0):
                    found[f"{rule.name} {excess.place}"] = excess.over
        return found

    def _of(self, place: str, over: float, amounts: int) -> Excess:
        """An excess in money, over so many rounded amounts (0: exact)."""
        unit = self.problem.minor_unit
        leeway = unit * max(1.0, 0.5 * amounts) if amounts else 0.1 * unit
        return Excess(place, float(over), leeway, 1e-9 * float(self.problem.budget.sum()))

    def _excesses(self, rule: Rule, spend: Table, pool: Table) -> Iterator[Excess]:
        problem = self.problem
        names, quarters = problem.names, range(len(problem.quarters))
        rows = {name: c for c, name in enumerate(names)}
        yield self._of("negative", float(-min(spend.min(), pool.min())), 0)
        if isinstance(rule, Budget):
            yield from self._budget(spend, pool)
        elif isinstance(rule, Reserve):
            if rule.share is None:
                for q in quarters:
                    yield self._of(f"{q}", abs(float(pool[q] - problem.current_pool[q])), 1)
            else:
                whole = float(problem.budget.sum())
                yield from self._band("", float(pool.sum()), whole, rule.share, len(quarters))
        elif isinstance(rule, Elasticity):
            yield from self._elasticity(rule, spend)
        elif isinstance(rule, Floor | Cap):
            sign = 1.0 if isinstance(rule, Cap) else -1.0
            for name, amount in rule.amounts.items():
                for q in quarters:
                    yield self._of(f"{name} {q}", sign * (float(spend[rows[name], q]) - amount), 1)
        elif isinstance(rule, Committed | Held):
            kept = problem.current if isinstance(rule, Committed) else self.base
            for name in rule.channels:
                for q in quarters:
                    off = abs(float((spend - kept)[rows[name], q]))
                    yield self._of(f"{name} {q}", off, 1 if isinstance(rule, Held) else 0)
        elif isinstance(rule, FixedCost | Launch):
            for c, channel in enumerate(problem.channels):
                least = channel.fixed_cost
                if isinstance(rule, Launch):
                    least = rule.amounts.get(channel.name, 0.0)
                for q in quarters:
                    amount = float(spend[c, q])
                    yield self._of(f"{channel.name} {q}", min(least - amount, amount), 1)
        elif isinstance(rule, Moves):
            yield from self._moves(rule, spend)
        elif isinstance(rule, Share):
            of, within = self._members(rule.of), self._members(rule.within)
            for q in [[q] for q in quarters] if rule.each_quarter else [list(quarters)]:
                part, whole = float(spend[of][:, q].sum()), float(problem.budget[q].sum())
                if rule.within is not None:
                    whole = float(spend[within][:, q].sum())
                count = len(q) * (len(of) + (len(within) if rule.within else 0))
                yield from self._band(f"{rule.key} {q}", part, whole, rule.band, count)
        elif isinstance(rule, Tiers):
            for name, tier in rule.tiers.items():
                of = [rows[channel] for channel, grade in rule.grades.items() if grade == name]
                if name == "out":
                    stopped = [c for c in of if names[c] not in rule.committed]
                    for c in stopped:
                        yield self._of(f"{names[c]}", float(spend[c].max()), 1)
                if tier.share is not None:
                    whole = float(problem.budget.sum())
                    count = len(of) * len(problem.quarters)
                    yield from self._band(name, float(spend[of].sum()), whole, tier.share, count)
        elif isinstance(rule, CostOfResult):
            yield from self._unpaid(spend)
        else:
            yield from self._returns(rule, spend)

    def _budget(self, spend: Table, pool: Table) -> Iterator[Excess]:
        problem = self.problem
        rest = problem.budget - spend.sum(axis=0) - pool
        exact, moved = problem.objective == "response", problem.shift > 0
        for place, left in [("all", rest.sum())] if moved else enumerate(rest.tolist()):
            yield self._of(f"{place}", abs(left) if exact else -left, 0)
        if moved:
            # What one quarter has too much, others may give up to their share.
            may = problem.shift * problem.budget
            given = np.minimum(np.maximum(rest, 0.0), may).sum()
            count = spend.size + len(may)
            yield self._of("given", np.maximum(-rest, 0.0).sum() - given, count)
            for q, over in enumerate((-rest - may).tolist()):
                yield self._of(f"more {q}", over, count)
            if exact:
                for q, under in enumerate((rest - may).tolist()):
                    yield self._of(f"less {q}", under, count)

    def _unpaid(self, spend: Table) -> Iterator[Excess]:
        """What results cost that an amount does not cover, as where they are carried over."""
        for c, channel in enumerate(self.problem.channels):
            if channel.cost_of_result > 0:
                rate, unit = channel.cost_of_result, self.problem.minor_unit
                brought = self.courses[c].response(tuple(spend[c].tolist()))
                more = self.courses[c].response(tuple((spend[c] + unit).tolist()))
                for q, brings in enumerate(brought):
                    leeway = 2 * unit + rate * (more[q] - brings) + 2e-6 * rate * brings
                    noise = 1e-9 * float(self.problem.budget.sum())
                    over = rate * brings - float(spend[c, q])
                    yield Excess(f"{channel.name} result {q}", over, leeway, noise)

    def _elasticity(self, rule: Elasticity, spend: Table) -> Iterator[Excess]:
        problem = self.problem
        of_unit: dict[str, list[int]] = {unit: [] for unit in rule.unit}
        for c, channel in enumerate(problem.channels):
            if channel.name in self.fixed:
                continue
            own = rule.channel.get(channel.name)
            if own is None and channel.unit in of_unit:
                of_unit[channel.unit].append(c)
            band = own or rule.unit.get(channel.unit or "") or rule.default
            for q in range(len(problem.quarters)) if band else ():
                base, amount = float(self.base[c, q]), float(spend[c, q])
                if base > 0:
                    yield self._of(f"{channel.name} up {q}", amount - base * (1 + band.up), 1)
                    yield self._of(f"{channel.name} down {q}", base * (1 - band.down) - amount, 1)
        for unit, members in of_unit.items():
            band = rule.unit[unit]
            for q in range(len(problem.quarters)):
                base, amount = float(self.base[members, q].sum()), float(spend[members, q].sum())
                if base > 0:
                    yield self._of(f"{unit} up {q}", amount - base * (1 + band.up), len(members))
                    yield self._of(
                        f"{unit} down {q}", base * (1 - band.down) - amount, len(members)
                    )

    def _moves(self, rule: Moves, spend: Table) -> Iterator[Excess]:
        problem = self.problem
        # What rounding alone moves is no change.
        still = problem.minor_unit + 1e-9 * float(problem.budget.sum())
        change = np.abs(spend - self.base)
        free = [c for c, name in enumerate(problem.names) if name not in self.fixed]
        for q in range(len(problem.quarters)):
            moved = [c for c in free if change[c, q] > still]
            if rule.most is not None and len(moved) > rule.most:
                yield self._of(f"most {q}", float(change[moved, q].min()), 0)
            for c in moved if rule.least is not None else ():
                yield self._of(f"least {c} {q}", (rule.least or 0.0) - float(change[c, q]), 1)

    def _returns(self, rule: Rule, spend: Table) -> Iterator[Excess]:
        names = self.problem.names
        if isinstance(rule, Target | RoiTarget):
            rates = np.ones(len(names))
            if isinstance(rule, Target) and rule.rates is not None:
                rates = np.array([rule.rates.get(name, 0.0) for name in names])
            multiple = rule.multiple if isinstance(rule, RoiTarget) else 0.0
            needed = multiple * spend.sum() + (rule.amount if isinstance(rule, Target) else 0.0)
            yield self._short("target", spend, rates, multiple, needed)
        elif isinstance(rule, RoiFloor):
            for name, multiple in rule.multiples.items():
                own = np.array([float(other == name) for other in names])
                needed = multiple * float(spend[names.index(name)].sum())
                yield self._short(name, spend, own, multiple, needed)
        elif isinstance(rule, CacCeiling):
            for name, ceiling in rule.ceilings.items():
                own = np.array([float(other == name) for other in names])
                own *= ceiling.cost * ceiling.per_response
                yield self._short(name, spend, own, 1.0, float(spend[names.index(name)].sum()))
        else:
            raise AssertionError(f"no oracle for {rule.name}: write one")

    def _short(
        self, place: str, spend: Table, rates: Table, multiple: float, needed: float
    ) -> Excess:
        """By how much responses (C,) at these rates are short of what is needed.

        The leeway is what one unit more or less in every amount changes, and a solver's tolerance.
        """
        here = rates @ self.responses(spend).sum(axis=1)
        unit = self.problem.minor_unit
        more = rates @ self.responses(spend + unit).sum(axis=1) - here
        less = here - rates @ self.responses(np.maximum(spend - unit, 0.0)).sum(axis=1)
        leeway = max(more, less) + unit * multiple * spend.size + 2e-6 * abs(needed)
        return Excess(place, needed - here, leeway, 1e-9 * abs(needed))

    def _band(
        self, place: str, part: float, whole: float, band: tuple[float, float], amounts: int
    ) -> Iterator[Excess]:
        yield self._of(f"{place} low", band[0] * whole - part, amounts)
        yield self._of(f"{place} high", part - band[1] * whole, amounts)

    def _members(self, part: Part | None) -> list[int]:
        if part is None:
            return []
        return [
            c
            for c, channel in enumerate(self.problem.channels)
            if (not part.channels or channel.name in part.channels)
            and (not part.units or channel.unit in part.units)
            and (not part.tags or part.tags & channel.tags)
        ]


def _settled(rule: Rule) -> frozenset[str]:
    if isinstance(rule, Committed | Held):
        return rule.channels
    if isinstance(rule, Tiers) and "out" in rule.tiers:
        return frozenset(n for n, g in rule.grades.items() if g == "out") - rule.committed
    return frozenset()
