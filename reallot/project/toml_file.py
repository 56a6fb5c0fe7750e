"""TOML files: read, checked against a model, every problem with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reallot.errors import Finding, InputError, quoted
from reallot.project.bends import Bends, Settled, settled
from reallot.project.cells import Cells, written_out
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Section
from reallot.project.tables import decode, digest_of, read_bytes

Key = tuple[str | int, ...]
Model = TypeVar("Model", bound=Section)

# What the policy may say one day; a star stands for any entry.
NOT_YET: frozenset[tuple[str, ...]] = frozenset(
    [
        ("trigger",),
        ("channel", "*", "owner"),
    ]
)
EXAMPLES = {
    "plan": '[plan] with currency = "CNY", first_quarter = "2027Q1" and quarters = 4',
    "currency": 'currency = "CNY"',
    "first_quarter": 'first_quarter = "2027Q1"',
    "quarters": "quarters = 4",
    "share": "share = [0.10, 0.15]",
    "band": "band = [0.40, 0.50]",
    "of": 'of = { tag = "core" }',
    "roi": "roi = [5.0, inf]",
    "to": 'to = { tag = "traffic" }',
    "limit": "limit = 500.0",
    "per_unit": "per_unit = { Channel = 0.0002 }",
    "exploration.share": "share = 0.10",
    "earmark.to": 'to = ["S", "A"]',
    "pilots.tag": 'tag = "pilot"',
    "resource.unit": 'unit = "t"',
    "name": 'name = "…"',
    "owner": 'owner = "cfo office"',
    "channel": 'channel = "…", the line of budget.csv that holds it',
    "months": "months = 3",
    "shares": "shares = { head = 0.5, waist = 0.3, tail = 0.2 }",
    "stage": 'stage = "launch"',
    "class": 'class = "performance"',
    "conversion": "conversion = 0.15",
}
# What pydantic calls an error, in words for whoever wrote the file.
PLAINLY = {
    "bool_type": "Write true or false.",
    "finite_number": "Write a finite number.",
    "float_type": "Write a number.",
    "int_from_float": "Write a whole number.",
    "int_type": "Write a whole number.",
    "missing": "Write two numbers: [lower, upper].",
    "model_type": "Write a table: { key = value, … }.",
    "string_type": "Write text in quotes.",
    "too_long": "Write two numbers: [lower, upper].",
    "tuple_type": "Write a list: [ …, … ].",
}
_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?")
_ASSIGNMENT = re.compile(
    r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_BARE = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_GONE = object()
# Leaving a key out may make its table incomplete, which is then left out, and so on outwards.
_MOST_ATTEMPTS = 10
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class TomlFile:
    """A file's keys, with its text to find their lines in; ``name`` is relative to the project.

    ``cells`` are the cells of the plan, as far as they are known: what the file says of a channel,
    it says of each of its cells.
    """

    name: str
    text: str
    data: dict[str, Any]
    digest: str
    cells: Cells = field(default_factory=dict)

    def over(self, cells: Cells) -> TomlFile:
        """The same file, with what it says of a channel said of each of its cells."""
        return replace(self, cells=cells)

    @cached_property
    def settled(self) -> Settled:
        """The keys with plain values, and the levels at which some of them bend."""
        return settled(written_out(self.data, self.cells))

    @property
    def bends(self) -> Bends:
        """The level of every value that bends."""
        return self.settled.bends

    def finding(self, key: Key, found: str, expected: str) -> Finding:
        """A problem with a key."""
        return Finding(self.name, row_of(self.text, key), written(key), found, expected)

    def entry(self, table: str, name: str) -> Key:
        """The key of the entry with this name, as far as the file has it.

        For a cell without an entry, that of its channel.
        """
        positions = {other: position for position, other in reversed(self.named(table))}
        wanted = [name, self.cells[name].channel] if name in self.cells else [name]
        return next(((table, positions[one]) for one in wanted if one in positions), (table,))

    def named(self, table: str) -> list[tuple[int, str]]:
        """Position and name of every entry of a table that has a name."""
        entries = self.data.get(table)
        listed = enumerate(entries if isinstance(entries, list) else [])
        return [(i, e["name"]) for i, e in listed if isinstance(e, dict) and "name" in e]

    def checked(
        self,
        model: type[Model],
        findings: list[Finding],
        stand_ins: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Model | None:
        """The file as this model has it; what does not fit is left out, with findings.

        So the rest can be checked too. ``stand_ins`` are values, by table, for required keys that
        are left out; None where too little is left.
        """
        findings.extend(self.finding(*problem) for problem in self.settled.problems)
        data = self._without_what_is_not_read_yet(self.settled.data, (), findings)
        for attempt in range(_MOST_ATTEMPTS):
            try:
                return model.model_validate(data)
            except ValidationError as error:
                details = error.errors()
                if attempt == 0:
                    said = self.settled.without
                    new = (detail for detail in details if detail["loc"] not in said)
                    findings.extend(self._finding_of(detail, model) for detail in new)
                data = _without(data, [detail["loc"] for detail in details], stand_ins or {})
        return None

    def _without_what_is_not_read_yet(self, value: Any, key: Key, findings: list[Finding]) -> Any:
        if isinstance(value, list):
            return [
                self._without_what_is_not_read_yet(entry, (*key, i), findings)
                for i, entry in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        kept = {}
        for name, entry in value.items():
            here = (*key, name)
            if _is_not_read_yet(here):
                found = f"this version does not read {written(here)} yet"
                findings.append(self.finding(here, found, "Delete it."))
            else:
                kept[name] = self._without_what_is_not_read_yet(entry, here, findings)
        return kept

    def _finding_of(self, error: ErrorDetails, model: type[Section]) -> Finding:
        key = error["loc"]
        if error["type"] == "extra_forbidden":
            if key[-1] == "bends":
                beside = "Write it beside the value that bends: { value = …, bends = 3 }."
                return self.finding(key, "bends stands beside no value", beside)
            fields = _section_at(model, key[:-1]).model_fields
            names = [field.alias or name for name, field in fields.items()]
            near = did_you_mean(str(key[-1]), names) or f" Known are {', '.join(names)}."
            return self.finding(key, "the key is not known", f"Correct or delete it.{near}")
        if error["type"] == "missing" and isinstance(key[-1], str):
            own = EXAMPLES.get(f"{key[0]}.{key[-1]}")
            example = own or EXAMPLES.get(key[-1], f"{key[-1]} = …")
            return self.finding(key, "the key is missing", f"Write {example}.")
        if error["type"] == "value_error":
            wanted = str(error["ctx"]["error"])
            sentence = wanted if wanted.startswith("Write ") else f"Write {wanted}"
        else:
            # pydantic's own words, where we have no plainer ones
            theirs = error["msg"].replace("Input should", "It should")
            sentence = PLAINLY.get(error["type"], theirs)
        sentence = sentence if sentence.endswith((".", "?")) else f"{sentence}."
        return self.finding(key, f"found {quoted_value(error['input'])}", sentence)


def read_toml(path: Path, name: str) -> TomlFile:
    """Read a TOML file; InputError where it is not one."""
    content = read_bytes(path)
    text = decode(path, content)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        row = int(line[1]) if line else None
        found = f"it is not valid TOML: {_LINE.sub('', str(error)).strip()}"
        raise InputError([Finding(name, row, None, found, "Correct this line.")]) from error
    return TomlFile(name, text, data, digest_of(content))


def written(key: Key) -> str:
    """A key's path as a message shows it: channel[2].cap, counting entries from 1."""
    shown = ""
    for step in key:
        shown += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


