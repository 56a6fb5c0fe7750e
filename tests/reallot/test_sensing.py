"""reallot sensitivity: what a project's plan depends on."""

import csv
import io
import json

import pytest

from tests.reallot.projects import CURVES, POLICY, run, write_project, write_scenarios
from tests.reallot.report.pages import Page, assert_accessible, assert_safe


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("project")
    write_project(path, history__csv=None, curves__csv=CURVES)
    write_scenarios(path, flat="", growth="budget = 1.1\n")
    result = run(["sensitivity", "--jobs", "1", path])
    assert result.exit_code == 0, result.output
    assert "variations: " in result.stderr
    return path


@pytest.fixture(scope="module")
def document(folder):
    return json.loads((folder / "out" / "sensitivity.json").read_text())


def test_the_document_starts_from_the_plan_that_stands(folder, document):
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    assert document["scenario"] == "flat"
    assert document["objective"] == pytest.approx(plan["objective"])


def test_every_input_is_moved_by_10_and_20_per_cent(document):
    assert list(document) == [
        "version", "scenario", "currency", "sense", "objective", "inputs", "notes",
    ]  # fmt: skip
    for entry in document["inputs"]:
        assert list(entry) == ["input", "channel", "alike", "steps", "turns"]
        assert [step["by"] for step in entry["steps"]] == [-0.2, -0.1, 0.1, 0.2]
    names = {entry["input"] for entry in document["inputs"]}
    assert {"effect", "media price", "budget", "effect of TV", "elasticity"} <= names


def test_turning_points_are_said_in_words(document):
    texts = [turn["text"] for one in document["inputs"] for turn in one["turns"].values() if turn]
    assert texts
    assert all(text.startswith(("If the ", "The recommendation stays while ")) for text in texts)


def test_the_table_has_a_row_per_input_and_step(folder, document):
    rows = list(csv.DictReader(io.StringIO((folder / "out" / "sensitivity.csv").read_text())))
    count = sum(len(one["steps"]) * (1 + len(one["alike"])) for one in document["inputs"])
    assert len(rows) == count
    first = document["inputs"][0]["steps"][0]
    assert float(rows[0]["objective"]) == pytest.approx(first["objective"])
    assert float(rows[0]["change"]) == pytest.approx(first["objective"] - document["objective"])


def test_the_page_is_safe_and_says_what_matters(folder):
    page = Page((folder / "out" / "sensitivity.html").read_bytes())
    assert_safe(page)
    assert_accessible(page)
    assert "The plan's response depends most on effect, conversion and basket value" in page.words
    assert "Where the recommendation changes" in page.words


def test_another_scenario_is_looked_at_where_it_is_named(folder):
    result = run(["sensitivity", "--json", "--scenario", "growth", "--jobs", "1", folder])
    assert json.loads(result.stdout)["scenario"] == "growth"


def test_an_unknown_scenario_is_answered_with_those_there_are(folder):
    result = run(["sensitivity", "--scenario", "boom", folder])
    assert result.exit_code == 2
    assert "there is no scenario 'boom'" in result.stderr


def test_where_there_is_no_plan_there_is_nothing_to_move(tmp_path):
    policy = POLICY + "\n[target]\nresponse = 90_000_000\n"
    write_project(tmp_path, history__csv=None, curves__csv=CURVES, reallot__toml=policy)
    result = run(["sensitivity", tmp_path])
    assert result.exit_code == 3
    assert "these rules cannot hold together" in result.stderr
