"""Names: the channels, units and tags that a policy refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reallot.errors import Finding, quoted
from reallot.project.cells import DIMENSIONS, Cell, Cells
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Part, Policy
from reallot.project.toml_file import Key, TomlFile


def unknown_name(file: TomlFile, key: Key, kind: str, name: str, known: Collection[str]) -> Finding:
    """A channel, unit, tag or region that is nowhere to be found."""
    where = "any [[channel]]" if kind in ("unit", "tag") else "budget.csv"
    near = did_you_mean(name, known)
    found = f"the {kind} {quoted(name)} is not in {where}"
    return file.finding(key, found, f"Correct the name or delete it.{near}")


def units_of(policy: Policy) -> set[str]:
    """Every unit that some channel has."""
    return {channel.unit for channel in policy.channel if channel.unit is not None}


def tags_of(policy: Policy) -> set[str]:
    """Every tag that some channel has."""
    return {tag for channel in policy.channel for tag in channel.tags}


def members(part: Part, policy: Policy, planned: Cells) -> list[str]:
    """The planned channels that belong to a part, in the order of the budget."""
    return [name for name, cell in planned.items() if _has(part, policy, cell)]


def check_part(
    part: Part, key: Key, policy: Policy, file: TomlFile, planned: Cells
) -> Iterator[Finding]:
    """A part names what is there, and has some channel."""
    known = {
        "channel": {*planned, *(cell.channel for cell in planned.values())},
        "unit": units_of(policy),
        "tag": tags_of(policy),
    }
    for kind in DIMENSIONS:
        known[kind] = {getattr(cell, kind) for cell in planned.values()} - {None}
    unknown = [
        unknown_name(file, (*key, kind), kind, name, names)
        for kind, names in known.items()
        for name in getattr(part, kind)
        if name not in names
    ]
    yield from unknown
    if not unknown and not members(part, policy, planned):
        yield file.finding(key, "no channel matches all of this", "Ask for less at once.")


def _has(part: Part, policy: Policy, cell: Cell) -> bool:
    said = policy.says_of(cell.name)
    return (
        (not part.channel or not {cell.name, cell.channel}.isdisjoint(part.channel))
        and (not part.unit or said.unit in part.unit)
        and (not part.tag or not set(part.tag).isdisjoint(said.tags))
        and (not part.product or cell.product in part.product)
        and (not part.region or cell.region in part.region)
        and (not part.audience or cell.audience in part.audience)
    )