def quoted_value(value: Any) -> str:
    """A value as a message shows it: as the file has it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {quoted_value(of)}" for key, of in value.items())
        return f"{{ {inside} }}" if inside else "{ }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(quoted_value, value))}]"
    return quoted(str(value))[1:-1]


def row_of(text: str, key: Key) -> int | None:
    """The line on which a key stands, or failing that the nearest table around it."""
    best: tuple[int, int | None] = (0, None)
    table: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            table = _resolved(_names(header[2]), counts, is_array=header[1] == "[[")
            path = table
        elif assignment := _ASSIGNMENT.match(line):
            path = [*table, *_names(assignment[1])]
        else:
            continue
        if len(path) > best[0] and tuple(path) == key[: len(path)]:
            best = (len(path), number)
    return best[1]


def _resolved(
    names: list[str], counts: dict[tuple[str | int, ...], int], *, is_array: bool
) -> list[str | int]:
    """A header's path with the position of each array entry it lies in."""
    path: list[str | int] = []
    for depth, name in enumerate(names):
        path.append(name)
        here = tuple(path)
        if is_array and depth == len(names) - 1:
            counts[here] = counts.get(here, -1) + 1
        if here in counts:
            path.append(counts[here])
    return path


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in _BARE.findall(dotted)]


def _without(
    data: dict[str, Any], keys: Sequence[Key], stand_ins: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The data without these keys, or where they are missing without what misses them."""
    kept = deepcopy(data)
    for key in keys:
        table, name = str(key[0]), str(key[-1])
        if key == (table,) and table in stand_ins:
            kept[table] = dict(stand_ins[table])
        elif key == (table, name) and name in stand_ins.get(table, {}):
            kept[table][name] = stand_ins[table][name]
        else:
            _mark(kept, key)
    return dict(_unmarked(kept))


def _mark(node: Any, key: Key) -> None:
    """Mark the innermost part of the key that is there."""
    found: tuple[Any, str | int] | None = None
    for step in key:
        is_there = (isinstance(node, dict) and step in node) or (
            isinstance(node, list) and isinstance(step, int) and step < len(node)
        )
        if not is_there:
            break
        found = (node, step)
        node = node[step]
    if found is not None:
        found[0][found[1]] = _GONE


def _unmarked(node: Any) -> Any:
    """What is left without the marked; a list of numbers goes whole, as its length says something.

    A factor of which one quarter is wrong is no factor for fewer quarters.
    """
    if isinstance(node, dict):
        left = {key: _unmarked(value) for key, value in node.items()}
        return {key: value for key, value in left.items() if value is not _GONE}
    if isinstance(node, list):
        kept = [value for value in map(_unmarked, node) if value is not _GONE]
        is_short = 0 < len(kept) < len(node)
        return _GONE if is_short and all(isinstance(n, int | float) for n in kept) else kept
    return node


def _is_not_read_yet(key: Key) -> bool:
    return tuple("*" if isinstance(step, int) else step for step in key) in NOT_YET


def _section_at(model: type[Section], key: Sequence[str | int]) -> type[Section]:
    """The section of the model that a key's path leads to."""
    for step in key:
        field = model.model_fields.get(str(step))
        inner = None if field is None else _section_in(field.annotation)
        model = model if inner is None else inner
    return model


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    found = (_section_in(argument) for argument in get_args(annotation))
    return next((section for section in found if section is not None), None)
