"""What commands answer on the terminal: a JSON document, or lines and where the files are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from reallot.errors import on_one_line


def tell_json(document: Any) -> None:
    """Print one JSON document; bytes are one already."""
    if isinstance(document, bytes):
        click.echo(document.decode(), nl=False)
    else:
        click.echo(json.dumps(document, ensure_ascii=False))


def tell(lines: Iterable[str]) -> None:
    """Print lines; names in them cannot break them."""
    for line in lines:
        click.echo(on_one_line(line))


def tell_notes(notes: Iterable[str]) -> None:
    """Print to stderr what should be known beside the answer."""
    for note in notes:
        click.echo(on_one_line(f"Note: {note}"), err=True)


def tell_places(folder: Path, names: Iterable[str]) -> None:
    """Print where files are."""
    for name in names:
        click.echo(f"{'':<10}{folder / name}")


def tell_files(
    name: str, what: str, folder: Path, files: Mapping[str, bytes], *, as_json: bool
) -> None:
    """Print ``what`` was written and where, or else the JSON among the files called ``name``."""
    if as_json:
        tell_json(files[f"{name}.json"])
        return
    click.echo(what)
    tell_places(folder, files)
