"""Binding rules: what stops the plan, and what one step of freedom would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.plan import Plan, RuleEntry
from reallot.report.figures import MINUS, full, short

# A price below this share of the objective, for a whole step, is the solver's noise.
_NOISE = 1e-9


@dataclass(frozen=True)
class BindingRule:
    """One limit of one rule, over the quarters in which it binds.

    ``step`` is one unit of the limit, with the sign in which it loosens. ``prices`` are per such
    step, one per entry of `spans`; None where the rule does not bind.
    ``gain`` is the response that a fair step brings over all of them: one percentage point, one
    more of what is counted, or one per cent of a limit in money.
    """

    rule: str
    key: str
    limit: str
    step: str
    prices: tuple[float | None, ...]
    gain: float


def spans(plan: Plan) -> tuple[str | None, ...]:
    """The quarters, then None for the whole horizon where some rule that binds is over it."""
    whole = any(entry.binding and entry.quarter is None for entry in plan.rules)
    return (*plan.problem.quarters, None) if whole else plan.problem.quarters


def binding_rules(plan: Plan) -> tuple[BindingRule, ...]:
    """Every limit that binds somewhere, the dearest first."""
    groups: dict[tuple[str, str, str, str], list[RuleEntry]] = {}
    for sides in _by_span(plan.rules).values():
        bound = [entry for entry in sides if entry.binding]
        if bound:
            first = max(bound, key=lambda entry: entry.price)
            end = "fixed" if _fixed(bound) else _END[first.side]
            groups.setdefault((first.rule, first.key, end, first.side), []).append(first)
    found = [_rule(plan, end, entries) for (_, _, end, _), entries in groups.items()]
    return tuple(sorted(found, key=lambda rule: -rule.gain))


def dearest(plan: Plan, most: int) -> tuple[RuleEntry, ...]:
    """The entries for which one step of freedom would bring most; one per rule and key."""
    priced = [entry for entry in plan.rules if _gain(entry) > _NOISE * abs(plan.objective)]
    best: dict[tuple[str, str], RuleEntry] = {}
    for entry in sorted(priced, key=_gain, reverse=True):
        best.setdefault((entry.rule, entry.key), entry)
    return tuple(best.values())[:most]


_END = {"min": "at least", "max": "at most"}


def _by_span(
    entries: Iterable[RuleEntry],
) -> dict[tuple[str, str, str | None], list[RuleEntry]]:
    sides: dict[tuple[str, str, str | None], list[RuleEntry]] = {}
    for entry in entries:
        sides.setdefault((entry.rule, entry.key, entry.quarter), []).append(entry)
    return sides


def _fixed(bound: list[RuleEntry]) -> bool:
    return len(bound) > 1 and len({entry.limit for entry in bound}) == 1


def _rule(plan: Plan, end: str, entries: list[RuleEntry]) -> BindingRule:
    by_span = {entry.quarter: max(entry.price, 0.0) for entry in entries}
    first = entries[0]
    return BindingRule(
        rule=first.rule,
        key=first.key,
        limit=f"{end} {_range(entries, plan.problem.currency)}",
        step=_step(first),
        prices=tuple(by_span.get(span) for span in spans(plan)),
        gain=sum(map(_gain, entries)),
    )


def _step(entry: RuleEntry) -> str:
    sign = "+" if entry.side == "max" else MINUS
    return f"{sign}1 {'pp' if entry.unit == '%' else entry.unit.removesuffix('s')}"


def _range(entries: list[RuleEntry], currency: str) -> str:
    """The limit in words; from the least to the most where it differs between quarters.

    Amounts of the plan's currency stand without it.
    """
    low, high = (pick(entry.limit for entry in entries) for pick in (min, max))
    if entries[0].unit == "%":
        ends = [full(value, 2).rstrip("0").rstrip(".") for value in (low, high)]
    else:
        ends = [short(value) for value in (low, high)]
    text = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    unit = entries[0].unit
    return text if unit == currency else f"{text} {unit}"


def _gain(entry: RuleEntry) -> float:
    step = 1.0 if entry.unit == "%" or entry.counted else 0.01 * abs(entry.limit)
    return max(entry.price, 0.0) * step
