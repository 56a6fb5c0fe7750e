"""The sample project, and the small one that `init` writes from it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from reallot.errors import Finding, InputError
from reallot.start.files import shipped_scenarios, write_new

_TABLES = ("history.csv", "budget.csv")


def copy_sample(folder: Path) -> None:
    """Copy the sample project into a folder that is new or empty; InputError otherwise."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        expected = "Name a folder that is new or empty: reallot demo my-demo"
        found = "it is there already and not empty"
        raise InputError([Finding(str(folder), None, None, found, expected)])
    sample = files("reallot") / "sample"
    names = ("reallot.toml", *_TABLES)
    contents = {name: (sample / name).read_bytes() for name in names}
    for file in (sample / "scenarios").iterdir():
        if file.name.endswith(".toml"):
            contents[f"scenarios/{file.name}"] = file.read_bytes()
    write_new(folder, contents)


def write_starter(folder: Path) -> list[str]:
    """Write a small commented project with the sample's tables; what to tell the planner."""
    policy = files("reallot") / "start" / "reallot.toml"
    sample = files("reallot") / "sample"
    contents = {name: (sample / name).read_bytes() for name in _TABLES}
    write_new(folder, {"reallot.toml": policy.read_bytes()} | contents | shipped_scenarios())
    return [
        f"A project is in {folder}: it works as it is, on example tables.",
        "Put your own in place of history.csv and budget.csv, then set reallot.toml.",
    ]
