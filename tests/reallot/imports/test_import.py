"""The command: a model's file becomes the project's curves.csv."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reallot.cli import main
from reallot.imports.model_file import read_model
from tests.reallot.imports.models_of_others import DATA
from tests.reallot.projects import CURVES, read, write_project

ROBYN = str(DATA / "robyn.json")
BUDGET = """\
quarter,channel,amount
2027Q1,Search,260000
2027Q1,TV,470000
2027Q1,Radio,100000
2027Q2,Search,260000
2027Q2,TV,470000
2027Q2,Radio,100000
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, words)])


@pytest.mark.parametrize("name", ["pymc_logistic.nc", "pymc_hill.nc", "meridian.nc", "robyn.json"])
def test_a_project_plans_with_the_curves_that_were_taken(name: str, tmp_path: Path) -> None:
    done = run(DATA / name, tmp_path)
    assert done.exit_code == 0, done.output
    curves = (tmp_path / "curves.csv").read_text()
    given = read(tmp_path, history__csv=None, budget__csv=BUDGET, curves__csv=curves).given
    for ours, taken in zip(given, read_model(DATA / name).curves, strict=True):
        assert (ours.channel, ours.form, ours.period) == (taken.channel, taken.form, taken.period)
        assert ours.at(30_000.0) == pytest.approx(float(taken.at(30_000.0)), rel=1e-8)
        assert ours.carryover == pytest.approx(taken.carryover, rel=1e-8)


def test_it_says_what_was_taken_and_what_could_not_be(tmp_path: Path) -> None:
    exported = json.loads(Path(ROBYN).read_text())
    exported["ExportedModel"]["summary"][1]["coef"] = 0
    path = tmp_path / "model.json"
    path.write_text(json.dumps(exported))
    done = run(path, tmp_path / "project")
    assert done.exit_code == 0
    assert "TV: hill, carry-over 0.48; exact" in done.output
    assert "Not taken:\n  Search: the model says that it brings nothing" in done.output


def test_json_is_one_document(tmp_path: Path) -> None:
    done = run("--json", ROBYN, tmp_path)
    document = json.loads(done.stdout)
    assert [curve["channel"] for curve in document["curves"]] == ["Search", "TV", "Radio"]
    assert document["curves"][0]["top"] == 215_000.0
    assert document["left_out"] == []


def test_curves_that_are_there_are_kept_unless_told(tmp_path: Path) -> None:
    write_project(tmp_path, curves__csv=CURVES)
    refused = run(ROBYN, tmp_path)
    assert refused.exit_code == 2
    assert "curves.csv: the file is there already" in refused.output
    assert (tmp_path / "curves.csv").read_text() == CURVES
    assert run("--replace", ROBYN, tmp_path).exit_code == 0
    assert (tmp_path / "curves.csv").read_text() != CURVES


def test_a_workbook_of_curves_is_replaced_too(tmp_path: Path) -> None:
    (tmp_path / "curves.xlsx").write_bytes(b"a workbook")
    assert run(ROBYN, tmp_path).exit_code == 2
    assert run("--replace", ROBYN, tmp_path).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["curves.csv"]


def test_a_model_of_which_nothing_can_be_taken_is_refused(tmp_path: Path) -> None:
    exported = json.loads(Path(ROBYN).read_text())
    for effect in exported["ExportedModel"]["summary"]:
        effect["coef"] = -1
    path = tmp_path / "model.json"
    path.write_text(json.dumps(exported))
    done = run(path, tmp_path / "project")
    assert done.exit_code == 2
    assert "none of its channels can be taken" in done.output
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("curves.csv", CURVES, "call it curves.csv, in the project's folder"),
        ("model.pkl", "x", "Name a .nc of PyMC-Marketing or Meridian, or a .json of Robyn"),
        ("model.nc", "x", "it is not a readable netCDF file"),
        ("model.json", "[]", "robyn_write"),
    ],
)
def test_what_is_no_model_is_refused(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    done = run(tmp_path / name, tmp_path / "project")
    assert done.exit_code == 2
    assert said in done.output


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in run(tmp_path / "model.nc", tmp_path).output


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "h5netcdf", None)
    done = run(DATA / "meridian.nc", tmp_path)
    assert done.exit_code == 2
    assert "pip install 'reallot[import]'" in done.output
