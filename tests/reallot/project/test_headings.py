import pytest

from tests.reallot.projects import BUDGET, HISTORY, POLICY, read, the_finding


@pytest.mark.parametrize(
    "headings",
    [
        "日期,渠道,花费,收入",
        "日期,通路,花費,營收",
        "Date,Channel,SPEND,Revenue",
        "日期,渠道,花费(元),收入（元）",
        "date,channel,spend (CNY),revenue [CNY]",
    ],
)
def test_the_usual_headings_are_understood(tmp_path, headings):
    history = HISTORY.replace("date,channel,spend,revenue", headings)
    assert read(tmp_path, history__csv=history).history.spend[0].tolist() == [100, 200]


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("元", 1), ("千元", 1e3), ("万元", 1e4), ("萬元", 1e4), ("百万元", 1e6), ("亿元", 1e8)],
)
def test_the_unit_of_a_heading_counts(tmp_path, unit, factor):
    history = HISTORY.replace("spend", f"花费({unit})").replace("revenue", f"收入（{unit}）")
    project = read(tmp_path, history__csv=history)
    assert project.history.spend[0].tolist() == [100 * factor, 200 * factor]
    assert project.history.revenue[0].tolist() == [500 * factor, 300 * factor]


def test_amounts_in_ten_thousands_are_exact_to_the_cent(tmp_path):
    budget = BUDGET.replace("amount", "预算(万元)").replace("1300", "0.123456")
    assert str(read(tmp_path, budget__csv=budget).budget.amounts["Search"][0]) == "1234.560000"


@pytest.mark.parametrize("unit", ["USD", "美元", "k"])
def test_another_currency_in_a_heading_is_refused(tmp_path, unit):
    finding = the_finding(tmp_path, history__csv=HISTORY.replace("spend", f"spend ({unit})"))
    assert (finding.row, finding.column) == (1, f"spend ({unit})")
    assert "CNY" in finding.found


def test_yuan_are_no_dollars(tmp_path):
    policy = POLICY.replace("CNY", "USD")
    history = HISTORY.replace("spend", "花费(万元)")
    finding = the_finding(tmp_path, reallot__toml=policy, history__csv=history)
    assert "'万元'" in finding.found


def test_a_missing_column_is_named_with_the_headings_that_are_there(tmp_path):
    finding = the_finding(tmp_path, history__csv=HISTORY.replace("spend", "spent"))
    assert (finding.file, finding.row, finding.column) == ("history.csv", 1, "spend")
    assert "Did you mean 'spent'?" in finding.expected


def test_the_policy_says_what_a_column_is_called(tmp_path):
    policy = POLICY + '\n[columns]\nspend = "Media cost"\nchannel = ["Kanal", "Line"]\n'
    history = HISTORY.replace("spend", "Media cost").replace("channel", "Kanal")
    budget = BUDGET.replace("channel", "Line")
    project = read(tmp_path, reallot__toml=policy, history__csv=history, budget__csv=budget)
    assert project.history.channels == ("Search", "TV")


def test_a_heading_that_the_policy_names_and_no_table_has_is_refused(tmp_path):
    finding = the_finding(tmp_path, reallot__toml=POLICY + '\n[columns]\nspend = "spent"\n')
    assert (finding.file, finding.row, finding.column) == ("reallot.toml", 11, "columns.spend")
    assert "Did you mean 'spend'?" in finding.expected


def test_a_field_that_no_table_has_is_refused(tmp_path):
    finding = the_finding(tmp_path, reallot__toml=POLICY + '\n[columns]\nspnd = "spend"\n')
    assert "Did you mean 'spend'?" in finding.expected


def test_two_columns_for_one_field_are_refused(tmp_path):
    history = HISTORY.replace("revenue", "花费")
    assert "both read as spend" in the_finding(tmp_path, history__csv=history).found


def test_a_column_without_heading_is_refused(tmp_path):
    history = "\n".join(f",{line}" for line in HISTORY.splitlines())
    assert "column 1 has no heading" in the_finding(tmp_path, history__csv=history).found
