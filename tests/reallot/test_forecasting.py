"""What comes anyway, from a project's files to its reports."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.reallot.projects import POLICY, run, write_project, write_scenarios

WEEKS = 130
FIRST = date(2024, 7, 1)


def files() -> dict[str, str]:
    """Two channels of which the first brings five times its money, beside a season of 1,000."""
    random = np.random.default_rng(3)
    spend = 100 * np.exp(random.normal(0, 0.4, (WEEKS, 2)))
    base = 10_000 * np.exp(0.1 * np.sin(2 * np.pi * np.arange(WEEKS) / 52.18))
    revenue = base * np.exp(random.normal(0, 0.01, WEEKS)) + 5 * spend[:, 0]
    days = [FIRST + timedelta(weeks=w) for w in range(WEEKS)]
    rows = [
        f"{day},{name},{spend[w, c]:.0f}"
        for w, day in enumerate(days)
        for c, name in enumerate(("Search", "TV"))
    ]
    totals = [f"{day},{amount:.0f}" for day, amount in zip(days, revenue, strict=True)]
    return {
        "history__csv": "\n".join(("date,channel,spend", *rows)),
        "outcome__csv": "\n".join(("date,revenue", *totals)),
    }


def forecast_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "forecast.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = write_project(tmp_path_factory.mktemp("totals"), **files())
    write_scenarios(folder, boom="demand = 1.10\n", flat="")
    result = run(["plan", folder])
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_a_plan_writes_what_comes_by_quarter_in_money(planned):
    rows = forecast_rows(planned[0])
    assert list(rows[0]) == ["quarter", "baseline", "low", "high", "error"]
    assert [row["quarter"] for row in rows] == ["2027Q1", "2027Q2"]
    for row, days in zip(rows, (90, 91), strict=True):
        low, mean, high = (float(row[name]) for name in ("low", "baseline", "high"))
        assert low < mean < high
        assert mean == pytest.approx(10_000 * days / 7, rel=0.12)
    assert float(rows[0]["error"]) < 0.05


def test_demand_of_a_scenario_multiplies_what_comes_anyway(planned):
    folder, output = planned
    come = re.findall(r"([\d.]+)\s+k\s+CNY\s+of\s+revenue\s+comes\s+anyway", output)
    whole = sum(float(row["baseline"]) for row in forecast_rows(folder)) / 1e3
    assert [float(amount) for amount in come] == pytest.approx([1.1 * whole, whole], rel=0.01)


def test_the_report_has_both_side_by_side(planned):
    page = (planned[0] / "out" / "flat" / "report.html").read_text(encoding="utf-8")
    assert "What comes anyway" in page
    assert "This plan brings" in page


def test_a_fit_says_it_too_and_what_was_foretold(planned):
    result = run(["fit", "--back-test", "--json", planned[0]])
    document = json.loads(result.stdout)
    assert document["forecast"]["quarters"] == ["2027Q1", "2027Q2"]
    assert [row["channel"] for row in document["channels"]] == ["Search", "TV"]
    assert document["back_test"]["total"] < 0.05
    spoken = run(["fit", "--back-test", planned[0]]).output
    assert "comes anyway" in spoken
    assert "Back-test: from what was known on 4 earlier days" in spoken


def test_without_totals_there_is_no_file_and_a_reason(tmp_path):
    folder = write_project(tmp_path)
    (folder / "out").mkdir()
    (folder / "out" / "forecast.csv").write_text("of an earlier outcome.csv")
    result = run(["fit", folder])
    assert not (folder / "out" / "forecast.csv").exists()
    assert "no total revenue" in result.output


def test_without_a_history_there_is_nothing_to_say(tmp_path):
    from tests.reallot.projects import CURVES

    folder = write_project(tmp_path, history__csv=None, curves__csv=CURVES, reallot__toml=POLICY)
    result = run(["fit", "--back-test", folder])
    assert result.exit_code == 0, result.output
    assert "anyway" not in result.output
