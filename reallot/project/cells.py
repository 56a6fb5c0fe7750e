"""Planning cells: channels, and the parts of channels that products, regions and audiences make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reallot.errors import Finding, quoted
from reallot.project.headings import Columns
from reallot.project.tables import name_in

DIMENSIONS = ("product", "region", "audience")
BETWEEN = " / "
# As many cells are named in a message.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Cell:
    """A channel, or its part for one product, region or audience; None where it is not divided."""

    channel: str
    product: str | None = None
    region: str | None = None
    audience: str | None = None

    @property
    def name(self) -> str:
        """The channel and what it serves: Search / North."""
        parts = (self.channel, self.product, self.region, self.audience)
        return BETWEEN.join(part for part in parts if part is not None)

    @property
    def dimensions(self) -> frozenset[str]:
        """By what the channel is divided."""
        return frozenset(d for d in DIMENSIONS if getattr(self, d) is not None)

    def along(self, dimensions: frozenset[str]) -> Cell:
        """The cell that holds this one where the channel is divided by these dimensions alone."""
        return Cell(
            self.channel, *(getattr(self, d) if d in dimensions else None for d in DIMENSIONS)
        )


# Cells by their names, in the order of the table that names them.
Cells = Mapping[str, Cell]
# By what each channel is divided.
Divisions = Mapping[str, frozenset[str]]


def divisions_of(cells: Sequence[Cell]) -> Divisions:
    """By what each channel is divided in some of its cells."""
    divisions: dict[str, frozenset[str]] = {}
    for cell in set(cells):
        divisions[cell.channel] = divisions.get(cell.channel, frozenset()) | cell.dimensions
    return divisions


def cells_of(cells: Cells, channel: str) -> list[str]:
    """The names of the cells that a channel is divided into; none where it is not divided."""
    return [name for name, cell in cells.items() if cell.channel == channel != name]


def by_its_cells(cells: Cells, channel: str) -> str:
    """A sentence, with a blank before it, about a channel that is divided; or nothing."""
    own = cells_of(cells, channel)
    if not own:
        return ""
    named = ", ".join(map(quoted, own[:_MOST_NAMED]))
    more = ", …" if len(own) > _MOST_NAMED else ""
    return f" {channel} is planned by its cells: {named}{more}."


def of_channels(text: str, cells: Cells) -> str:
    """A text with the channels in place of their cells."""
    for name in sorted(cells, key=len, reverse=True):
        text = text.replace(name, cells[name].channel)
    return text


def rows_as_cells(columns: Columns, channels: Sequence[str]) -> list[Cell]:
    """The cell of every row, as far as the table divides the row's channel."""
    keys = list(
        zip(channels, *(_names(columns, dimension) for dimension in DIMENSIONS), strict=True)
    )
    cells = {key: Cell(*key) for key in set(keys)}
    return [cells[key] for key in keys]


def _names(columns: Columns, dimension: str) -> list[str | None]:
    """What every row names in one dimension."""
    if dimension not in columns:
        return [None] * len(columns.rows)
    names = [name_in(text) for text in columns.text(dimension)]
    return [name if name else None for name in names]


def check_cells(
    columns: Columns, cells: Sequence[Cell], divisions: Divisions, findings: list[Finding]
) -> None:
    """Every row of a channel says to which cell it belongs, and no two cells have one name.

    ``divisions`` are those that the rows must follow.
    """
    counts = Counter(cells)
    first: dict[Cell, int] = {}
    for row, cell in zip(columns.rows, cells, strict=True):
        first.setdefault(cell, row)
    for dimension in DIMENSIONS:
        without = {
            cell: (row, counts[cell])
            for cell, row in first.items()
            if dimension in divisions.get(cell.channel, ()) and getattr(cell, dimension) is None
        }
        _refuse_without(columns, without, dimension, findings)
    by_name: dict[str, Cell] = {}
    for cell, row in first.items():
        if by_name.setdefault(cell.name, cell) != cell:
            found = f"{quoted(cell.name)} is the name of two cells"
            expected = "Rename the channel, the product, the region or the audience of one."
            position = columns.places["channel"].position
            findings.append(columns.table.finding(row, position, found, expected))


def _refuse_without(
    columns: Columns,
    without: Mapping[Cell, tuple[int, int]],
    dimension: str,
    findings: list[Finding],
) -> None:
    """Cells that lack a dimension, with their first row and the number of their rows."""
    if without and dimension not in columns:
        channels = ", ".join(dict.fromkeys(cell.channel for cell in without))
        found = f"there is no column {dimension}, by which budget.csv divides {channels}"
        expected = f"Add the column, or leave {dimension} empty in budget.csv."
        findings.append(Finding(columns.table.file, 1, dimension, found, expected))
        return
    for cell, (row, count) in without.items():
        rows = "this row" if count == 1 else f"this and {count - 1} further rows"
        found = f"{rows} of {cell.name} without a {dimension}, by which {cell.channel} is divided"
        expected = f"Write it, or leave {dimension} empty for {cell.channel} in all rows and files."
        position = columns.places[dimension].position
        findings.append(columns.table.finding(row, position, found, expected))


def written_out(data: Mapping[str, Any], cells: Cells) -> dict[str, Any]:
    """A policy's or a scenario's keys, with what is said of a channel said of each of its cells.

    What is said of a cell itself goes before what is said of its channel.
    """
    written = dict(data)
    if isinstance(entries := data.get("channel"), list):
        written["channel"] = _entries(entries, cells)
    if isinstance(resources := data.get("resource"), list):
        written["resource"] = [_uses(resource, cells) for resource in resources]
    return written


def _entries(entries: list[Any], cells: Cells) -> list[Any]:
    divided = {cell.channel for name, cell in cells.items() if cell.channel != name}
    of_channels = {name: entry for entry in entries if (name := _name_of(entry)) in divided}
    written: list[Any] = []
    for entry in entries:
        cell = cells.get(_name_of(entry))
        general = {} if cell is None else of_channels.get(cell.channel, {})
        if _name_of(entry) not in divided:
            written.append(general | entry if general else entry)
    own = {_name_of(entry) for entry in entries}
    for name, cell in cells.items():
        if cell.channel in of_channels and name not in own:
            written.append(of_channels[cell.channel] | {"name": name})
    return written


def _name_of(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def _uses(resource: Any, cells: Cells) -> Any:
    if not isinstance(resource, dict) or not isinstance(uses := resource.get("per_unit"), dict):
        return resource
    of_channels = {part: use for name, use in uses.items() for part in cells_of(cells, name)}
    of_cells = {name: use for name, use in uses.items() if not cells_of(cells, name)}
    return resource | {"per_unit": of_channels | of_cells}
