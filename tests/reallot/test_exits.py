import json

import pytest

from optimizer.errors import Conflict, NoPlanInTime, RulesCollide
from reallot import planning
from tests.reallot.projects import HISTORY, run, write_project


def failing(error):
    def fail(problem):
        raise error

    return fail


COLLIDING = failing(RulesCollide("base", Conflict(("the pool holds 10 %",), ("lower it to 8 %",))))


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path)


def test_a_sound_project_exits_with_0(project):
    result = run(["check", project])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "nothing is wrong" in result.stdout


def test_wrong_input_exits_with_2_and_every_problem_on_stderr(tmp_path):
    write_project(tmp_path, history__csv=HISTORY.replace("120", "abc").replace("-09,TV", "x,TV"))
    result = run(["check", tmp_path])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "history.csv, row 4, column spend: found 'abc'. Write a number." in result.stderr
    assert "history.csv, row 5, column date" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["check", "fit", "plan", "compare"])
def test_wrong_input_is_one_json_document_where_asked_for(tmp_path, command):
    write_project(tmp_path, history__csv=HISTORY.replace("120", "abc"))
    result = run([command, "--json", tmp_path])
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "errors": [
            {
                "file": "history.csv",
                "row": 4,
                "column": "spend",
                "found": "found 'abc'",
                "expected": "Write a number.",
            }
        ]
    }


def test_a_wrong_option_is_one_json_document_too(project):
    result = run(["plan", "--json", "--time-limit", "soon", project])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["file"] == "command line"


def test_colliding_rules_exit_with_3_and_the_diagnosis(project, monkeypatch):
    monkeypatch.setattr(planning, "reallocate", COLLIDING)
    result = run(["plan", project])
    assert result.exit_code == 3
    assert "the pool holds 10 %" in result.stderr
    assert "lower it to 8 %" in result.stderr


def test_colliding_rules_are_one_json_document_where_asked_for(project, monkeypatch):
    monkeypatch.setattr(planning, "reallocate", COLLIDING)
    result = run(["plan", "--json", project])
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert set(error) == {"file", "row", "column", "found", "expected"}
    assert "base: these rules cannot hold together: the pool holds 10 %" in error["found"]
    assert "lower it to 8 %" in error["expected"]


def test_no_plan_in_time_exits_with_4(project, monkeypatch):
    failure = NoPlanInTime("base: no plan was found within 1 s")
    monkeypatch.setattr(planning, "reallocate", failing(failure))
    result = run(["plan", project])
    assert (result.exit_code, "within 1 s" in result.stderr) == (4, True)


def test_a_defect_of_ours_exits_with_1_and_says_so(project, monkeypatch):
    monkeypatch.setattr(planning, "reallocate", failing(ZeroDivisionError("division by zero")))
    result = run(["plan", project])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a defect of reallot" in result.stderr
    assert "ZeroDivisionError: division by zero" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_that_is_no_project_is_named_with_the_remedy(tmp_path):
    result = run(["check", tmp_path / "nothing"])
    assert result.exit_code == 2
    assert "reallot init" in result.stderr


def test_an_unknown_scenario_is_answered_with_those_there_are(project):
    result = run(["plan", "--scenario", "bas", project])
    assert result.exit_code == 2
    assert "Did you mean 'base'?" in result.stderr


def test_a_name_cannot_break_the_line_of_a_message(tmp_path):
    write_project(tmp_path, history__csv=HISTORY.replace("TV", '"T\x1b[2J\nV"'))
    result = run(["check", tmp_path])
    assert result.exit_code == 0
    assert any("T [2J V has a history" in line for line in result.stdout.splitlines())
