"""Limits: the figures of rules that a planner sets, one by one, to be moved a little."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.form import Side
from optimizer.plan import RuleEntry
from optimizer.problem import AllocationProblem
from optimizer.rules import (
    Band,
    Cap,
    Change,
    Contracted,
    Elasticity,
    Exploration,
    Floor,
    GrowthTarget,
    Lifecycle,
    NamedReserve,
    Operating,
    Pilots,
    Ratio,
    Reserve,
    Resource,
    RoiFloor,
    RoiTarget,
    Share,
    StrategicReserve,
    Target,
    Tiers,
)
from optimizer.rules.rule import Rule

# A limit of which less than this share is left is nearly reached.
_NEARLY = 0.05
_ENDS: tuple[tuple[str, Side], ...] = (("lower end", "min"), ("upper end", "max"))
_SIDES: Mapping[str, Side] = {"least": "min", "most": "max"}
# Rules whose limits are amounts by channel, in this field.
_BY_CHANNEL: Mapping[type[Rule], str] = {
    Floor: "amounts",
    Cap: "amounts",
    Contracted: "amounts",
    RoiFloor: "multiples",
}
# Rules with a lower and an upper end, in this field.
_BANDS: Mapping[type[Rule], str] = {
    Reserve: "share",
    Share: "band",
    Ratio: "band",
    StrategicReserve: "share",
    NamedReserve: "share",
}
# Rules with one figure each, in these fields.
_SINGLE: Mapping[type[Rule], tuple[str, ...]] = {
    Reserve: ("emergency",),
    Operating: ("months",),
    Change: ("least", "most"),
    Resource: ("limit",),
    Exploration: ("share",),
    Pilots: ("cap", "share"),
    Lifecycle: ("share",),
    Target: ("amount",),
    GrowthTarget: ("share",),
    RoiTarget: ("multiple",),
}


@dataclass(frozen=True)
class Limit:
    """One figure of one rule: its ``name`` in words, and the rule with it multiplied.

    ``keys`` are those of the rule's rows that it governs (None for all), ``side`` which side.
    ``share`` is the figure where it is an end of a band of shares, as 0.16 for 16 %.
    """

    name: str
    rule: Rule
    keys: Collection[str] | None
    side: Side | None
    times: Callable[[float], Rule]
    share: float | None = None

    def moved(self, problem: AllocationProblem, factor: float) -> AllocationProblem:
        """The problem with this figure multiplied."""
        rules = tuple(self.times(factor) if r is self.rule else r for r in problem.rules)
        return replace(problem, rules=rules)

    def governs(self, entry: RuleEntry) -> bool:
        """Whether a row of a plan is one of those that this figure limits."""
        return (
            entry.rule == self.rule.name
            and (self.keys is None or entry.key in self.keys)
            and (self.side is None or entry.side == self.side)
        )


def limits_reached(problem: AllocationProblem, entries: Collection[RuleEntry]) -> list[Limit]:
    """The limits that a plan reaches, or nearly; those that count things are left out."""
    return [
        limit
        for rule in problem.rules
        for limit in limits_of(problem, rule)
        if any(limit.governs(entry) and _near(entry) for entry in entries)
    ]


def _near(entry: RuleEntry) -> bool:
    if entry.counted or entry.limit == 0:
        return False
    return entry.binding or abs(entry.slack) <= _NEARLY * abs(entry.limit)


def limits_of(problem: AllocationProblem, rule: Rule) -> Iterator[Limit]:
    """Every figure of one rule."""
    kind = type(rule)
    if isinstance(rule, Elasticity):
        yield from _elasticities(problem, rule)
    if isinstance(rule, Tiers):
        yield from _tiers(rule)
    if field := _BY_CHANNEL.get(kind):
        for channel in getattr(rule, field):
            times = _in_mapping(rule, field, channel)
            yield Limit(f"{_said(rule)} of {channel}", rule, (channel,), None, times)
    if (field := _BANDS.get(kind)) and getattr(rule, field) is not None:
        keys = ("pool",) if isinstance(rule, Reserve) else None
        keys = (rule.key,) if isinstance(rule, Share | Ratio) else keys
        for number, (end, which) in enumerate(_ENDS):
            share = None if isinstance(rule, Ratio) else getattr(rule, field)[number]
            times = _end(rule, field, number)
            yield Limit(f"{end} of {_named(rule)}", rule, keys, which, times, share)
    for field in _SINGLE.get(kind, ()):
        if getattr(rule, field) is not None:
            of = (field,) if isinstance(rule, Reserve) else None
            of = (rule.key,) if isinstance(rule, Target | Change) else of
            of = ("growth",) if isinstance(rule, GrowthTarget) else of
            of = ("roi",) if isinstance(rule, RoiTarget) else of
            word = field if isinstance(rule, Reserve | Pilots | Change | Operating) else ""
            side = _SIDES.get(field)
            yield Limit(f"{_named(rule)} {word}".strip(), rule, of, side, _single(rule, field))


def _elasticities(problem: AllocationProblem, rule: Elasticity) -> Iterator[Limit]:
    """The default, every unit's and every channel's band; both its ends move."""
    by_unit: dict[str | None, list[str]] = {}
    for channel in problem.channels:
        if channel.name not in rule.channel:
            unit = channel.unit if channel.unit in rule.unit else None
            by_unit.setdefault(unit, []).append(channel.name)
    if rule.default is not None:
        times = _whole(rule, "default", rule.default)
        yield Limit("elasticity", rule, by_unit.get(None, ()), None, times)
    for unit in rule.unit:
        keys = (f"unit {unit}", *by_unit.get(unit, ()))
        times = _in_mapping(rule, "unit", unit)
        yield Limit(f"elasticity of unit {unit}", rule, keys, None, times)
    for name in rule.channel:
        times = _in_mapping(rule, "channel", name)
        yield Limit(f"elasticity of {name}", rule, (name,), None, times)


def _tiers(rule: Tiers) -> Iterator[Limit]:
    for grade, tier in rule.tiers.items():
        for number, (end, side) in enumerate(_ENDS):
            if tier.share is not None:

                def times(factor: float, grade: str = grade, number: int = number) -> Rule:
                    tier = rule.tiers[grade]
                    share = None if tier.share is None else _with_end(tier.share, number, factor)
                    return replace(rule, tiers={**rule.tiers, grade: replace(tier, share=share)})

                own = tier.share[number]
                yield Limit(f"{end} of tier {grade}", rule, (grade,), side, times, own)


def _in_mapping(rule: Any, field: str, key: str) -> Callable[[float], Rule]:
    def times(factor: float) -> Rule:
        entries = getattr(rule, field)
        changed: Rule = replace(rule, **{field: {**entries, key: _times(entries[key], factor)}})
        return changed

    return times


def _whole(rule: Any, field: str, value: Any) -> Callable[[float], Rule]:
    def times(factor: float) -> Rule:
        changed: Rule = replace(rule, **{field: _times(value, factor)})
        return changed

    return times


def _single(rule: Any, field: str) -> Callable[[float], Rule]:
    return _whole(rule, field, getattr(rule, field))


def _end(rule: Any, field: str, number: int) -> Callable[[float], Rule]:
    def times(factor: float) -> Rule:
        band = _with_end(getattr(rule, field), number, factor)
        changed: Rule = replace(rule, **{field: band})
        return changed

    return times


def _times(value: Any, factor: float) -> Any:
    """A figure multiplied: a number, one per quarter, or a band, which cannot cut below nothing."""
    if isinstance(value, Band):
        return Band(min(1.0, factor * value.down), factor * value.up)
    if isinstance(value, tuple):
        return tuple(factor * one for one in value)
    return factor * value


def _with_end(band: tuple[float, float], number: int, factor: float) -> tuple[float, float]:
    """A band with one end multiplied; the other gives way where it is passed."""
    moved = band[number] * factor
    return (moved, max(moved, band[1])) if number == 0 else (min(moved, band[0]), moved)


def _said(rule: Rule) -> str:
    return rule.name.replace("_", " ")


def _named(rule: Rule) -> str:
    """A rule in words, with its key where it has one."""
    if isinstance(rule, GrowthTarget | RoiTarget):
        return "target for growth" if isinstance(rule, GrowthTarget) else "target for roi"
    if isinstance(rule, Target):
        return f"target for {rule.key.replace('_', ' ')}"
    key = getattr(rule, "key", None)
    return _said(rule) if key is None else f"{_said(rule)} {key}"
