"""The main job, end to end: the sample project through the commands."""

import csv
import json
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reallot.cli import main
from tests.sample_world import CHANNELS, SAMPLE

SCENARIOS = ("flat", "growth", "recession")
BUDGET_FACTOR = {"flat": Decimal(1), "growth": Decimal("1.10"), "recession": Decimal("0.92")}
POOL_AT_LEAST = {"flat": Decimal("0.10"), "growth": Decimal("0.10"), "recession": Decimal("0.12")}
CENT = Decimal("0.01")
# How far the sample's policy lets a channel move; the others settle otherwise.
ELASTICITY = {
    "Search": (15, 15),
    "Marketplace Ads": (15, 15),
    "Private Domain": (15, 15),
    "CRM": (15, 15),
    "Live Commerce": (15, 15),
    "Feed Ads": (30, 10),
    "Short Video": (20, 20),
    "KOL": (20, 20),
    "Outdoor": (5, 5),
}

Row = dict[str, str]


def reallot(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def plan_rows(project: Path, scenario: str) -> list[Row]:
    with (project / "out" / scenario / "plan.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plan_json(project: Path, scenario: str) -> dict[str, Any]:
    path = project / "out" / scenario / "plan.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def everything_in(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The project that `reallot demo` leaves behind, and what it printed."""
    folder = tmp_path_factory.mktemp("main") / "demo"
    result = reallot("demo", folder)
    assert result.exit_code == 0, result.output
    return folder, result.output


@pytest.fixture(scope="module")
def project(demo: tuple[Path, str]) -> Path:
    return demo[0]


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """The same project, fitted and planned, to change at will."""
    return shutil.copytree(project, tmp_path / "copy")


def test_the_demo_ends_with_the_paths_of_what_to_open(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    names = [f"{s}/{n}" for s in SCENARIOS for n in ("report.html", "plan.xlsx", "plan.csv")]
    unwrapped = printed.replace("\n", "")
    for name in [*names, "compare.html", "compare.csv", "compare.json"]:
        assert (folder / "out" / name).stat().st_size > 0
        assert str(folder / "out" / name) in unwrapped


@pytest.mark.parametrize("command", ["compare", "hedge"])
def test_the_demo_shows_what_each_of_its_commands_shows(
    demo: tuple[Path, str], copy: Path, command: str
) -> None:
    folder, printed = demo
    alone = reallot(command, copy).stdout
    assert alone.replace(str(copy), str(folder)) in printed


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_quarter_is_spent_to_the_cent(project: Path, scenario: str) -> None:
    current: dict[str, Decimal] = defaultdict(Decimal)
    planned: dict[str, Decimal] = defaultdict(Decimal)
    for row in plan_rows(project, scenario):
        current[row["quarter"]] += Decimal(row["current"])
        planned[row["quarter"]] += Decimal(row["recommended"])
        assert Decimal(row["change"]) == Decimal(row["recommended"]) - Decimal(row["current"])
        assert Decimal(row["recommended"]) % CENT == 0
    assert sum(current.values()) == 48_000_000
    for quarter, amount in current.items():
        assert planned[quarter] == amount * BUDGET_FACTOR[scenario]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_plan_is_proven_and_beats_the_approved_budget(project: Path, scenario: str) -> None:
    plan = plan_json(project, scenario)
    assert plan["status"] == "optimal"
    assert 0 <= plan["gap"] <= 1e-4
    assert plan["bound"] >= plan["objective"] > 1.02 * plan["comparable_objective"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_expected_responses_add_to_the_objective(project: Path, scenario: str) -> None:
    rows = plan_rows(project, scenario)
    total = sum(float(row["expected_response"] or 0) for row in rows)
    assert total == pytest.approx(plan_json(project, scenario)["objective"], abs=0.01 * len(rows))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_channel_moves_further_than_its_elasticity(project: Path, scenario: str) -> None:
    factor = BUDGET_FACTOR[scenario]
    for row in plan_rows(project, scenario):
        base = Decimal(row["current"]) * factor
        if row["channel"] in ELASTICITY:
            down, up = ELASTICITY[row["channel"]]
            assert base * (100 - down) - CENT <= 100 * Decimal(row["recommended"])
            assert 100 * Decimal(row["recommended"]) <= base * (100 + up) + CENT


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_pool_is_filled(project: Path, scenario: str) -> None:
    rows = plan_rows(project, scenario)
    pool = sum(Decimal(row["recommended"]) for row in rows if row["channel"] == "reserve")
    whole = sum(Decimal(row["recommended"]) for row in rows)
    assert pool + 4 * CENT >= POOL_AT_LEAST[scenario] * whole


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_television_is_signed_print_is_stopped_and_events_are_held(
    project: Path, scenario: str
) -> None:
    for row in plan_rows(project, scenario):
        if row["channel"] == "TV":
            assert row["recommended"] == row["current"]
        if row["channel"] == "Events":
            share = Decimal(row["current"]) * BUDGET_FACTOR[scenario]
            assert abs(Decimal(row["recommended"]) - share) < CENT
        if row["channel"] == "Print":
            assert Decimal(row["recommended"]) == 0


def test_the_plan_pays_in_the_world_that_made_the_history(project: Path) -> None:
    response = {truth.name: truth.steady_response for truth in CHANNELS}
    brings = {"current": 0.0, "recommended": 0.0}
    for row in plan_rows(project, "flat"):
        if row["channel"] in response:
            for column in brings:
                brings[column] += 13 * response[row["channel"]](float(row[column]) / 13)
    assert brings["recommended"] > 1.03 * brings["current"]


def test_the_report_says_that_the_effect_of_events_is_unknown(project: Path) -> None:
    assert any("Events" in warning for warning in plan_json(project, "flat")["warnings"])
    report = (project / "out" / "flat" / "report.html").read_text(encoding="utf-8")
    assert "Events" in report


def test_planning_again_gives_the_same_bytes(project: Path, copy: Path) -> None:
    shutil.rmtree(copy / "out")
    for command in ("plan", "compare", "hedge", "simulate", "sensitivity"):
        assert reallot(command, copy).exit_code == 0
    assert everything_in(copy / "out") == everything_in(project / "out")


def test_json_is_one_document_with_a_plan_per_scenario(copy: Path) -> None:
    result = reallot("plan", "--json", "--scenario", "flat", copy)
    assert [plan["scenario"] for plan in json.loads(result.stdout)] == ["flat"]


def test_a_demo_does_not_touch_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    result = reallot("demo", tmp_path)
    assert result.exit_code == 2
    assert everything_in(tmp_path) == {"letter.txt": b"mine"}


def test_wrong_input_is_told_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    project = shutil.copytree(SAMPLE, tmp_path / "project")
    text = (project / "history.csv").read_text()
    (project / "history.csv").write_text(text.replace("2024-01-01,TV,", "2024-01-01,TV,-", 1))
    result = reallot("plan", "--json", project)
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["file"], error["row"], error["column"]) == ("history.csv", 10, "spend")
    assert error["expected"]
    assert not (project / "out").exists()


def test_rules_that_collide_are_named_and_nothing_is_lost(copy: Path) -> None:
    before = everything_in(copy / "out")
    policy = (copy / "reallot.toml").read_text()
    (copy / "reallot.toml").write_text(policy.replace("[0.40, 0.50]", "[0.70, 0.80]"))
    result = reallot("plan", "--json", "--scenario", "flat", copy)
    assert result.exit_code == 3
    assert "core growth" in result.stdout
    assert json.loads(result.stdout)["errors"]
    after = everything_in(copy / "out")
    note = after.pop("flat/no_plan.txt")
    assert after == before
    assert b"earlier inputs" in note
    (copy / "reallot.toml").write_text(policy)
    assert reallot("plan", "--scenario", "flat", copy).exit_code == 0
    assert "flat/no_plan.txt" not in everything_in(copy / "out")


def test_a_scenario_that_does_not_exist_is_wrong_input(copy: Path) -> None:
    result = reallot("plan", "--scenario", "recesion", copy)
    assert result.exit_code == 2
    assert "recession" in result.stderr


def test_comparing_again_gives_the_same_bytes(copy: Path) -> None:
    shutil.rmtree(copy / "out")
    assert reallot("compare", copy).exit_code == 0
    first = {name: (copy / "out" / name).read_bytes() for name in ("compare.csv", "compare.json")}
    assert reallot("compare", copy).exit_code == 0
    assert first == {name: (copy / "out" / name).read_bytes() for name in first}


def test_the_worst_case_that_the_docs_show_is_a_plan_for_the_sample(copy: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "how-to.md").read_text(encoding="utf-8")
    scenario = text.split("# scenarios/black-swan.toml\n")[1].split("```")[0]
    (copy / "scenarios" / "black-swan.toml").write_text(scenario, encoding="utf-8")
    result = reallot("plan", "--json", "--scenario", "black-swan", copy)
    assert result.exit_code == 0
    (plan,) = json.loads(result.stdout)
    pool = sum(row["recommended"] for row in plan["rows"] if row["channel"] == "reserve")
    assert pool >= 3 * 1_500_000
