from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.period import Period
from tests.reallot.projects import HISTORY, POLICY, findings, read, the_finding

MONDAY = date(2026, 1, 5)


def history_of(days, channels=("Search", "TV"), spend=10):
    rows = [f"{day},{channel},{spend},{3 * spend}" for day in days for channel in channels]
    return "date,channel,spend,revenue\n" + "\n".join(rows) + "\n"


def weeks(count, start=MONDAY):
    return [start + timedelta(7 * i) for i in range(count)]


def months(count):
    return [date(2025 + m // 12, m % 12 + 1, 1) for m in range(count)]


def test_weekly_rows_make_weeks(tmp_path):
    history = read(tmp_path).history
    assert (history.period, history.starts[0]) == (Period.WEEK, date(2026, 11, 2))
    assert history.spend.tolist() == [[100, 200], [120, 180], [90, 210]]
    assert history.revenue.tolist() == [[500, 300], [560, 290], [470, 310]]


@pytest.mark.parametrize("day", [1, 15])
def test_monthly_rows_make_months(tmp_path, day):
    dates = [d.replace(day=day) for d in months(14)]
    history = read(tmp_path, history__csv=history_of(dates)).history
    assert (history.period, history.starts) == (Period.MONTH, tuple(months(14)))


def test_the_last_days_of_months_make_months(tmp_path):
    dates = [first - timedelta(1) for first in months(7)[1:]]
    history = read(tmp_path, history__csv=history_of(dates)).history
    assert (history.period, history.starts) == (Period.MONTH, tuple(months(6)))


def test_the_first_days_of_quarters_make_quarters(tmp_path):
    dates = months(24)[::3]
    history = read(tmp_path, history__csv=history_of(dates)).history
    assert (history.period, history.starts) == (Period.QUARTER, tuple(dates))


def test_daily_rows_are_added_up_to_weeks_from_monday_to_sunday(tmp_path):
    days = [MONDAY + timedelta(i) for i in range(-2, 23)]
    project = read(tmp_path, history__csv=history_of(days))
    assert project.history.starts == tuple(weeks(3))
    assert project.history.spend.tolist() == [[70, 70]] * 3
    assert project.history.revenue.tolist() == [[210, 210]] * 3
    assert "4 days of weeks cut off at the ends" in project.warnings[0]


def test_a_day_without_a_row_inside_a_week_is_a_day_without_spend_and_said_so(tmp_path):
    days = [MONDAY + timedelta(i) for i in range(21)]
    text = history_of(days).replace(f"{days[9]},TV,10,30\n", "")
    project = read(tmp_path, history__csv=text)
    assert project.history.spend[1].tolist() == [70, 60]
    assert "TV has no row for 1 days" in project.warnings[0]


def test_revenue_of_the_wrong_sign_is_told(tmp_path):
    days = weeks(4)
    text = history_of(days).replace(f"{days[1]},TV,10,30", f"{days[1]},TV,10,-90")
    project = read(tmp_path, history__csv=text)
    assert "the revenue of TV is negative in 1 of 4 periods" in project.warnings[0]
    assert "sign" in project.warnings[0]


def test_a_return_that_leaves_a_channel_its_revenue_is_no_matter_of_signs(tmp_path):
    days = weeks(4)
    text = history_of(days).replace(f"{days[1]},TV,10,30", f"{days[1]},TV,10,-80")
    project = read(tmp_path, history__csv=text)
    assert project.history.revenue[1].tolist() == [30, -80]
    assert project.warnings == ()


@given(st.integers(20, 60), st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_whole_weeks_of_daily_rows_lose_no_money(tmp_path_factory, count, shift):
    days = [MONDAY + timedelta(shift + i) for i in range(count)]
    history = read(tmp_path_factory.mktemp("p"), history__csv=history_of(days)).history
    assert np.all(history.spend == 70)
    assert history.starts[0].weekday() == 0
    assert len(history.starts) in (count // 7, (count - 6) // 7)


def test_a_missing_week_is_a_warning_and_bridged_for_carryover_only(tmp_path):
    text = history_of(weeks(4)).replace(f"{weeks(4)[2]},TV,10,30\n", "")
    project = read(tmp_path, history__csv=text)
    assert project.history.observed[:, 1].tolist() == [True, True, False, True]
    assert project.history.spend[2, 1] == 10
    assert np.isnan(project.history.revenue[2, 1])
    assert "TV has no row for 1 week (the first is 2026-01-19)" in project.warnings[0]


def test_a_channel_that_begins_late_spent_nothing_before(tmp_path):
    text = history_of(weeks(4)).replace(f"{weeks(4)[0]},TV,10,30\n", "")
    project = read(tmp_path, history__csv=text)
    assert project.history.spend[0, 1] == 0
    assert not project.history.observed[0, 1]
    assert project.warnings == ()


def test_a_channel_that_ends_early_spent_nothing_after_and_said_so(tmp_path):
    text = history_of(weeks(4)).replace(f"{weeks(4)[3]},TV,10,30\n", "")
    project = read(tmp_path, history__csv=text)
    assert project.history.spend[3, 1] == 0
    assert "TV ends on 2026-01-19" in project.warnings[0]


def test_a_date_out_of_step_is_named(tmp_path):
    text = history_of(weeks(6)).replace("2026-01-19,TV", "2026-01-20,TV")
    finding = the_finding(tmp_path, history__csv=text)
    assert (finding.file, finding.row, finding.column) == ("history.csv", 7, "date")
    assert "2026-01-20 is not in step" in finding.found
    assert "Monday" in finding.expected


def test_rows_at_odd_intervals_are_refused(tmp_path):
    days = [date(2026, 1, 3), date(2026, 1, 14), date(2026, 2, 2), date(2026, 2, 13)]
    assert findings(tmp_path, history__csv=history_of(days))


def test_rows_every_few_days_are_refused(tmp_path):
    days = [MONDAY + timedelta(i) for i in (0, 3, 7, 10, 14, 18, 21)]
    assert "no rhythm" in the_finding(tmp_path, history__csv=history_of(days)).found


def test_a_date_in_the_wrong_century_is_noticed(tmp_path):
    text = history_of([*weeks(6), MONDAY + timedelta(7 * 9000)])
    assert "most weeks" in the_finding(tmp_path, history__csv=text).found


def test_rows_of_a_single_date_are_refused(tmp_path):
    assert "rhythm" in the_finding(tmp_path, history__csv=history_of([MONDAY])).found


def test_a_row_given_twice_is_named_with_the_first(tmp_path):
    finding = the_finding(tmp_path, history__csv=HISTORY + "2026-11-16,TV,1,1\n")
    assert finding.row == 8
    assert finding.found == "2026-11-16 TV stands in row 7 already"


@pytest.mark.parametrize(
    ("cell", "found"),
    [("abc", "'abc'"), ("-5", "'-5'"), ("", "empty"), ("NaN", "'NaN'"), ("inf", "'inf'")],
)
def test_spend_that_is_no_amount_is_refused(tmp_path, cell, found):
    finding = the_finding(tmp_path, history__csv=HISTORY.replace("TV,180", f"TV,{cell}"))
    assert (finding.row, finding.column) == (5, "spend")
    assert found in finding.found


def test_results_that_are_missing_are_no_zero(tmp_path):
    history = read(tmp_path, history__csv=HISTORY.replace("180,290", "180,")).history
    assert np.isnan(history.revenue[1, 1])


def test_further_columns_of_numbers_are_metrics(tmp_path):
    text = HISTORY.replace("revenue", "clicks")
    assert list(read(tmp_path, history__csv=text).history.attributed) == ["clicks"]


def test_a_metric_that_is_nearly_called_revenue_is_taken_for_a_slip(tmp_path):
    finding = the_finding(tmp_path, history__csv=HISTORY.replace("revenue", "revenu"))
    assert (finding.row, finding.column) == (1, "revenu")
    assert "Write revenue" in finding.expected


@pytest.mark.parametrize("name", ["reserve", "unspent"])
def test_a_channel_may_not_be_called_like_the_pool(tmp_path, name):
    assert len(findings(tmp_path, history__csv=HISTORY.replace("TV", name))) >= 3


NAMES = ['a, "b"', "line\nbreak", "<b>&amp;</b>", "=1+1", "'tis", "🎯", "搜索", "x" * 300]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_channels_name(tmp_path, name):
    cell = '"' + name.replace('"', '""') + '"'
    history = read(tmp_path, history__csv=HISTORY.replace("TV", cell)).history
    assert history.channels == ("Search", name)


WIDE = """\
week,tv cost,search_cost,sales,price,event
2026-11-02,200,100,800,9.9,none
2026-11-09,180,120,850,9.5,11.11
2026-11-16,210,90,780,9.9,none
"""
LAYOUT = """
[history]
layout = "wide"
date = "week"
spend = { TV = "tv cost", Search = "search_cost" }
outcome = "sales"
controls = ["price"]
indicators = { event = "none" }
"""


def test_a_wide_table_is_read_as_the_policy_declares_it(tmp_path):
    history = read(tmp_path, reallot__toml=POLICY + LAYOUT, history__csv=WIDE).history
    assert history.channels == ("TV", "Search")
    assert history.spend.tolist() == [[200, 100], [180, 120], [210, 90]]
    assert history.outcome.tolist() == [800, 850, 780]
    assert {name: values.tolist() for name, values in history.controls.items()} == {
        "price": [9.9, 9.5, 9.9],
        "event: 11.11": [0, 1, 0],
    }
    assert history.attributed == {}


def test_a_result_that_counts_no_money_is_valued_by_a_column(tmp_path):
    policy = POLICY + LAYOUT.replace('"sales"', '"sales"\nunit_value = "price"')
    history = read(tmp_path, reallot__toml=policy, history__csv=WIDE).history
    assert history.outcome.tolist() == pytest.approx([7920, 8075, 7722])


def test_a_wide_table_lacking_a_declared_column_is_refused_with_the_nearest(tmp_path):
    policy = POLICY + LAYOUT.replace("tv cost", "tv_cost")
    finding = the_finding(tmp_path, reallot__toml=policy, history__csv=WIDE)
    assert "Did you mean 'tv cost'?" in finding.expected


def test_every_problem_of_a_wide_table_is_found_at_once(tmp_path):
    text = WIDE.replace("180", "abc").replace("780", "x").replace("9.5", "?").replace("210", "-1")
    found = findings(tmp_path, reallot__toml=POLICY + LAYOUT, history__csv=text)
    assert {(f.row, f.column) for f in found} == {
        (3, "tv cost"),
        (4, "tv cost"),
        (4, "sales"),
        (3, "price"),
    }


def test_a_text_column_that_is_declared_a_number_is_refused(tmp_path):
    policy = POLICY + LAYOUT.replace('["price"]', '["price", "event"]')
    found = findings(tmp_path, reallot__toml=policy, history__csv=WIDE)
    assert {f.column for f in found} == {"event"}


def test_a_date_given_twice_in_a_wide_table_is_refused(tmp_path):
    text = WIDE.replace("2026-11-16", "2026-11-09")
    finding = the_finding(tmp_path, reallot__toml=POLICY + LAYOUT, history__csv=text)
    assert finding.found == "2026-11-09 stands in row 3 already"


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ('[history]\ndate = "week"\n', 'layout = "wide" beside date'),
        ('[history]\nlayout = "wide"\ndate = "week"\n', "spend = {"),
        ('[history]\nlayout = "tall"\n', "'long' or 'wide'"),
    ],
)
def test_a_layout_that_says_too_little_or_too_much_is_refused(tmp_path, layout, expected):
    assert expected in the_finding(tmp_path, reallot__toml=f"{POLICY}\n{layout}").expected
