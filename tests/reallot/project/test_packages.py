import pytest

from tests.reallot.projects import BUDGET, POLICY, findings, read, the_finding

EVENTS = f"{BUDGET}2027Q1,Events,500\n2027Q2,Events,500\n"
HEAD = "package,class,channel,quarter,cost,return,conversion,priority,must_fund,requires,excludes\n"
SOUND = f"""{HEAD}Stage,brand,Events,2027Q1,200,300,,1,no,,
Show,brand,Events,2027Q1,100.50,400,,2,,Stage,Tour
"Tour, long",performance,Events,2027Q2,50,90,0.16,,yes,,
Tour,performance,Events,2027Q2,60,80,0.15,3,0,"Stage; Tour, long",
"""


def packages_of(folder, text=SOUND, **files):
    return read(folder, budget__csv=EVENTS, packages__csv=text, **files).packages


def wrong(folder, text, **files):
    return the_finding(folder, budget__csv=EVENTS, packages__csv=text, **files)


def test_a_package_is_read_with_all_that_is_said_of_it(tmp_path):
    stage, show, _, tour = packages_of(tmp_path)
    assert (stage.class_, stage.channel, stage.quarter) == ("brand", "Events", "2027Q1")
    assert (show.cost, show.returns, show.priority) == (100.5, 400.0, 2.0)
    assert (show.must_fund, show.requires, show.excludes) == (False, ("Stage",), ("Tour",))
    assert (tour.conversion, tour.must_fund) == (0.15, False)


def test_a_name_may_hold_a_comma_and_others_may_be_apart_by_commas(tmp_path):
    *_, tour = packages_of(tmp_path)
    assert tour.requires == ("Stage", "Tour, long")
    one, _ = packages_of(
        tmp_path,
        f'{HEAD}A,x,Events,2027Q1,1,1,,,,"B, A2|B",\nB,x,Events,2027Q1,1,1,,,,,\n'
        "A2,x,Events,2027Q1,1,1,,,,,\n",
    )[:2]
    assert one.requires == ("B", "A2")


def test_conditions_need_no_columns(tmp_path):
    (one,) = packages_of(
        tmp_path, "package,class,channel,quarter,cost,return\nA,x,Events,2027Q1,1,2\n"
    )
    assert (one.priority, one.conversion, one.must_fund, one.requires) == (None, None, False, ())


def test_chinese_headings_and_words_are_understood(tmp_path):
    (one,) = packages_of(
        tmp_path,
        "决策包,类别,渠道,季度,成本(万元),回报(元),转化率,优先级,必投,依赖,互斥\n"
        "直播,效果,Events,2027Q1,0.02,900,0.2,1,是,,\n",
    )
    assert (one.name, one.cost, one.returns, one.must_fund) == ("直播", 200.0, 900.0, True)


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        ("A,x,Evnt,2027Q1,1,1,,,,,", "channel", "'Evnt' is not in budget.csv"),
        ("A,x,Events,2028Q1,1,1,,,,,", "quarter", "2028Q1 is not among the plan's quarters"),
        ("A,x,Events,Q1 2027,1,1,,,,,", "quarter", "'Q1 2027'"),
        ("A,,Events,2027Q1,1,1,,,,,", "class", "empty"),
        (",x,Events,2027Q1,1,1,,,,,", "package", "empty"),
        ("A,x,Events,2027Q1,-1,1,,,,,", "cost", "'-1'"),
        ("A,x,Events,2027Q1,,1,,,,,", "cost", "empty"),
        ("A,x,Events,2027Q1,1.005,1,,,,,", "cost", "not a whole number of 0.01 CNY"),
        ("A,x,Events,2027Q1,1,,,,,,", "return", "empty"),
        ("A,x,Events,2027Q1,1,1,16,,,,", "conversion", "found 16"),
        ("A,x,Events,2027Q1,1,1,,high,,,", "priority", "'high'"),
        ("A,x,Events,2027Q1,1,1,,,perhaps,,", "must_fund", "'perhaps'"),
        ("A,x,Events,2027Q1,1,1,,,,B,", "requires", "no package 'B'"),
        ("A,x,Events,2027Q1,1,1,,,,,B", "excludes", "no package 'B'"),
        ("A,x,Events,2027Q1,1,1,,,,A,", "requires", "names itself"),
    ],
)
def test_what_is_wrong_is_said_with_its_row_and_column(tmp_path, row, column, found):
    finding = wrong(tmp_path, f"{HEAD}{row}\n")
    assert (finding.file, finding.row, finding.column) == ("packages.csv", 2, column)
    assert found in finding.found


