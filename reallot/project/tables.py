"""Tables as people save them: csv, xlsx or parquet, read into rows of text."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reallot.errors import Finding, InputError, quoted

SUFFIXES = (".csv", ".xlsx", ".parquet")
SEPARATORS = ",;\t"
# Text that spreadsheets would run as a formula; our writers put an apostrophe before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """A table of text; ``rows`` are (row number, cells), the heading being row 1."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    digest: str

    def finding(self, row: int | None, column: int | None, found: str, expected: str) -> Finding:
        """A problem in this table; ``column`` by position."""
        heading = None if column is None else self.headings[column]
        return Finding(self.file, row, heading, found, expected)

    def cells(self, column: int) -> Iterator[tuple[int, str]]:
        """(row number, text) of one column."""
        return ((row, cells[column]) for row, cells in self.rows)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def name_in(text: str) -> str:
    """A channel's name as it is meant: without blanks around it and our writers' apostrophe."""
    text = text.strip(" \u00a0\u3000")
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        return text[1:]
    return text


def name_out(name: str) -> str:
    """A channel's name as a table may hold it; `name_in` takes it back."""
    return f"'{name}" if name.startswith(FORMULA_STARTS) else name


def find(folder: Path, stem: str) -> Path | None:
    """The file that holds a table of this project, or None; InputError where there are several."""
    found = [path for path in (folder / f"{stem}{s}" for s in SUFFIXES) if path.is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise InputError(
            [Finding(found[1].name, None, None, f"{names} are both there", "Keep one of them.")]
        )
    return found[0] if found else None


def read(path: Path) -> Table:
    """Read one table; InputError where it is not one."""
    content = read_bytes(path)
    readers = {".xlsx": _spreadsheet, ".parquet": _parquet}
    if not content.strip():
        raise _refused(path, "the file is empty", "Write a row of headings and rows below it.")
    records = readers.get(path.suffix, _text)(path, content)
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    if not records or not any(cell.strip() for cell in records[0]):
        raise _refused(path, "row 1 is empty", "Write the headings there.", row=1)
    headings = tuple(cell.strip() for cell in _without_blank_end(records[0]))
    twice = sorted({h for h in headings if h and headings.count(h) > 1})
    if twice:
        found = f"the heading {quoted(twice[0])} stands there twice"
        raise _refused(path, found, "Keep one of the columns.", row=1)
    rows = _rows(path, headings, records[1:])
    if not rows:
        raise _refused(path, "there are headings but no rows", "Write rows below the headings.")
    return Table(path.name, headings, rows, digest_of(content))


def read_bytes(path: Path) -> bytes:
    """A file's content; InputError where the system does not give it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, f"it cannot be read: {error.strerror}", "Check the file.") from error


def decode(path: Path, content: bytes) -> str:
    """Text that is UTF-8 (with or without BOM) or GB18030; InputError where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (encoding == "utf-8-sig" or _is_chinese(text)):
            return text
    raise _refused(path, "the text is neither UTF-8 nor GB18030", "Save it as “CSV UTF-8”.")


def _is_chinese(text: str) -> bool:
    # Western text in an old encoding decodes as GB18030 too, into characters hardly anybody writes.
    return bool("".join(c for c in text if ord(c) > 127).encode("gb2312", errors="ignore"))


def _text(path: Path, content: bytes) -> list[list[str]]:
    text = decode(path, content)

    def records(separator: str, *, strict: bool) -> Iterator[list[str]]:
        lines = io.StringIO(text, newline="")
        return csv.reader(lines, delimiter=separator, strict=strict)

    try:
        # A wrong separator leaves quotes in odd places, so the headings are counted leniently.
        separator = max(SEPARATORS, key=lambda s: len(next(records(s, strict=False), [])))
        return list(records(separator, strict=True))
    except csv.Error as error:
        raise _refused(path, f"it is not a table: {error}", "Check the quotes.") from error


def _spreadsheet(path: Path, content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # slow to import, and most projects are csv

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {
            sheet.title: [[_as_text(value) for value in row] for row in sheet.values]
            for sheet in book.worksheets
        }
    except Exception as error:  # openpyxl raises whatever the broken part raised
        raise _refused(path, "it is not a readable .xlsx workbook", "Save it anew.") from error
    filled = {name: rows for name, rows in sheets.items() if any(any(row) for row in rows)}
    if path.stem in filled:
        return filled[path.stem]
    if len(filled) > 1:
        remedy = f"Keep one sheet, or name the right one {path.stem!r}."
        raise _refused(path, f"it has the sheets {', '.join(map(quoted, filled))}", remedy)
    return next(iter(filled.values()), [])


def _parquet(path: Path, content: bytes) -> list[list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise _refused(path, "it is not a readable .parquet file", "Save it anew.") from error
    columns = [[_as_text(value) for value in column.to_pylist()] for column in table.columns]
    return [list(table.column_names), *(list(row) for row in zip(*columns, strict=True))]


def _as_text(value: Any) -> str:
    """A typed cell as a person would write it; 15 digits are what a spreadsheet keeps."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.15g}"
    return str(value)


def _rows(
    path: Path, headings: tuple[str, ...], records: list[list[str]]
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    width, rows, too_wide = len(headings), [], []
    for number, record in enumerate(records, start=2):
        cells = _without_blank_end(record)
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width:
            found = f"there are {len(cells)} cells under {width} headings"
            expected = "Quote a cell that holds a separator, and write numbers without separators."
            too_wide.append(Finding(path.name, number, None, found, expected))
        rows.append((number, tuple(cells[:width] + [""] * (width - len(cells)))))
    if too_wide:
        raise InputError(too_wide)
    return tuple(rows)


def _without_blank_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _refused(path: Path, found: str, expected: str, row: int | None = None) -> InputError:
    return InputError([Finding(path.name, row, None, found, expected)])
