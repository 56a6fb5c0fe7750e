"""Planning lines from zero, through the commands."""

import csv
import json
from decimal import Decimal

import openpyxl
import pytest

from tests.reallot.projects import BUDGET, CURVES, POLICY, run, write_project, write_scenarios
from tests.reallot.report.pages import Page, assert_accessible, assert_safe

PACKAGES = """\
package,class,channel,quarter,cost,return,conversion,priority,must_fund,requires,excludes
Key visual,brand,Events,2027Q1,20.00,10,,1,,,
Roadshow,brand,Events,2027Q1,50.25,900,,2,,Key visual,
Gala,brand,Events,2027Q2,300.00,50,,3,,,Roadshow
=Coupons,performance,Events,2027Q2,20.00,1,0.2,,,,
Press,performance,Events,2027Q2,10.00,1,0.1,,yes,,
"""
POOL = "[reserve]\nshare = [0.0, 0.2]\n"
PROTECT = '[packages]\nprotect = { class = "performance", conversion = 0.15 }\n'


@pytest.fixture
def folder(tmp_path):
    write_project(
        tmp_path,
        history__csv=None,
        curves__csv=CURVES,
        packages__csv=PACKAGES,
        budget__csv=f"{BUDGET}2027Q1,Events,500\n2027Q2,Events,500\n",
        reallot__toml=f"{POLICY}{POOL}{PROTECT}",
    )
    return tmp_path


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def planned(folder):
    assert run(["plan", folder]).exit_code == 0
    return folder / "out" / "base"


def test_the_ranked_list_shows_what_is_funded_and_where_it_is_cut(planned):
    rows = table(planned / "packages.csv")
    assert list(rows[0]) == [
        "rank", "package", "class", "channel", "quarter", "cost", "return", "conversion",
        "priority", "funded", "reason", "cumulative_cost", "cut_line",
    ]  # fmt: skip
    assert [(row["package"], row["funded"], row["cut_line"]) for row in rows] == [
        ("Key visual", "yes", "above"),
        ("Roadshow", "yes", "above"),
        ("Gala", "no", "below"),
        ("Press", "yes", "above"),
        ("'=Coupons", "yes", "above"),
    ]
    assert [row["cumulative_cost"] for row in rows] == [
        "20.00", "70.25", "370.25", "10.00", "30.00",
    ]  # fmt: skip
    better = "its money brings more here than elsewhere within the rules"
    assert [row["reason"] for row in rows] == [
        f"with Roadshow, {better}",
        better,
        "excluded by Roadshow",
        "must be funded",
        "protected: it converts above 15.0\N{NO-BREAK SPACE}%",
    ]


def test_the_plan_books_what_the_funded_packages_cost(planned):
    rows = {(row["quarter"], row["channel"]): row for row in table(planned / "plan.csv")}
    first, second = rows["2027Q1", "Events"], rows["2027Q2", "Events"]
    assert Decimal(first["recommended"]) == Decimal("70.25")
    assert Decimal(second["recommended"]) == Decimal("30.00")
    assert Decimal(first["expected_response"]) == 910
    assert first["reason"] == "funds: Key visual, Roadshow; no package is left"
    assert "next below the cut line: Gala (costs 300.00, returns 50.00)" in second["reason"]


def test_the_list_stands_in_every_output(planned):
    document = json.loads((planned / "plan.json").read_text())
    assert [entry["package"] for entry in document["packages"] if entry["funded"]] == [
        "Key visual", "Roadshow", "Press", "=Coupons",
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(planned / "plan.xlsx")["Packages"]
    assert [cell.value for cell in sheet["B"][1:]] == [e["package"] for e in document["packages"]]
    page = Page((planned / "report.html").read_bytes())
    assert_safe(page)
    assert_accessible(page)
    assert "Roadshow" in page.text
    assert [row for row in page.all("tr") if row.get("class") == "cut"]


def test_a_project_without_packages_has_no_list(tmp_path):
    write_project(tmp_path, history__csv=None, curves__csv=CURVES)
    assert run(["plan", tmp_path]).exit_code == 0
    assert not (tmp_path / "out" / "base" / "packages.csv").exists()
    document = json.loads((tmp_path / "out" / "base" / "plan.json").read_text())
    assert "packages" not in document
    assert "Packages" not in openpyxl.load_workbook(tmp_path / "out" / "base" / "plan.xlsx")


def test_a_scenario_may_protect_otherwise(folder):
    lean = PROTECT.replace("0.15", "0.25")
    write_scenarios(folder, flat="", lean=lean)
    assert run(["plan", folder]).exit_code == 0
    protected = {
        name: [
            row["package"]
            for row in table(folder / "out" / name / "packages.csv")
            if row["reason"].startswith("protected")
        ]
        for name in ("flat", "lean")
    }
    assert protected == {"flat": ["'=Coupons"], "lean": []}


def test_plans_with_packages_are_compared_and_read_back(folder):
    write_scenarios(folder, flat="", growth="demand = 1.2\n")
    assert run(["compare", folder]).exit_code == 0
    once = (folder / "out" / "compare.json").read_bytes()
    assert run(["compare", folder]).exit_code == 0
    assert (folder / "out" / "compare.json").read_bytes() == once


def test_a_project_of_nothing_but_packages_is_planned(folder):
    (folder / "curves.csv").unlink()
    (folder / "budget.csv").write_text(
        "quarter,channel,amount\n2027Q1,Events,500\n2027Q2,Events,500\n"
    )
    (folder / "reallot.toml").write_text(f"{POLICY}[reserve]\nshare = [0.0, 1.0]\n")
    result = run(["plan", folder])
    assert result.exit_code == 0
    assert "No plan within these rules can bring more" in result.stdout


def test_packages_that_must_be_funded_and_cost_too_much_collide(folder):
    text = PACKAGES.replace(
        "Gala,brand,Events,2027Q2,300.00,50,,3,,", "Gala,brand,Events,2027Q2,9000,50,,3,yes,"
    )
    (folder / "packages.csv").write_text(text)
    result = run(["plan", "--json", folder])
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert "Gala must be funded (9,000.00)" in error["found"]
    assert "let Gala go without money (its must_fund)" in error["expected"]


def test_a_hedge_says_which_packages_are_funded_now_and_later(folder):
    write_scenarios(folder, up="demand = 1.2\n", down="demand = 0.8\n")
    result = run(["hedge", folder])
    assert result.exit_code == 0, result.output
    told = " ".join(result.stdout.split())
    assert "Fund the packages Key visual and Roadshow." in told
    funded = json.loads((folder / "out" / "hedge_inputs.json").read_text())["funded"]
    for scenario in ("up", "down"):
        later = told.split(f"If {scenario}:")[1].split("If ")[0]
        names = [name for name in ("Gala", "Press", "=Coupons") if name in later]
        assert "2027Q2: " in later
        assert {"Key visual", "Roadshow", *names} == set(funded[scenario])
    words = Page((folder / "out" / "hedge.html").read_bytes()).words
    assert "Fund the packages Key visual and Roadshow." in words