def test_all_problems_are_said_at_once(tmp_path):
    text = f"{HEAD}A,,Events,2027Q1,x,1,,,,,\nB,x,Evnt,2027Q9,1,1,,,,,\n"
    found = findings(tmp_path, budget__csv=EVENTS, packages__csv=text)
    places = {(finding.row, finding.column) for finding in found}
    assert places == {(2, "class"), (2, "cost"), (3, "channel"), (3, "quarter")}


def test_two_packages_have_two_names(tmp_path):
    row = "A,x,Events,2027Q1,1,1,,,,,\n"
    assert "'A' stands in row 2 already" in wrong(tmp_path, f"{HEAD}{row}{row}").found


def test_a_package_that_could_never_be_funded_is_an_error(tmp_path):
    text = (
        f"{HEAD}A,x,Events,2027Q1,1,1,,,,B,\nB,x,Events,2027Q1,1,1,,,,C,\n"
        "C,x,Events,2027Q1,1,1,,,,,A\n"
    )
    finding = wrong(tmp_path, text)
    assert (finding.row, finding.column) == (2, "requires")
    assert "A can never be funded: it needs A and C, which exclude each other" in finding.found


def test_packages_may_require_each_other(tmp_path):
    text = f"{HEAD}A,x,Events,2027Q1,1,1,,,,B,\nB,x,Events,2027Q1,1,1,,,,A,\n"
    assert len(packages_of(tmp_path, text)) == 2


def test_a_mistyped_condition_is_not_skipped(tmp_path):
    text = "package,class,channel,quarter,cost,return,exludes\nA,x,Events,2027Q1,1,1,\n"
    finding = wrong(tmp_path, text)
    assert (finding.row, finding.column) == (1, "exludes")
    assert "Did you mean 'excludes'?" in finding.expected


def test_protection_names_a_class_that_is_there(tmp_path):
    policy = POLICY + '[packages]\nprotect = { class = "performnce", conversion = 0.15 }\n'
    finding = wrong(tmp_path, SOUND, reallot__toml=policy)
    assert finding.column == "packages.protect.class"
    assert "Did you mean 'performance'?" in finding.expected


def test_protection_without_packages_is_an_error(tmp_path):
    policy = POLICY + '[packages]\nprotect = { class = "performance", conversion = 0.15 }\n'
    finding = the_finding(tmp_path, reallot__toml=policy)
    assert finding.found == "there are no packages"


def test_a_key_of_protection_is_called_as_it_is_written(tmp_path):
    policy = POLICY + '[packages]\nprotect = { clas = "performance", conversion = 0.15 }\n'
    found = findings(tmp_path, budget__csv=EVENTS, packages__csv=SOUND, reallot__toml=policy)
    assert any("Did you mean 'class'?" in finding.expected for finding in found)


@pytest.mark.parametrize("line", ["committed = true", "elasticity = 0.1"])
def test_a_channel_is_planned_from_zero_or_settled_otherwise(tmp_path, line):
    policy = f'{POLICY}[[channel]]\nname = "Events"\n{line}\n'
    finding = wrong(tmp_path, SOUND, reallot__toml=policy)
    assert finding.file == "reallot.toml"
    assert "planned from zero" in finding.found


def test_packages_are_part_of_what_a_plan_rests_on(tmp_path):
    project = read(tmp_path, budget__csv=EVENTS, packages__csv=SOUND)
    assert "packages.csv" in project.inputs_of_plan("base")
    assert "packages.csv" not in project.inputs_of_curves()


def test_the_comparison_with_today_is_said_to_lack_what_is_not_known(tmp_path):
    project = read(tmp_path, budget__csv=EVENTS, packages__csv=SOUND)
    assert [text for text in project.warnings if "planned from zero" in text]
    assert not [text for text in project.warnings if "held" in text]
