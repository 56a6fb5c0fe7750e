from decimal import Decimal

import pytest

from tests.reallot.projects import BUDGET, POLICY, findings, read, the_finding


def test_the_budget_is_read_by_quarter_with_its_pool(tmp_path):
    budget = read(tmp_path).budget
    assert budget.quarters == ("2027Q1", "2027Q2")
    assert budget.amounts == {"Search": (1300, 1400), "TV": (2600, 2500)}
    assert budget.pool == (400, 400)
    assert budget.totals == (4300, 4300)


def test_channels_stay_in_the_files_order(tmp_path):
    text = "quarter,channel,amount\n2027Q1,B,1\n2027Q1,A,1\n2027Q2,A,1\n2027Q2,B,1\n"
    assert read(tmp_path, budget__csv=text).budget.channels == ("B", "A")


def test_a_budget_without_pool_has_an_empty_one(tmp_path):
    text = BUDGET.replace("2027Q1,reserve,400\n", "").replace("2027Q2,reserve,400\n", "")
    assert read(tmp_path, budget__csv=text).budget.pool == (0, 0)


@pytest.mark.parametrize("word", ["储备金", "Reserve", "動態儲備金"])
def test_the_pool_is_known_in_chinese_too(tmp_path, word):
    assert read(tmp_path, budget__csv=BUDGET.replace("reserve", word)).budget.pool == (400, 400)


def test_a_current_amount_of_zero_is_valid(tmp_path):
    text = BUDGET.replace("1300", "0")
    assert read(tmp_path, budget__csv=text).budget.amounts["Search"][0] == 0


@pytest.mark.parametrize(
    ("currency", "amount", "remedy"),
    [
        ("CNY", "1300.005", "Write 1300.00."),
        ("JPY", "1300.5", "Write 1300."),
        ("KWD", "1300.0005", "Write 1300.000."),
    ],
)
def test_amounts_with_more_decimals_than_the_currency_are_refused(
    tmp_path, currency, amount, remedy
):
    policy = POLICY.replace("CNY", currency)
    text = BUDGET.replace("1300", amount)
    finding = the_finding(tmp_path, reallot__toml=policy, budget__csv=text)
    assert (finding.file, finding.row, finding.column) == ("budget.csv", 2, "amount")
    assert finding.expected == remedy


@pytest.mark.parametrize(("currency", "amount"), [("CNY", "1300.50"), ("KWD", "1300.005")])
def test_amounts_with_the_currencys_decimals_are_exact(tmp_path, currency, amount):
    policy = POLICY.replace("CNY", currency)
    project = read(tmp_path, reallot__toml=policy, budget__csv=BUDGET.replace("1300", amount))
    assert project.budget.amounts["Search"][0] == Decimal(amount)


def test_amounts_are_whole_numbers_of_what_the_plan_rounds_to(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 2\nrounding = 1000")
    found = findings(tmp_path, reallot__toml=policy, budget__csv=BUDGET)
    assert {f.row for f in found} == {2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "text"),
    [
        ("1300", "", 2, "amount", "empty"),
        ("1300", "-1", 2, "amount", "Write 0 or more."),
        ("1300", "x", 2, "amount", "Write a number."),
        ("2027Q1,Search", "Q1 2027,Search", 2, "quarter", "Write 2027Q1."),
        ("2027Q1,Search", ",Search", 2, "quarter", "empty"),
        ("2027Q2,TV,2500", "2027Q1,TV,2500", 6, "channel", "2027Q1 TV stands in row 3 already"),
        ("2027Q1,Search", "2027Q1,", 2, "channel", "empty"),
        ("2027Q1,Search", "2027Q1,unspent", 2, "channel", "another name"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, old, new, row, column, text):
    found = findings(tmp_path, budget__csv=BUDGET.replace(old, new, 1))
    finding = next(f for f in found if (f.row, f.column) == (row, column))
    assert text in f"{finding.found} {finding.expected}"


def test_a_quarter_without_rows_is_named(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 3")
    assert "2027Q3" in the_finding(tmp_path, reallot__toml=policy).found


def test_a_channel_that_lacks_a_quarter_is_named(tmp_path):
    finding = the_finding(tmp_path, budget__csv=BUDGET.replace("2027Q2,TV,2500\n", ""))
    assert "TV has no row for 2027Q2" in finding.found


def test_quarters_beyond_the_plan_are_a_warning(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 1")
    project = read(tmp_path, reallot__toml=policy)
    assert project.budget.quarters == ("2027Q1",)
    assert "2027Q2 are outside" in project.warnings[0]


def test_a_total_of_zero_is_refused(tmp_path):
    text = "quarter,channel,amount\n2027Q1,TV,0\n2027Q2,TV,0\n"
    assert the_finding(tmp_path, budget__csv=text).found == "the total budget is 0"


def test_a_budget_of_nothing_but_a_pool_is_refused(tmp_path):
    text = "quarter,channel,amount\n2027Q1,reserve,5\n2027Q2,reserve,5\n"
    assert "no channel" in the_finding(tmp_path, budget__csv=text).found


def test_a_missing_budget_is_named(tmp_path):
    finding = the_finding(tmp_path, budget__csv=None)
    assert (finding.file, finding.found) == ("budget.csv", "the file is missing")


def test_a_channel_without_history_is_a_warning_with_the_nearest_name(tmp_path):
    project = read(tmp_path, budget__csv=BUDGET.replace("Search", "Serch"))
    assert any("Serch is in budget.csv" in w and "'Search'?" in w for w in project.warnings)
    assert any("Search has a history" in w and "'Serch'?" in w for w in project.warnings)


def test_names_that_our_writers_made_safe_are_the_same_channel(tmp_path):
    project = read(tmp_path, budget__csv=BUDGET.replace("TV", "'=TV"))
    assert project.budget.channels == ("Search", "=TV")
