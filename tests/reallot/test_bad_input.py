"""What a plan says and does where the history is not what a fit would wish for."""

import html
import json
import re
from datetime import date, timedelta

import numpy as np
import pytest

from tests.reallot.projects import findings, run, write_project

WEEKS = 104


def world(weeks=WEEKS, search=None, tv=None, returned=None):
    """Spend (P, 2) of Search and TV, and what each of them returned; None where nobody knows."""
    random = np.random.default_rng(5)
    spend = random.uniform((50, 100), (150, 300), size=(weeks, 2))
    if search is not None:
        spend[:, 0] = search(spend)
    if tv is not None:
        spend[:, 1] = tv(spend)
    results = 1500 * spend / (spend + np.array([100, 200])) + random.normal(0, 20, size=(weeks, 2))
    return spend, (results if returned is None else returned(results))


def tables(spend, results, totals):
    starts = [date(2024, 12, 30) + timedelta(7 * i) for i in range(len(spend))]
    head = "date,channel,spend" if totals else "date,channel,spend,revenue"
    lines, sums = [head], ["date,revenue"]
    for start, money, brought in zip(starts, spend, results, strict=True):
        for channel, amount, result in zip(("Search", "TV"), money, brought, strict=True):
            lines.append(f"{start},{channel},{amount:.2f}" + ("" if totals else _cell(result)))
        sums.append(f"{start}{_cell(2000 + brought.sum())}")
    files = {"history__csv": "\n".join(lines) + "\n"}
    return files | ({"outcome__csv": "\n".join(sums) + "\n"} if totals else {})


def _cell(value):
    return "," if np.isnan(value) else f",{value:.2f}"


def plan_of(folder, totals, **said):
    """The plan's warnings, and its recommended amounts of the first quarter."""
    write_project(folder, **tables(*world(**said), totals))
    result = run(["plan", folder])
    assert result.exit_code == 0, result.output
    plan = json.loads((folder / "out" / "base" / "plan.json").read_text(encoding="utf-8"))
    report = html.unescape((folder / "out" / "base" / "report.html").read_text(encoding="utf-8"))
    assert all(warning in report for warning in plan["warnings"])
    return plan["warnings"], [row["recommended"] for row in plan["rows"]][:2]


def is_said(pattern, warnings):
    return any(re.search(pattern, warning) for warning in warnings)


BOTH = pytest.mark.parametrize("totals", [False, True], ids=["attributed", "totals"])
HELD = [1300, 2600]


@BOTH
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"search": lambda spend: 100.0}, "Search: spend hardly varied"),
        ({"search": lambda spend: 0.0}, "Search: nothing was ever spent"),
        ({"weeks": 2}, "Search: only 2 weeks"),
        ({"returned": lambda results: results * np.nan}, "Search: there are no results"),
    ],
    ids=["constant", "zero", "two weeks", "no outcome"],
)
def test_a_channel_whose_effect_cannot_be_measured_keeps_its_budget(tmp_path, totals, said, reason):
    warnings, amounts = plan_of(tmp_path, totals, **said)
    assert is_said(reason, warnings)
    assert not is_said("Search goes beyond its history", warnings)
    assert amounts == HELD


def test_channels_that_move_together_are_not_told_apart_by_totals(tmp_path):
    warnings, _ = plan_of(tmp_path, totals=True, tv=lambda spend: 2 * spend[:, 0])
    assert is_said("the spend of Search follows that of TV", warnings)
    assert is_said("the spend of TV follows that of Search", warnings)


def test_channels_that_move_together_are_told_apart_by_their_own_results(tmp_path):
    warnings, amounts = plan_of(tmp_path, totals=False, tv=lambda spend: 2 * spend[:, 0])
    assert not is_said("moves with", warnings)
    assert amounts != HELD


def test_one_period_alone_is_refused(tmp_path):
    (finding,) = findings(tmp_path, **tables(*world(weeks=1), totals=False))
    assert finding.found == "one date alone shows no rhythm"
    assert "two periods at least" in finding.expected


@BOTH
def test_negative_outcomes_are_used_and_told(tmp_path, totals):
    def refunds(results):
        results[3] -= 3000
        return results

    warnings, _ = plan_of(tmp_path, totals, returned=refunds)
    assert is_said("negative", warnings)


def test_a_channel_that_never_earned_anything_keeps_its_budget(tmp_path):
    warnings, amounts = plan_of(tmp_path, totals=False, returned=lambda r: r * (-1, 1))
    assert is_said("Search: there was no result above 0", warnings)
    assert amounts == HELD


@BOTH
def test_missing_outcomes_are_left_out_and_told(tmp_path, totals):
    def gaps(results):
        results[::10] = np.nan
        return results

    warnings, _ = plan_of(tmp_path, totals, returned=gaps)
    assert is_said("11 weeks", warnings)
    assert is_said("left out", warnings)


@BOTH
def test_a_history_shorter_than_a_year_is_told(tmp_path, totals):
    warnings, _ = plan_of(tmp_path, totals, weeks=26)
    assert is_said("shorter than a year", warnings)


def test_a_history_of_a_year_is_long_enough(tmp_path):
    warnings, _ = plan_of(tmp_path, totals=False, weeks=52)
    assert not is_said("shorter than a year", warnings)
