"""A planner's own plan through the command: what it says, what it writes, what it refuses."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.reallot.projects import BUDGET, CURVES, POLICY, run, write_project, write_scenarios

OWN = BUDGET.replace("Search,1300", "Search,1500").replace("TV,2600", "TV,2400")


@pytest.fixture
def folder(tmp_path):
    write_project(tmp_path / "mine", history__csv=None, curves__csv=CURVES)
    write_scenarios(tmp_path / "mine", flat="", growth="budget = 1.1\n")
    return tmp_path / "mine"


def own(folder: Path, text: str, name: str = "own.csv") -> Path:
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def scored(folder: Path, file: Path, scenario: str = "flat"):
    result = run(["plan", "--score", file, "--scenario", scenario, folder])
    assert result.exit_code == 0, result.output
    return json.loads((folder / "out" / scenario / "score.json").read_text(encoding="utf-8"))


def findings(folder: Path, text: str):
    result = run(["plan", "--json", "--score", own(folder, text), folder])
    assert result.exit_code == 2
    assert not (folder / "out").exists()
    return [(f["row"], f["column"], f["found"]) for f in json.loads(result.stdout)["errors"]]


def test_the_plan_scores_as_the_plan(folder):
    assert run(["plan", folder]).exit_code == 0
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    score = scored(folder, folder / "out" / "flat" / "plan.csv")
    assert score["objective"] == pytest.approx(plan["objective"], rel=1e-12)
    assert score["broken_rules"] == []
    assert score["deviations"] == []
    assert [row["amount"] for row in score["rows"]] == [r["recommended"] for r in plan["rows"]]


@pytest.mark.parametrize(
    "policy",
    [
        POLICY.replace("quarters = 2", 'quarters = 2\nobjective = "profit"\nmargin = 0.2'),
        POLICY.replace("quarters = 2", 'quarters = 2\nobjective = "spend"')
        + "\n[target]\nresponse = 30_000\n",
    ],
)
def test_the_plan_scores_as_the_plan_under_every_objective(folder, policy):
    (folder / "reallot.toml").write_text(policy)
    assert run(["plan", "--scenario", "flat", folder]).exit_code == 0
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    assert any(row["channel"] == "unspent" and row["recommended"] > 0 for row in plan["rows"])
    score = scored(folder, folder / "out" / "flat" / "plan.csv")
    assert score["objective"] == pytest.approx(plan["objective"], rel=1e-9)
    assert (score["broken_rules"], score["deviations"]) == ([], [])
    assert [row["amount"] for row in score["rows"]] == [r["recommended"] for r in plan["rows"]]
    approved = scored(folder, folder / "budget.csv")
    assert approved["objective"] == pytest.approx(plan["current_objective"], rel=1e-9)
    assert approved["shortfall"] == pytest.approx(
        abs(plan["objective"] - plan["current_objective"]), rel=1e-6
    )
    costs = sum(deviation["cost"] for deviation in approved["deviations"])
    assert costs == pytest.approx(approved["shortfall"], abs=0.05)


def test_the_plan_scores_as_the_plan_where_a_line_is_planned_from_zero(folder):
    (folder / "packages.csv").write_text(
        "package,class,channel,quarter,cost,return\n"
        "Stage,brand,Events,2027Q1,80,900\nTour,brand,Events,2027Q2,120,10\n"
    )
    events = "2027Q1,Events,100\n2027Q2,Events,100\n"
    (folder / "budget.csv").write_text(BUDGET + events)
    (folder / "reallot.toml").write_text(POLICY + "\n[reserve]\nshare = [0.0, 0.3]\n")
    assert run(["plan", "--scenario", "flat", folder]).exit_code == 0
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    score = scored(folder, folder / "out" / "flat" / "plan.csv")
    assert score["objective"] == pytest.approx(plan["objective"], rel=1e-9)
    assert score["broken_rules"] == []
    broken = scored(folder, own(folder, OWN + events))["broken_rules"]
    assert ("packages", "Events", "2027Q1") in [(b["rule"], b["key"], b["quarter"]) for b in broken]


def test_the_current_budget_scores_as_the_plan_says(folder):
    assert run(["plan", folder]).exit_code == 0
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    score = scored(folder, folder / "budget.csv")
    assert score["objective"] == pytest.approx(plan["current_objective"], rel=1e-9)
    assert score["shortfall"] == pytest.approx(plan["objective"] - plan["current_objective"])
    assert score["plan"]["bound"] == plan["bound"]
    assert sum(d["cost"] for d in score["deviations"]) == pytest.approx(
        score["shortfall"], rel=1e-4
    )


def test_every_scenario_is_scored_and_nothing_else_is_written(folder):
    result = run(["plan", "--score", own(folder, OWN), folder])
    assert result.exit_code == 0
    written = {str(p.relative_to(folder / "out")) for p in (folder / "out").rglob("*.*")}
    names = {f"{s}/score.{kind}" for s in ("flat", "growth") for kind in ("csv", "json")}
    assert written == {"curves.json", "curves.html", *names}


def test_a_budget_that_is_not_the_scenarios_breaks_the_budget(folder):
    broken = scored(folder, own(folder, OWN), "growth")["broken_rules"]
    budget = [b for b in broken if b["rule"] == "budget"]
    assert [(b["quarter"], b["excess"]) for b in budget] == [
        ("2027Q1", pytest.approx(430.0)),
        ("2027Q2", pytest.approx(430.0)),
    ]
    assert "4,300.00 is placed of a budget of 4,730.00" in budget[0]["text"]


def test_a_rule_that_is_broken_is_an_answer_and_no_error(folder):
    text = OWN.replace("Search,1500", "Search,2000").replace("TV,2400", "TV,1900")
    result = run(["plan", "--score", own(folder, text), "--scenario", "flat", folder])
    assert result.exit_code == 0
    assert "breaks rules in 2 places" in result.stdout
    assert "Search moves 440.00 further than its elasticity" in result.stdout


def test_the_csv_has_the_amounts_beside_the_recommended_ones(folder):
    score = scored(folder, own(folder, OWN))
    with (folder / "out" / "flat" / "score.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "quarter",
        "channel",
        "amount",
        "recommended",
        "difference",
        "expected_response",
        "marginal_return",
    ]
    assert [row["channel"] for row in rows] == ["Search", "TV", "reserve"] * 2
    assert rows[0]["amount"] == "1500.00"
    total = sum(float(row["expected_response"]) for row in rows)
    assert total == pytest.approx(score["objective"], rel=1e-9)


def test_a_score_may_be_scored_again(folder):
    first = scored(folder, own(folder, OWN))
    path = shutil.copy(folder / "out" / "flat" / "score.csv", folder.parent / "again.csv")
    assert scored(folder, Path(path))["objective"] == first["objective"]


def test_json_is_the_list_of_the_scores(folder):
    result = run(["plan", "--json", "--score", own(folder, OWN), folder])
    documents = json.loads(result.stdout)
    assert [document["scenario"] for document in documents] == ["flat", "growth"]
    written = json.loads((folder / "out" / "flat" / "score.json").read_text(encoding="utf-8"))
    assert documents[0] == written
    assert written["file"]["name"] == "own.csv"


def test_scoring_beside_a_plan_that_stands_or_a_new_one_is_the_same(folder):
    file = own(folder, OWN)
    before = scored(folder, file)
    assert run(["plan", folder]).exit_code == 0
    after = scored(folder, file)
    assert [d["channel"] for d in after["deviations"]] == ["TV", "Search"]
    for now, then in zip(after["deviations"], before["deviations"], strict=True):
        assert now["moved"] == then["moved"]
        assert now["cost"] == pytest.approx(then["cost"], abs=0.02)


def test_everything_that_is_missing_or_strange_is_said_at_once(folder):
    text = "\n".join(
        ["quarter,channel,amount", "2027Q1,Serch,1500", "2027Q1,TV,2400.001", "2027Q2,TV,x"]
    )
    found = findings(folder, text)
    assert (2, "channel", "Serch is not in the project's budget") in found
    assert any(row == 3 and "not a whole number of 0.01" in what for row, _, what in found)
    assert any(row == 4 and column == "amount" for row, column, _ in found)


def test_every_channel_needs_an_amount_in_every_quarter(folder):
    text = OWN.replace("2027Q2,TV,2500\n", "").replace("2027Q2,reserve,400\n", "")
    assert findings(folder, text) == [
        (None, "channel", "TV has no row for 2027Q2"),
        (None, "channel", "reserve has no row for 2027Q2"),
    ]


def test_a_quarter_of_the_plan_must_be_there_and_a_later_one_is_not_read(folder):
    first = "".join(line for line in OWN.splitlines(keepends=True) if "2027Q2" not in line)
    assert findings(folder, first) == [(None, "quarter", "there are no rows for 2027Q2")]
    score = scored(folder, own(folder, OWN + "2027Q3,TV,2500\n"))
    assert score["warnings"] == ["own.csv: 2027Q3 are outside the plan's quarters and not read."]


def test_where_nothing_is_in_the_pool_the_reserve_may_be_left_out(folder):
    def without(text: str) -> str:
        return "".join(line for line in text.splitlines(keepends=True) if "reserve" not in line)

    (folder / "budget.csv").write_text(without(BUDGET))
    score = scored(folder, own(folder, without(OWN)))
    assert score["broken_rules"] == []


def test_a_file_that_is_not_there_is_wrong_input(folder):
    result = run(["plan", "--score", folder / "none.csv", folder])
    assert result.exit_code == 2
    assert "none.csv: it cannot be read" in result.stderr


def test_rules_that_collide_leave_nothing_to_compare_with(folder):
    (folder / "reallot.toml").write_text(POLICY + "\n[reserve]\nshare = [0.6, 0.7]\n")
    result = run(["plan", "--score", own(folder, OWN), folder])
    assert result.exit_code == 3


def test_scoring_and_a_budget_curve_do_not_go_together(folder):
    result = run(["plan", "--budget-curve", "--score", own(folder, OWN), folder])
    assert result.exit_code == 2
    assert "leave out --budget-curve" in result.stderr
