"""The budget curve through the command."""

import csv
import json
from dataclasses import replace

import openpyxl
import pytest

from optimizer.sweep import BudgetCurve, BudgetPoint, sweep
from reallot.report.budget_curve import sentences_of
from tests.reallot.projects import CURVES, POLICY, run, write_project, write_scenarios
from tests.reallot.report.plans import plan_of


@pytest.fixture
def folder(tmp_path):
    write_project(tmp_path, history__csv=None, curves__csv=CURVES)
    write_scenarios(tmp_path, flat="")
    return tmp_path


def rows_in(folder):
    path = folder / "out" / "flat" / "budget_curve.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_curve_is_written_when_it_is_asked_for(folder):
    result = run(["plan", "--budget-curve", folder])
    assert result.exit_code == 0
    rows = rows_in(folder)
    assert list(rows[0]) == ["budget", "best_response", "bound", "marginal"]
    # The pool of 400 a quarter stays, so that 50 % of the money leaves the channels less of it.
    budgets = [float(row["budget"]) for row in rows]
    best = [float(row["best_response"]) for row in rows]
    assert 8600.0 in budgets
    assert (budgets, best) == (sorted(budgets), sorted(best))
    assert all(float(row["bound"]) >= float(row["best_response"]) for row in rows)
    plan = json.loads((folder / "out" / "flat" / "plan.json").read_text())
    own = best[budgets.index(8600.0)]
    assert own == pytest.approx(plan["objective"], abs=0.01)


def test_the_report_and_the_workbook_show_it(folder):
    assert run(["plan", "--budget-curve", folder]).exit_code == 0
    report = (folder / "out" / "flat" / "report.html").read_text(encoding="utf-8")
    assert "How much budget is right" in report
    assert "One more CNY of budget brings" in report
    sheet = openpyxl.load_workbook(folder / "out" / "flat" / "plan.xlsx")["Budgets"]
    assert sheet.max_row >= len(rows_in(folder)) + 1


def test_without_asking_there_is_none_and_an_old_one_does_not_stay(folder):
    assert run(["plan", "--budget-curve", folder]).exit_code == 0
    assert run(["plan", folder]).exit_code == 0
    assert not (folder / "out" / "flat" / "budget_curve.csv").exists()
    report = (folder / "out" / "flat" / "report.html").read_text(encoding="utf-8")
    assert "How much budget is right" not in report


def test_plan_json_is_the_same_with_and_without_it(folder):
    run(["plan", folder])
    path = folder / "out" / "flat" / "plan.json"
    before = path.read_bytes()
    run(["plan", "--budget-curve", folder])
    assert path.read_bytes() == before


def test_a_margin_says_what_response_is_worth(folder):
    (folder / "reallot.toml").write_text(
        POLICY.replace("quarters = 2", "quarters = 2\nmargin = 0.2")
    )
    result = run(["plan", "--budget-curve", folder])
    words = " ".join(result.stdout.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "at a margin of 20 % of what it brings" in words


def test_a_plan_for_the_least_money_has_no_curve(folder):
    (folder / "reallot.toml").write_text(
        POLICY.replace("quarters = 2", 'quarters = 2\nobjective = "spend"')
        + "\n[target]\nresponse = 30_000\n"
    )
    result = run(["plan", "--budget-curve", folder])
    assert result.exit_code == 2
    assert "plan.objective: there is no budget curve" in result.stderr


def curve(pays, until, margin=1.0, left_out=()) -> BudgetCurve:
    points = tuple(
        BudgetPoint(budget, 2 * budget, 2 * budget, "optimal", 2.0) for budget in (5e3, 1e4, 1.5e4)
    )
    return BudgetCurve(points, pays, until, margin, left_out)


def said(budgets: BudgetCurve) -> str:
    plan = plan_of()
    return " ".join(sentences_of(plan, budgets)).replace("\N{NO-BREAK SPACE}", " ")


def test_words_say_until_where_money_pays_and_what_is_left_out():
    own = float(plan_of().problem.budget.sum())
    assert said(curve("until", 1.2 * own)).endswith("20 % more than this plan's budget.")
    assert said(curve("until", 0.9 * own)).endswith("10 % less than this plan's budget.")
    assert said(curve("until", own)).endswith("which is this plan's budget.")
    assert "at every budget tried, up to 15.0 k CNY" in said(curve("throughout", None))
    assert "less than it costs at every budget tried, from 5,000 CNY" in said(
        curve("nowhere", None)
    )
    assert "at a margin of 35 %" in said(curve("throughout", None, margin=0.35))
    left_out = ((4e3, "the rules collide"), (6e3, "the rules collide"))
    assert "Left out (the rules collide): 4,000, 6,000 CNY." in said(
        curve("throughout", None, left_out=left_out)
    )


def test_a_plan_out_of_reach_of_other_budgets_still_has_its_own_point():
    plan = plan_of()
    alone = replace(plan, problem=replace(plan.problem, time_limit=1e-9))
    found = sweep(alone)
    assert [point.budget for point in found.points] == [pytest.approx(plan.problem.budget.sum())]
    assert {why for _, why in found.left_out} == {"no plan within the time limit"}
    assert found.points[0].marginal is None
    assert "no plan within the time limit" in said(found)
