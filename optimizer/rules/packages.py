"""Packages: lines whose spending is argued from zero, as packages that are funded or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from models.saturation import Floats
from optimizer.extras import Extra
from optimizer.form import LinearForm, Row
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules.package import Condition, Package, Protection, ranked
from optimizer.rules.rule import Rule, Violation

if TYPE_CHECKING:
    from optimizer.program import Program


@dataclass(frozen=True)
class Packages(Rule):
    """x[c, q] = sum of cost[p] * z[p] over the packages p of a channel's quarter; z is 0 or 1.

    So a channel that has packages is planned from zero: in a quarter without packages it gets
    nothing, and its elasticity does not apply. Funded packages bring demand[c, q] * returns[p].

        z[p] >= 1           where p must be funded or is protected
        z[p] <= z[r]        where p requires r
        z[p] + z[e] <= 1    where p excludes e
        z[p] <= z[b]        where b is of the same class and of a smaller priority number

    The order of priority is among packages that may be left out: one that must be funded neither
    waits for others nor are others waited for on its account. These limits count packages.
    """

    name = "packages"

    packages: tuple[Package, ...]
    protected: Protection | None = None

    def __post_init__(self) -> None:
        named = {package.name for package in self.packages}
        if len(named) < len(self.packages):
            raise ValueError("every package needs a name of its own")
        for package in self.packages:
            if unknown := {*package.requires, *package.excludes} - named:
                raise ValueError(f"{package.name} names unknown packages: {sorted(unknown)}")
            if not package.cost >= 0:
                raise ValueError(f"{package.name} must cost 0 or more, not {package.cost}")

    @cached_property
    def channels(self) -> frozenset[str]:
        """The channels that are planned from zero."""
        return frozenset(package.channel for package in self.packages)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on the packages."""
        return (
            *(Condition("owed", package) for package in self.packages if self.owes(package)),
            *(
                Condition("requires", package, (other,))
                for package in self.packages
                for other in dict.fromkeys(package.requires)
            ),
            *self._exclusions(),
            *(
                Condition("priority", package, tuple(other.name for other in first))
                for first, then in self._steps()
                for package in then
            ),
        )

    @cached_property
    def _by_key(self) -> Mapping[str, Condition]:
        return {condition.key: condition for condition in self.conditions}

    def owes(self, package: Package) -> bool:
        """Whether a package is funded in any case."""
        return package.must_fund or self.protects(package)

    def protects(self, package: Package) -> bool:
        """Whether a package's conversion protects it."""
        return self.protected is not None and self.protected.covers(package)

    def prepare(self, program: Program) -> None:
        """One switch per package."""
        problem = program.problem
        for package in self.packages:
            c, q = _place(problem, package)
            brings = _returns(problem, package)
            program.add_extra(
                Extra(package.name, 0.0, 1.0, whole=True, brings=brings, channel=c, quarter=q)
            )

    def constrain(self, program: Program) -> None:
        """What the packages of each cell cost, and one row per condition."""
        self._cost(program)
        groups: dict[tuple[str, ...], int] = {}
        for condition in self.conditions:
            own = program.choice(condition.package.name)
            others = condition.others
            form, least, most = LinearForm.sum_of([own]), None, None
            if condition.kind == "owed":
                least = 1.0
            elif condition.kind == "excludes":
                form, most = LinearForm.sum_of([own, program.choice(others[0])]), 1.0
            else:
                if others not in groups:
                    groups[others] = _all_of(program, others)
                form, most = form.minus(1.0, LinearForm.sum_of([groups[others]])), 0.0
            program.limit(
                self.name,
                condition.key,
                condition.package.quarter,
                form,
                at_least=least,
                at_most=most,
                unit="packages",
                counted=True,
            )

    def check(self, plan: Allocation) -> Iterable[Violation]:
        """Amounts against what the funded packages cost, to the cent; and every condition."""
        problem = plan.problem
        off = plan.spend - self._costs(plan)
        for c, channel in enumerate(problem.channels):
            if channel.name in self.channels:
                for q, quarter in enumerate(problem.quarters):
                    by = abs(float(off[c, q]))
                    if by > 0.1 * problem.minor_unit + 1e-9 * float(problem.budget[q]):
                        text = f"{quarter}: {channel.name} is {by:,.2f} off what its packages cost"
                        yield Violation(self.name, channel.name, quarter, by, text)
        for condition in self.conditions:
            if condition.broken_by(plan.funded):
                package, text = condition.package, f"{self._words(condition)}, and is not so here"
                yield Violation(self.name, condition.key, package.quarter, 1.0, text)

    def explain(self, row: Row) -> str:
        """The condition that decides on a package."""
        condition = self._condition(row)
        if condition is None:
            if self._asks(row):
                word = "less" if row.side == "min" else "more"
                return f"{row.key} gets no {word} than its funded packages cost"
            return f"{row.key} is planned from zero and has no package in {row.quarter}"
        return self._words(condition)

    def remedy(self, row: Row, limit: float) -> str | None:
        """Do without the condition; costs are what they are."""
        condition = self._condition(row)
        if condition is None:
            asks = self._asks(row)
            return None if asks else f"write a package of {row.key} for {row.quarter}"
        name, others = condition.package.name, ", ".join(condition.others)
        if condition.kind == "owed":
            why = "its must_fund" if condition.package.must_fund else "packages.protect"
            return f"let {name} go without money ({why})"
        if condition.kind == "priority":
            return f"let {name} be funded before {others} (its priority)"
        return f"let {name} be funded {_WITHOUT[condition.kind]} {others} (its {condition.kind})"

    def fixes(self, problem: AllocationProblem) -> frozenset[str]:
        """Channels that are planned from zero have no elasticity."""
        return self.channels

    def choices(self, quarters: Collection[str]) -> frozenset[str]:
        """The packages of these quarters."""
        return frozenset(p.name for p in self.packages if p.quarter in quarters)

    def brings(self, plan: Allocation) -> Floats:
        """(C, Q) what the funded packages return at the scenario's demand."""
        problem = plan.problem
        brought = np.zeros(plan.spend.shape)
        for package in self._funded(plan):
            brought[_place(problem, package)] += _returns(problem, package)
        return brought

    def reasons(self, plan: Allocation) -> Mapping[tuple[str, str], str]:
        """Per channel and quarter the packages it funds, and the first that it does not."""
        cells: dict[tuple[str, str], list[Package]] = {
            (channel, quarter): [] for channel in self.channels for quarter in plan.problem.quarters
        }
        for package in ranked(self.packages):
            cells[package.channel, package.quarter].append(package)
        return {cell: _reason(asking, plan) for cell, asking in cells.items()}

    def _exclusions(self) -> Iterator[Condition]:
        """Each pair once, whichever of the two names the other."""
        seen: set[frozenset[str]] = set()
        for package in self.packages:
            for other in package.excludes:
                pair = frozenset((package.name, other))
                if pair not in seen:
                    seen.add(pair)
                    yield Condition("excludes", package, (other,))

    def _steps(self) -> Iterator[tuple[list[Package], list[Package]]]:
        """Neighbouring groups of priority within each class: who goes first, and who waits."""
        groups: dict[str, dict[float, list[Package]]] = {}
        for package in self.packages:
            if package.priority is not None and not self.owes(package):
                of = groups.setdefault(package.class_, {})
                of.setdefault(package.priority, []).append(package)
        for of in groups.values():
            yield from pairwise(of[priority] for priority in sorted(of))

    def _cost(self, program: Program) -> None:
        """The amounts of channels with packages are what those that are funded cost."""
        problem = program.problem
        asking: dict[int, list[Package]] = {}
        for package in self.packages:
            asking.setdefault(program.cell(*_place(problem, package)), []).append(package)
        for c, channel in enumerate(problem.names):
            if channel in self.channels:
                for q, quarter in enumerate(problem.quarters):
                    cell = program.cell(c, q)
                    of = asking.get(cell, [])
                    chosen = np.array([program.choice(p.name) for p in of], dtype=np.int64)
                    cost = LinearForm(chosen, np.array([p.cost for p in of], dtype=float))
                    form = LinearForm.sum_of([cell]).minus(1.0, cost)
                    program.limit(self.name, channel, quarter, form, at_least=0.0, at_most=0.0)

    def _costs(self, plan: Allocation) -> Floats:
        costs = np.zeros(plan.spend.shape)
        for package in self._funded(plan):
            costs[_place(plan.problem, package)] += package.cost
        return costs

    def _funded(self, plan: Allocation) -> Iterator[Package]:
        return (package for package in self.packages if package.name in plan.funded)

    def _condition(self, row: Row) -> Condition | None:
        return self._by_key[row.key] if row.counted else None

    def _asks(self, row: Row) -> bool:
        """Whether there are packages where a row on money stands."""
        return any(p.channel == row.key and p.quarter == row.quarter for p in self.packages)

    def _words(self, condition: Condition) -> str:
        package, others = condition.package, ", ".join(condition.others)
        if condition.kind == "owed":
            if package.must_fund or self.protected is None:
                return f"{package.name} must be funded ({package.cost:,.2f})"
            rate = f"{package.conversion:.1%}, above {self.protected.conversion:.1%}"
            return f"{package.name} is protected: it converts {rate} ({package.cost:,.2f})"
        if condition.kind == "priority":
            return f"{package.name} comes after {others} in the order of priority"
        word = "with" if condition.kind == "requires" else "without"
        return f"{package.name} can be funded only {word} {others}"


