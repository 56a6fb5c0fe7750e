from datetime import date, timedelta

import numpy as np
import pytest

from tests.reallot.projects import POLICY, findings, read, the_finding

TOTALS = """\
date,revenue,price
2026-11-02,1000,9.9
2026-11-09,1100,9.5
2026-11-16,990,9.9
"""


def test_totals_stand_beside_the_history(tmp_path):
    history = read(tmp_path, outcome__csv=TOTALS).history
    assert history.outcome.tolist() == [1000, 1100, 990]
    assert history.controls["price"].tolist() == [9.9, 9.5, 9.9]


def test_daily_totals_are_added_up_and_daily_controls_averaged(tmp_path):
    days = [date(2026, 11, 2) + timedelta(i) for i in range(21)]
    rows = "\n".join(f"{day},10,{i % 7}" for i, day in enumerate(days))
    history = read(tmp_path, outcome__csv=f"date,revenue,price\n{rows}\n").history
    assert history.outcome.tolist() == [70, 70, 70]
    assert history.controls["price"].tolist() == [3, 3, 3]


def test_a_missing_total_is_a_warning_and_no_zero(tmp_path):
    project = read(tmp_path, outcome__csv=TOTALS.replace("2026-11-09,1100,9.5\n", ""))
    assert np.isnan(project.history.outcome[1])
    assert project.history.controls["price"].tolist() == [9.9, 9.9, 9.9]
    assert "1 of the history's 3 weeks have no whole total" in project.warnings[0]


def test_totals_before_the_history_are_left_out_with_a_warning(tmp_path):
    rows = TOTALS.replace("price\n", "price\n2026-10-26,1000,9.9\n")
    project = read(tmp_path, outcome__csv=rows)
    assert project.history.outcome.tolist() == [1000, 1100, 990]
    assert "1 rows lie before the history" in project.warnings[0]


def test_controls_may_go_on_where_the_history_ends(tmp_path):
    rows = "2026-11-23,,9.0\n2026-11-30,,\n2026-12-07,,8.5\n"
    project = read(tmp_path, outcome__csv=TOTALS + rows)
    history = project.history
    assert history.outcome.tolist() == [1000, 1100, 990]
    assert history.controls["price"].tolist() == [9.9, 9.5, 9.9]
    assert history.ahead["price"].tolist() == pytest.approx([9.0, np.nan, 8.5], nan_ok=True)
    assert project.warnings == ()


def test_a_word_for_what_is_to_come_is_known_ahead(tmp_path):
    policy = POLICY + '\n[history]\nindicators = { event = "none" }\n'
    rows = ["date,revenue,event", "2026-11-02,1000,none", "2026-11-09,1100,fair"]
    rows += ["2026-11-16,990,none", "2026-11-23,,fair", "2026-11-30,,none"]
    text = "\n".join(rows)
    history = read(tmp_path, reallot__toml=policy, outcome__csv=text).history
    assert history.controls["event: fair"].tolist() == [0, 1, 0]
    assert history.ahead["event: fair"].tolist() == [1, 0]


def test_revenue_after_the_history_is_not_used_with_a_warning(tmp_path):
    project = read(tmp_path, outcome__csv=TOTALS + "2026-11-23,1000,9.9\n")
    assert project.history.outcome.tolist() == [1000, 1100, 990]
    assert "the revenue of 1 rows after the history is not used" in project.warnings[0]


def test_totals_out_of_step_with_the_history_are_refused(tmp_path):
    text = TOTALS.replace("02,", "03,").replace("09,", "10,").replace("16,", "17,")
    assert "from 2026-11-02" in the_finding(tmp_path, outcome__csv=text).expected


def test_totals_of_other_years_are_refused(tmp_path):
    text = TOTALS.replace("2026-11-02", "2025-11-03").replace("2026-11-09", "2025-11-10")
    finding = the_finding(tmp_path, outcome__csv=text.replace("2026-11-16", "2025-11-17"))
    assert "none of the dates" in finding.found


def test_a_control_of_text_is_refused_unless_declared(tmp_path):
    text = TOTALS.replace("9.9", "high").replace("9.5", "low")
    assert len(findings(tmp_path, outcome__csv=text)) == 3
    policy = POLICY + '\n[history]\nindicators = { price = "high" }\n'
    history = read(tmp_path, reallot__toml=policy, outcome__csv=text).history
    assert history.controls["price: low"].tolist() == [0, 1, 0]


def test_an_empty_control_is_refused(tmp_path):
    finding = the_finding(tmp_path, outcome__csv=TOTALS.replace("9.5", ""))
    assert (finding.file, finding.row, finding.column) == ("outcome.csv", 3, "price")


@pytest.mark.parametrize("total", ["-5", ""])
def test_totals_may_be_negative_or_missing(tmp_path, total):
    assert read(tmp_path, outcome__csv=TOTALS.replace("1100", total)).history is not None


def test_problems_of_both_files_are_found_at_once(tmp_path):
    found = findings(
        tmp_path,
        history__csv="date,channel,spend\n2026-11-02,TV,x\n2026-11-09,TV,1\n",
        outcome__csv=TOTALS.replace("1100", "y"),
    )
    assert {f.file for f in found} == {"history.csv", "outcome.csv"}
