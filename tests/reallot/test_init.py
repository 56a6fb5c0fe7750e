import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.period import Period
from reallot.project import read_project
from tests.reallot.projects import run

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
WEEKS = [date(2025, 1, 6) + timedelta(7 * i) for i in range(60)]


def wide_table(folder: Path) -> Path:
    lines = ["DATE,revenue,tv_S,search_S,tv_I,price,events,t"]
    for i, day in enumerate(WEEKS):
        event = "sale" if i % 20 == 0 else "na"
        lines.append(
            f"{day},{5000 + 10 * i},{100 + i % 7},{50 + i % 5},9999,{1 + i % 3},{event},{i}"
        )
    path = folder / "weekly.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_starter_is_a_project_without_problems(tmp_path):
    result = run(["init", tmp_path / "new"])
    assert result.exit_code == 0, result.output
    project = read_project(tmp_path / "new")
    assert set(project.scenarios) == {"flat", "growth", "recession"}
    assert set(project.policy.tiers.named) == {"S", "out"}


def test_a_starters_scenarios_say_that_they_illustrate(tmp_path):
    run(["init", tmp_path])
    for name in ("growth", "recession"):
        text = (tmp_path / "scenarios" / f"{name}.toml").read_text()
        assert "The numbers illustrate" in text


def test_a_starter_can_be_planned_at_once(tmp_path):
    run(["init", tmp_path])
    result = run(["plan", tmp_path])
    assert result.exit_code == 0, result.output


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "budget.csv").write_text("mine")
    result = run(["init", tmp_path])
    assert result.exit_code == 2
    assert "budget.csv" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["budget.csv"]


def test_a_demo_is_refused_where_something_is(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    result = run(["demo", tmp_path])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_columns_of_a_wide_table_are_guessed_and_said(tmp_path):
    result = run(["init", "--from", wide_table(tmp_path), tmp_path / "new"])
    assert result.exit_code == 0, result.output
    said = result.stdout
    for line in (
        "DATE",
        "revenue",
        "tv_S → tv",
        "control   price",
        "events ('na': none)",
        "tv_I, t",
    ):
        assert line in said
    project = read_project(tmp_path / "new")
    assert project.history.channels == ("tv", "search")
    assert list(project.history.controls) == ["price", "events: sale"]
    assert project.history.outcome[0] == 5000


def test_the_budget_is_a_quarter_of_the_last_twelve_months(tmp_path):
    run(["init", "--from", wide_table(tmp_path), tmp_path / "new"])
    budget = read_project(tmp_path / "new").budget
    spent = sum(100 + i % 7 for i in range(8, 60))
    assert budget.quarters == ("2026Q2", "2026Q3", "2026Q4", "2027Q1")
    assert budget.amounts["tv"] == (round(spent / 4),) * 4


def test_a_long_table_is_copied_as_it_is(tmp_path):
    lines = ["日期,渠道,花费,收入"]
    lines += [f"{day},{name},100,500" for day in WEEKS for name in ("搜索", "=抖音")]
    table = tmp_path / "明细.csv"
    table.write_bytes("\n".join(lines).encode("gb18030"))
    result = run(["init", "--from", table, tmp_path / "new"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "new" / "history.csv").read_bytes() == table.read_bytes()
    project = read_project(tmp_path / "new")
    assert project.policy.plan.currency == "CNY"
    assert project.budget.channels == ("搜索", "=抖音")
    with (tmp_path / "new" / "budget.csv").open(encoding="utf-8") as file:
        assert {row["channel"] for row in csv.DictReader(file)} == {"搜索", "'=抖音"}


def test_a_channel_that_spent_nothing_lately_is_left_out_and_said_so(tmp_path):
    lines = ["date,channel,spend,revenue"]
    for i, day in enumerate(WEEKS):
        lines += [f"{day},TV,100,500", f"{day},Print,{0 if i >= 8 else 10},5"]
    table = tmp_path / "long.csv"
    table.write_text("\n".join(lines))
    result = run(["init", "--from", table, tmp_path / "new"])
    assert "nothing was spent on it: Print" in result.stdout
    assert read_project(tmp_path / "new").budget.channels == ("TV",)


def test_a_table_in_its_place_already_is_used_there(tmp_path):
    table = wide_table(tmp_path).rename(tmp_path / "history.csv")
    assert run(["init", "--from", table, tmp_path]).exit_code == 0
    assert read_project(tmp_path).history.period is Period.WEEK


def test_tiny_amounts_are_not_rounded_to_cents(tmp_path):
    table = wide_table(tmp_path)
    table.write_text(table.read_text().replace(",1", ",0.1").replace(",5", ",0.5"))
    run(["init", "--from", table, tmp_path / "new"])
    assert read_project(tmp_path / "new").policy.plan.rounding == 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("week,revenue\n2026-01-05,1\n2026-01-12,2\n", "spend"),
        ("tv_spend,revenue\n1,1\n2,2\n", "dates"),
        ("week,tv_spend\n2026-01-05,1\n2026-01-12,2\n", "the result"),
    ],
)
def test_a_table_in_which_something_is_missing_is_refused(tmp_path, text, what):
    (tmp_path / "table.csv").write_text(text)
    result = run(["init", "--from", tmp_path / "table.csv", tmp_path / "new"])
    assert result.exit_code == 2
    assert f"no column looks like {what}" in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_table_that_is_not_there_is_refused(tmp_path):
    result = run(["init", "--from", tmp_path / "none.csv", tmp_path / "new"])
    assert (result.exit_code, "no such table" in result.stderr) == (2, True)