_WITHOUT = {"requires": "without", "excludes": "beside"}


def _place(problem: AllocationProblem, package: Package) -> tuple[int, int]:
    return problem.names.index(package.channel), problem.quarters.index(package.quarter)


def _returns(problem: AllocationProblem, package: Package) -> float:
    """What a package brings at the scenario's demand."""
    return package.returns * float(problem.demand[_place(problem, package)])


def _all_of(program: Program, names: tuple[str, ...]) -> int:
    """A switch that is on where all of these packages are funded."""
    chosen = [program.choice(name) for name in names]
    if len(chosen) == 1:
        return chosen[0]

    def follows(decision: Floats) -> float:
        return float(decision[chosen].min())

    all_of = program.add_extra(Extra("all of a group", 0.0, 1.0, whole=True, follows=follows))
    for one in chosen:
        program.link(LinearForm.sum_of([all_of]).minus(1.0, LinearForm.sum_of([one])), at_most=0.0)
    return all_of


def _reason(asking: list[Package], plan: Allocation) -> str:
    if not asking:
        return "planned from zero: no package asks for money"
    funds = [package.name for package in asking if package.name in plan.funded]
    left = [package for package in asking if package.name not in plan.funded]
    words = f"funds: {', '.join(funds)}" if funds else "funds no package"
    if not left:
        return f"{words}; no package is left"
    first = left[0]
    returns = _returns(plan.problem, first)
    next_ = f"{first.name} (costs {first.cost:,.2f}, returns {returns:,.2f})"
    return f"{words}; next below the cut line: {next_}"
