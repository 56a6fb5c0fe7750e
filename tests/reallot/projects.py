"""Small project folders for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from reallot.cli import main
from reallot.errors import Finding, InputError
from reallot.project import Project, read_project

POLICY = """\
[plan]
name = "Test"
currency = "CNY"
first_quarter = "2027Q1"
quarters = 2

[elasticity]
default = 0.20
"""

HISTORY = """\
date,channel,spend,revenue
2026-11-02,Search,100,500
2026-11-02,TV,200,300
2026-11-09,Search,120,560
2026-11-09,TV,180,290
2026-11-16,Search,90,470
2026-11-16,TV,210,310
"""

BUDGET = """\
quarter,channel,amount
2027Q1,Search,1300
2027Q1,TV,2600
2027Q1,reserve,400
2027Q2,Search,1400
2027Q2,TV,2500
2027Q2,reserve,400
"""

CURVES = """\
channel,form,top,half,slope,carryover,period
Search,hill,20000,1500,1,0,quarter
TV,hill,15000,2500,2,0,quarter
"""


def write_project(folder: Path, **files: str | bytes | None) -> Path:
    """A sound project with these files in place of its own; a double underscore is a dot.

    None leaves a file out.
    """
    contents: dict[str, str | bytes | None] = {
        "reallot.toml": POLICY,
        "history.csv": HISTORY,
        "budget.csv": BUDGET,
    }
    contents |= {name.replace("__", "."): content for name, content in files.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        if content is not None:
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(raw)
    return folder


def write_scenarios(folder: Path, **files: str) -> None:
    """Scenario files by name."""
    (folder / "scenarios").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "scenarios" / f"{name}.toml").write_text(text, encoding="utf-8")


def read(folder: Path, **files: str | bytes | None) -> Project:
    """The project with these files in place of its own."""
    return read_project(write_project(folder, **files))


def findings(folder: Path, **files: str | bytes | None) -> tuple[Finding, ...]:
    """What is wrong with the project when these files are in place of its own."""
    write_project(folder, **files)
    try:
        read_project(folder)
    except InputError as error:
        return error.findings
    return ()


def the_finding(folder: Path, **files: str | bytes | None) -> Finding:
    """The only thing wrong with the project."""
    found = findings(folder, **files)
    assert len(found) == 1, [str(f) for f in found]
    return found[0]


def run(arguments: Sequence[str | Path]) -> Result:
    """A command, as the shell runs it."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
