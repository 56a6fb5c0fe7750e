"""What several commands are given."""

from __future__ import annotations

import json

import pytest

from tests.reallot.projects import run


@pytest.mark.parametrize(
    "line",
    [
        ["plan", "--scenario", "flat", "--scenario", "growth"],
        ["hedge", "--objective", "regret", "--objective", "cvar"],
        ["compare", "--from-quarter", "2027Q1", "--from-quarter=2027Q2"],
    ],
)
def test_an_option_given_twice_is_refused_before_one_is_dropped(line: list[str]) -> None:
    result = run(line)
    assert result.exit_code == 2
    assert f"{line[1]} is given 2 times: give it once." in result.stderr
    (error,) = json.loads(run([line[0], "--json", *line[1:]]).stdout)["errors"]
    assert "2 times" in error["found"]
