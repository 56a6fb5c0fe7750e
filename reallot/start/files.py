"""The files of a project to start from: gathered, and never written over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from reallot.errors import Finding, InputError
from reallot.output import write_whole


def shipped_scenarios() -> dict[str, bytes]:
    """growth, flat and recession, as `scenarios/NAME.toml`."""
    folder = files("scenarios") / "shipped"
    return {
        f"scenarios/{file.name}": file.read_bytes()
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }


def write_new(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write a project's files; InputError where one of them is there already."""
    there = [name for name in contents if (folder / name).exists()]
    if there:
        expected = "Name another folder, or take the file away."
        raise InputError(
            Finding(str(folder / name), None, None, "the file is there already", expected)
            for name in there
        )
    by_folder: dict[Path, dict[str, bytes]] = {}
    # The policy comes last: without it a folder is no project.
    for name in sorted(contents, key=lambda name: name == "reallot.toml"):
        path = folder / name
        by_folder.setdefault(path.parent, {})[path.name] = contents[name]
    for place in sorted(by_folder, key=lambda place: place == folder):
        write_whole(place, by_folder[place])