def test_a_table_that_shows_nothing_can_be_planned_at_once_too(tmp_path):
    lines = ["date,channel,spend,revenue"]
    lines += [f"{day},{name},100,500" for day in WEEKS for name in ("TV", "Print")]
    table = tmp_path / "long.csv"
    table.write_text("\n".join(lines))
    assert run(["init", "--from", table, tmp_path / "new"]).exit_code == 0
    result = run(["plan", tmp_path / "new"])
    assert result.exit_code == 0, result.output


EXPECTED = {
    "robyn_dt_simulated_weekly": (5, ["competitor_sales_B", "newsletter", "events: event1"]),
    "pymc_mmm_example": (2, ["event_1", "event_2"]),
    "meridian_national_media": (4, ["competitor_activity_score_control"]),
    "retail_case_study": (10, ["st_ct", "hldy_Black Friday"]),
}


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_well_known_tables_become_projects(tmp_path, name):
    channels, controls = EXPECTED[name]
    result = run(["init", "--from", DATA / f"{name}.csv", tmp_path / name])
    assert result.exit_code == 0, result.output
    project = read_project(tmp_path / name)
    assert len(project.history.channels) == channels
    assert set(controls) <= set(project.history.controls)
    assert project.warnings == ()


def test_a_table_by_region_makes_a_budget_by_region(tmp_path):
    lines = ["日期,渠道,地区,花费,收入"]
    for day in WEEKS:
        lines += [
            f"{day},搜索,{region},{spend},900" for region, spend in (("华北", 100), ("华南", 60))
        ]
        lines.append(f"{day},电视,,300,500")
    (tmp_path / "weekly.csv").write_text("\n".join(lines) + "\n")
    result = run(["init", "--from", tmp_path / "weekly.csv", tmp_path / "mine"])
    assert result.exit_code == 0, result.output
    assert "3 planning cells of 2 channels" in result.output
    project = read_project(tmp_path / "mine")
    assert project.budget.channels == ("搜索 / 华北", "搜索 / 华南", "电视")
    assert project.history.channels == project.budget.channels
    assert [int(amounts[0]) for amounts in project.budget.amounts.values()] == [1300, 780, 3900]
    assert run(["plan", tmp_path / "mine"]).exit_code == 0
