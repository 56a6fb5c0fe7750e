"""A plan for each objective, from the files to the files."""

import csv
import io
import json

import pytest

from reallot import planning
from reallot.fitting import curves_of
from reallot.project import read_project
from tests.reallot.projects import CURVES, POLICY, run, write_project

WIDE = POLICY.replace("default = 0.20", "default = 0.9")


def planned(folder, plan="", addition="", code=0):
    policy = WIDE.replace("quarters = 2", f"quarters = 2\n{plan}") + addition
    write_project(folder, reallot__toml=policy, history__csv=None, curves__csv=CURVES)
    result = run(["plan", "--json", folder])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def rows_of(folder):
    text = (folder / "out" / "base" / "plan.csv").read_text()
    return list(csv.DictReader(io.StringIO(text)))


PROFIT = 'objective = "profit"\nmargin = 0.2'
TARGET = "[target]\nresponse = 30_000\n"


def test_a_plan_for_profit_leaves_what_does_not_pay(tmp_path):
    (document,) = planned(tmp_path, PROFIT)
    assert (document["status"], document["sense"]) == ("optimal", "max")
    rows = rows_of(tmp_path)
    assert [row["channel"] for row in rows[:4]] == ["Search", "TV", "reserve", "unspent"]
    assert sum(float(row["recommended"]) for row in rows) == pytest.approx(8600)
    assert sum(float(row["expected_response"]) for row in rows) == pytest.approx(
        document["objective"], abs=0.01
    )
    assert float(rows[3]["recommended"]) > 0
    # By hand: profit of the plan's own amounts under the curves that were given.
    profit = 0.0
    for row in rows:
        amount = float(row["recommended"])
        if row["channel"] == "Search":
            profit += 0.2 * 20000 * amount / (amount + 1500) - amount
        elif row["channel"] == "TV":
            profit += 0.2 * 15000 * amount**2 / (amount**2 + 2500**2) - amount
    assert document["objective"] == pytest.approx(profit, abs=0.02)
    # The last unit of Search brings back what it costs.
    searched = float(rows[0]["recommended"])
    assert 0.2 * 20000 * 1500 / (searched + 1500) ** 2 == pytest.approx(1, rel=0.02)


def test_the_least_money_meets_its_target_and_no_more(tmp_path):
    (document,) = planned(tmp_path, 'objective = "spend"', TARGET)
    assert (document["sense"], document["upper_bound"]) == ("min", None)
    assert document["bound"] <= document["objective"] < document["current_objective"]
    rows = rows_of(tmp_path)
    spent = sum(float(r["recommended"]) for r in rows if r["channel"] in ("Search", "TV"))
    assert spent == pytest.approx(document["objective"])
    brought = sum(float(row["expected_response"]) for row in rows)
    assert brought == pytest.approx(30_000, rel=1e-4)
    (target,) = [rule for rule in document["rules"] if rule["rule"] == "target"]
    assert (target["key"], target["limit"]) == ("response", 30_000)
    page = (tmp_path / "out" / "base" / "report.html").read_text()
    assert "meets the targets with less than" in page
    assert "met</td>" in page


@pytest.mark.parametrize(("plan", "addition"), [(PROFIT, ""), ('objective = "spend"', TARGET)])
def test_a_plan_that_leaves_money_is_read_back_and_compared_as_it_was(tmp_path, plan, addition):
    (document,) = planned(tmp_path, plan, addition)
    project = read_project(tmp_path)
    (again,), stale = planning.plans_that_stand(project, curves_of(project), 60)
    assert stale == []
    assert again.sense == document["sense"]
    unspent = [row["recommended"] for row in document["rows"] if row["channel"] == "unspent"]
    assert again.allocation.unspent.tolist() == unspent
    compared = run(["compare", "--json", tmp_path])
    assert compared.exit_code == 0, compared.output
    (outcome,) = json.loads(compared.stdout)["plans"]
    assert outcome["unspent"] == pytest.approx(sum(unspent))
    assert outcome["gain"] > 0
    lines = json.loads(compared.stdout)["lines"]
    total = next(line for line in lines if line["level"] == "total")
    assert total["amounts"]["base"] == pytest.approx(8600)


def test_weights_and_costs_are_told_apart_in_the_report(tmp_path):
    channels = """
[[channel]]
name = "Search"
tags = ["core"]
fixed_cost = 100
cost_of_result = 0.02
[weights]
core = 1.5
"""
    planned(tmp_path, addition=channels)
    page = (tmp_path / "out" / "base" / "report.html").read_text()
    assert "What the money brings, and what it pays for" in page
    assert "Strategic weight" in page
    assert "of it strategic weight" in page


def test_a_target_beyond_the_budget_ends_with_the_budget_that_meets_it(tmp_path):
    errors = planned(tmp_path, addition="[target]\nresponse = 45_000\n", code=3)
    (finding,) = errors["errors"]
    assert "the target for response is 45,000.00 CNY" in finding["found"]
    assert "raise the budget from 8,600.00 to" in finding["expected"]
    assert "the smallest that meets the targets" in finding["expected"]


def test_least_money_with_a_target_beyond_the_budget_collides_too(tmp_path):
    errors = planned(tmp_path, 'objective = "spend"', "[target]\nresponse = 45_000\n", code=3)
    assert "raise the budget" in errors["errors"][0]["expected"]
