"""What --help says, and how little it loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reallot.cli import IN_ORDER
from tests.reallot.projects import run

NAMES = [command.name for command in IN_ORDER]
REFERENCE = Path(__file__).parents[3] / "docs" / "reference.md"


def test_commands_are_listed_as_a_planner_comes_to_need_them() -> None:
    listed = run(["--help"]).stdout.split("Commands:\n")[1]
    assert [line.split()[0] for line in listed.splitlines()] == NAMES
    assert NAMES[:4] == ["demo", "init", "import", "check"]


def test_the_reference_has_every_command_in_the_same_order() -> None:
    told = re.findall(r"^\| `reallot (\w+)", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert list(dict.fromkeys(told)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    result = run([name, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n +reallot {name} ", result.stdout)


def test_help_loads_nothing_that_only_a_command_needs() -> None:
    asked = "import sys; before = {*sys.modules}; import reallot.cli; print(*{*sys.modules}-before)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    packages = {module.split(".")[0] for module in done.stdout.split()}
    assert packages - sys.stdlib_module_names == {"reallot", "click"}
