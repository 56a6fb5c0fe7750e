"""Bends: which limits of a policy give way where the rules cannot all hold, and at which level.

Any value that limits may be written as a table, { value = 200_000, bends = 3 }.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# A key's path as the file has it, ("channel", 0, "floor"), and with entries by their names,
# ("channel", "Search", "floor").
Position = tuple[str | int, ...]
Named = tuple[str, ...]
Bends = Mapping[Named, int]

# The values that limit, a star standing for any name: the rule that each one sets and the key of
# its rows, in which {name} is that name and {line} the line or the tier that the table speaks of;
# {channel} and {layer} are every channel and every layer in turn. Which channels take an elasticity
# is for the rulebook to say.
LIMITS: Mapping[Named, tuple[str, str]] = {
    ("reserve", "share"): ("reserve", "pool"),
    ("reserve", "emergency"): ("reserve", "emergency"),
    ("strategic_reserve", "share"): ("strategic_reserve", "{line}"),
    ("named_reserve", "*", "share"): ("named_reserve", "{name}"),
    ("operating", "months"): ("operating", "pool"),
    ("elasticity", "default"): ("elasticity", "{channel}"),
    ("elasticity", "unit", "*"): ("elasticity", "unit {name}"),
    ("channel", "*", "elasticity"): ("elasticity", "{name}"),
    ("channel", "*", "floor"): ("floor", "{name}"),
    ("channel", "*", "cap"): ("cap", "{name}"),
    ("channel", "*", "contracted"): ("contracted", "{name}"),
    ("channel", "*", "launch_at"): ("launch", "{name}"),
    ("channel", "*", "cac_ceiling"): ("cac_ceiling", "{name}"),
    ("channel", "*", "roi_floor"): ("roi_floor", "{name}"),
    ("moves", "most"): ("moves", "most"),
    ("moves", "least"): ("moves", "least {channel}"),
    ("target", "*"): ("target", "{name}"),
    ("change", "*", "least"): ("change", "{name}"),
    ("change", "*", "most"): ("change", "{name}"),
    ("share", "*", "band"): ("share", "{name}"),
    ("ratio", "*", "band"): ("ratio", "{name}"),
    ("resource", "*", "limit"): ("resource", "{name}"),
    ("tiers", "*", "share"): ("tiers", "{name}"),
    ("exploration", "share"): ("exploration", "{line}"),
    ("pilots", "cap"): ("pilots", "{channel}"),
    ("pilots", "share"): ("pilots", "total"),
    ("layers", "*", "shares"): ("layers", "{name} {layer}"),
    ("lifecycle", "*", "share"): ("lifecycle", "{name}"),
}
FIRST, LAST = 9, 1


@dataclass(frozen=True)
class Settled:
    """A file's keys with plain values, the levels beside some of them, and what is wrong there.

    ``problems`` are a key, what was found and what to write instead; ``without`` the keys whose
    value is not there.
    """

    data: dict[str, Any]
    bends: Bends = field(default_factory=dict)
    problems: tuple[tuple[Position, str, str], ...] = ()
    without: frozenset[Position] = frozenset()


def settled(data: Mapping[str, Any]) -> Settled:
    """Take every { value = …, bends = n } apart."""
    reading = _Reading()
    plain = reading.table(data, (), ())
    return Settled(plain, reading.bends, tuple(reading.problems), frozenset(reading.without))


def over(bends: Bends, scenario: Settled) -> Bends:
    """The bends of a policy in a scenario: what the scenario says anew bends as it says there."""
    said = {path for path, _ in paths(scenario.data)}
    kept = {path: level for path, level in bends.items() if path not in said}
    return kept | dict(scenario.bends)


def pattern_of(path: Named, patterns: Iterable[Named]) -> Named | None:
    """The first of these patterns that a path follows; None where it follows none."""
    for pattern in patterns:
        alike = zip(pattern, path, strict=False)
        if len(pattern) == len(path) and all(a in ("*", b) for a, b in alike):
            return pattern
    return None


class _Reading:
    def __init__(self) -> None:
        self.bends: dict[Named, int] = {}
        self.problems: list[tuple[Position, str, str]] = []
        self.without: set[Position] = set()

    def table(self, table: Mapping[str, Any], key: Position, path: Named) -> dict[str, Any]:
        kept = {}
        for name, value in table.items():
            here, named = (*key, name), (*path, name)
            if isinstance(value, dict) and self._bends(value, named):
                if "value" in value:
                    kept[name] = value["value"]
                self._take(value, here, named)
            elif isinstance(value, dict):
                kept[name] = self.table(value, here, named)
            elif isinstance(value, list):
                kept[name] = [
                    self.table(entry, (*here, i), (*named, _name_of(entry)))
                    if isinstance(entry, dict)
                    else entry
                    for i, entry in enumerate(value)
                ]
            else:
                kept[name] = value
        return kept

    def _bends(self, value: Mapping[str, Any], path: Named) -> bool:
        """Whether a table says how a value bends; elsewhere `bends` may be anybody's name."""
        return "bends" in value and ("value" in value or pattern_of(path, LIMITS) is not None)

    def _take(self, value: Mapping[str, Any], key: Position, path: Named) -> None:
        if pattern_of(path, LIMITS) is None:
            self._refuse(key, path)
            return
        if "value" not in value:
            self.problems.append((key, "there is bends, but no value that bends", _EXAMPLE))
            self.without.add(key)
        elif unknown := [name for name in value if name not in ("value", "bends")]:
            problems = (((*key, name), "the key is not known", _EXAMPLE) for name in unknown)
            self.problems.extend(problems)
        level = value["bends"]
        if isinstance(level, bool) or not isinstance(level, int) or not LAST <= level <= FIRST:
            expected = "Write a whole number from 1 (gives way last) to 9 (gives way first)."
            self.problems.append(((*key, "bends"), f"found {level!r}", expected))
        else:
            self.bends[path] = level

    def _refuse(self, key: Position, path: Named) -> None:
        if path == ("plan", "budget"):
            found, expected = "the budget never gives way", "Write the amount alone."
        else:
            found = "nothing here can give way"
            expected = "Write the value alone; bends stands beside values that limit."
        self.problems.append((key, found, expected))


_EXAMPLE = "Write { value = …, bends = 3 }."


def _name_of(entry: Mapping[str, Any]) -> str:
    """An entry's name, or what it is about."""
    if isinstance(name := entry.get("name"), str):
        return name
    of = entry.get("of")
    parts = of.values() if isinstance(of, dict) else ()
    names = {name for part in parts for name in (part if isinstance(part, list) else [part])}
    return ", ".join(sorted(map(str, names)))


def paths(node: Any, path: Named = (), key: Position = ()) -> Iterator[tuple[Named, Position]]:
    """Every path of a file, entries by their names, and the same as the file has it."""
    yield path, key
    if isinstance(node, dict):
        for name, value in node.items():
            yield from paths(value, (*path, name), (*key, name))
    elif isinstance(node, list):
        for i, entry in enumerate(node):
            if isinstance(entry, dict):
                yield from paths(entry, (*path, _name_of(entry)), (*key, i))
