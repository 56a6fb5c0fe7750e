"""Ranking: decision packages in the order they are argued for, and the line they are cut at."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from optimizer.plan import Plan
from optimizer.rules import Package, Packages
from optimizer.rules.package import Condition, ranked
from reallot.report.booking import amount_decimals, rounded
from reallot.report.figures import percent


@dataclass(frozen=True)
class Rank:
    """A package in its place: ``rank`` counts from 1 within all.

    ``return_`` is at the scenario's demand, as the plan counts it. ``cumulative_cost`` is what
    this package and all above it in its class cost. ``cut_line`` says whether it stands above or
    below the line of its class, which runs under the last package that is funded.
    """

    rank: int
    package: str
    class_: str
    channel: str
    quarter: str
    cost: Decimal
    return_: float
    conversion: float | None
    priority: float | None
    funded: bool
    reason: str
    cumulative_cost: Decimal
    cut_line: Literal["above", "below"]

    def entries(self) -> dict[str, str | int | float | Decimal | bool | None]:
        """The same by the names that files use: class, return."""
        return {field.name.rstrip("_"): getattr(self, field.name) for field in fields(self)}


def ranking(plan: Plan) -> tuple[Rank, ...]:
    """The plan's packages by class, priority and return per cost; empty where it has none."""
    rule = next((r for r in plan.problem.rules if isinstance(r, Packages)), None)
    if rule is None:
        return ()
    problem, funded = plan.problem, plan.allocation.funded
    listed, decimals = ranked(rule.packages), amount_decimals(plan)
    last = {p.class_: place for place, p in enumerate(listed) if p.name in funded}
    spent: dict[str, Decimal] = {}
    ranks = []
    for place, package in enumerate(listed):
        cost = rounded(package.cost, decimals)
        spent[package.class_] = spent.get(package.class_, Decimal(0)) + cost
        c, q = problem.names.index(package.channel), problem.quarters.index(package.quarter)
        ranks.append(
            Rank(
                place + 1,
                package.name,
                package.class_,
                package.channel,
                package.quarter,
                cost,
                package.returns * float(problem.demand[c, q]),
                package.conversion,
                package.priority,
                package.name in funded,
                _reason(rule, package, funded),
                spent[package.class_],
                "above" if place <= last.get(package.class_, -1) else "below",
            )
        )
    return tuple(ranks)


def _reason(rule: Packages, package: Package, funded: frozenset[str]) -> str:
    """Why a package is funded, or is not."""
    if package.must_fund:
        return "must be funded"
    if rule.protected is not None and rule.protects(package):
        return f"protected: it converts above {percent(rule.protected.conversion)}"
    if package.name in funded:
        waiting = [
            c.package.name
            for c in rule.conditions
            if c.kind in ("requires", "priority")
            and package.name in c.others
            and c.package.name in funded
        ]
        with_ = f"with {', '.join(dict.fromkeys(waiting))}, " if waiting else ""
        return f"{with_}its money brings more here than elsewhere within the rules"
    stopped = [words for c in rule.conditions if (words := _stops(c, package.name, funded))]
    return "; ".join(stopped) or "its money brings more elsewhere within the rules"


def _stops(condition: Condition, name: str, funded: frozenset[str]) -> str | None:
    """How a condition keeps a package from being funded beside those that are; None if not."""
    if condition.kind == "excludes":
        pair = (condition.package.name, *condition.others)
        beside = [other for other in pair if other != name and other in funded]
        return f"excluded by {beside[0]}" if name in pair and beside else None
    missing = [other for other in condition.others if other not in funded]
    if condition.package.name != name or not missing:
        return None
    word = "requires" if condition.kind == "requires" else "comes after"
    return f"{word} {', '.join(missing)}, not funded"
