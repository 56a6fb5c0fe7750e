from datetime import date, timedelta

import openpyxl
import pytest

from models.lift import LiftTest
from reallot.project import read_project
from tests.reallot.project.test_cells import BUDGET_BY_REGION, by_region
from tests.reallot.projects import CURVES, POLICY, findings, read, write_project

TESTS = """\
channel,date_from,date_to,spend_change,lift,stderr
Search,2026-11-02,2026-11-15,60,180,40
TV,2026-11-09,2026-11-15,-100,-30,25.5
"""


def the_finding(tmp_path, text, **files):
    (finding,) = findings(tmp_path, calibration__csv=text, **files)
    assert finding.file == "calibration.csv"
    return finding


def test_a_lift_test_says_what_a_change_of_spend_brought(tmp_path):
    project = read(tmp_path, calibration__csv=TESTS)
    assert project.history.tests == (
        LiftTest("Search", date(2026, 11, 2), date(2026, 11, 15), 60, 180, 40),
        LiftTest("TV", date(2026, 11, 9), date(2026, 11, 15), -100, -30, 25.5),
    )
    assert project.warnings == ()


def test_lift_tests_are_read_in_chinese_with_units(tmp_path):
    text = (
        "渠道,开始日期,结束日期,花费变化（万元）,增量,标准误\n"
        "Search,2026年11月2日,2026/11/15,0.006,180,40\n"
    )
    (test,) = read(tmp_path, calibration__csv=text).history.tests
    assert test == LiftTest("Search", date(2026, 11, 2), date(2026, 11, 15), 60, 180, 40)


def test_lift_tests_are_read_from_a_spreadsheet(tmp_path):
    folder = write_project(tmp_path)
    book = openpyxl.Workbook()
    for row in (line.split(",") for line in TESTS.splitlines()):
        book.active.append(row)
    book.save(folder / "calibration.xlsx")
    assert len(read_project(folder).history.tests) == 2


def test_a_lift_may_be_nothing_or_less(tmp_path):
    project = read(tmp_path, calibration__csv=TESTS.replace("60,180", "60,0"))
    assert [test.lift for test in project.history.tests] == [0, -30]


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "found", "expected"),
    [
        ("\nSearch", "\nSerch", 2, "channel", "'Serch' is not in the history", "mean 'Search'?"),
        ("\nSearch", "\n", 2, "channel", "the cell is empty", "Write the channel's name."),
        ("2026-11-02", "soon", 2, "date_from", "found 'soon'", "2026-01-05"),
        ("2026-11-02", "2026-11-16", 2, "date_to", "before it begins", "last day of the test"),
        ("2026-11-02", "2025-11-02", 2, "date_from", "outside the history, which goes from", "Cor"),
        ("2026-11-15,60", "2026-11-23,60", 2, "date_to", "to 2026-11-22", "delete the test"),
        ("60", "0", 2, "spend_change", "found 0", "tests nothing"),
        ("60", "", 2, "spend_change", "the cell is empty", "below 0 for less"),
        ("60", "221", 2, "spend_change", "but the history spent 220 meanwhile", "contains it"),
        ("180", "", 2, "lift", "the cell is empty", "in the unit of revenue"),
        (",40", ",0", 2, "stderr", "found 0", "95 % interval / 3.92"),
        (",40", ",-4", 2, "stderr", "found -4", "above 0"),
        (",40", ",", 2, "stderr", "the cell is empty", "95 % interval / 3.92"),
    ],
)
def test_what_is_wrong_with_a_lift_test_is_told(tmp_path, old, new, row, column, found, expected):
    finding = the_finding(tmp_path, TESTS.replace(old, new, 1))
    assert (finding.row, finding.column) == (row, column)
    assert found in finding.found
    assert expected in finding.expected


def test_all_that_is_wrong_with_lift_tests_is_told_at_once(tmp_path):
    text = TESTS + "TV,2026-11-12,2026-11-20,50,1,1\nRadio,2027-01-01,2026-01-01,0,x,0\n"
    found = findings(tmp_path, calibration__csv=text)
    assert [(f.row, f.column) for f in found] == [
        (4, "date_from"),
        *((5, column) for column in ("lift", "spend_change", "stderr", "channel")),
    ]


def test_tests_of_one_channel_do_not_overlap(tmp_path):
    finding = the_finding(tmp_path, TESTS + "TV,2026-11-15,2026-11-20,50,1,1\n")
    assert finding.found == "it overlaps the test of TV in row 3"
    text = TESTS + "TV,2026-11-16,2026-11-20,50,1,1\n"
    assert len(read(tmp_path, calibration__csv=text).history.tests) == 3


def test_a_test_lies_in_the_last_month_up_to_its_last_day(tmp_path):
    months = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(14)]
    history = "date,channel,spend,revenue\n" + "".join(
        f"{month},{channel},100,300\n" for month in months for channel in ("Search", "TV")
    )
    text = TESTS.splitlines()[0] + "\nSearch,2026-01-20,2026-02-{},30,90,20\n"
    files = {"history__csv": history}
    assert len(read(tmp_path, calibration__csv=text.format(28), **files).history.tests) == 1
    finding = the_finding(tmp_path, text.replace("02-{}", "03-01"), **files)
    assert "which goes from 2025-01-01 to 2026-02-28" in finding.found


def test_lift_tests_need_a_history(tmp_path):
    finding = the_finding(tmp_path, TESTS, history__csv=None, curves__csv=CURVES)
    assert finding.found == "there are lift tests, but no history to explain them by"


def test_a_test_of_a_channel_that_is_divided_names_a_cell(tmp_path):
    lines = ["Search,2026-02-02,2026-02-15,60,180,40", "Search / North,2026-02-02,2026-02-15,9,9,4"]
    head = TESTS.splitlines()[0]
    files = {"history__csv": by_region(), "budget__csv": BUDGET_BY_REGION}
    finding = the_finding(tmp_path, "\n".join((head, *lines)), **files)
    assert finding.row == 2
    assert "planned by its cells: 'Search / North', 'Search / South'." in finding.expected


def test_tests_of_a_channel_whose_curve_was_given_are_not_used(tmp_path):
    project = read(tmp_path, calibration__csv=TESTS, curves__csv=CURVES)
    assert sum("its lift tests are not used" in warning for warning in project.warnings) == 2


def test_curves_are_fitted_again_when_a_test_changes(tmp_path):
    before = read(tmp_path, calibration__csv=TESTS).inputs_of_curves()
    after = read(tmp_path, calibration__csv=TESTS.replace("180", "181")).inputs_of_curves()
    assert before.keys() == after.keys()
    assert before != after


def test_a_test_spends_no_more_than_there_is_for_days_that_make_weeks(tmp_path):
    days = [date(2026, 1, 5) + timedelta(i) for i in range(28)]
    history = "date,channel,spend,revenue\n" + "".join(
        f"{day},{channel},10,30\n" for day in days for channel in ("Search", "TV")
    )
    text = TESTS.splitlines()[0] + "\nTV,2026-01-07,2026-01-09,{},90,20\n"
    files = {"history__csv": history, "reallot__toml": POLICY}
    assert len(read(tmp_path, calibration__csv=text.format(70), **files).history.tests) == 1
    assert "spent 70 meanwhile" in the_finding(tmp_path, text.format(71), **files).found
