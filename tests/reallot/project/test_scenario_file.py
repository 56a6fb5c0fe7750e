import pytest

from reallot import forecasting
from reallot.errors import InputError
from reallot.project import read_project
from reallot.project.reserved import FILES
from tests.reallot.projects import CURVES, POLICY, run, write_project, write_scenarios

RULES = """
[reserve]
share = [0.10, 0.15]

[[channel]]
name = "Search"
unit = "ecommerce"
tags = ["core"]
floor = 500

[[share]]
name = "core growth"
of = { tag = "core" }
band = [0.10, 0.50]

[tiers]
S = { roi = [5.0, inf] }
out = { roi = [0.0, 1.0], months = 3 }
"""


def project_with(folder, **scenarios):
    write_project(folder, reallot__toml=POLICY + RULES)
    write_scenarios(folder, **scenarios)
    return read_project(folder)


def findings_with(folder, **scenarios):
    with pytest.raises(InputError) as caught:
        project_with(folder, **scenarios)
    return caught.value.findings


def test_a_project_without_scenarios_has_one_called_base(tmp_path):
    project = project_with(tmp_path)
    assert list(project.scenarios) == ["base"]
    assert project.policy_in("base") == project.policy


def test_an_empty_scenario_changes_nothing(tmp_path):
    project = project_with(tmp_path, flat="")
    assert project.policy_in("flat") == project.policy
    assert project.scenarios["flat"].demand == (1.0,)


def test_a_factor_is_one_number_or_one_per_quarter(tmp_path):
    project = project_with(tmp_path, growth="demand = 1.1\nmedia_price = [1.0, 1.2]\n")
    assert project.scenarios["growth"].demand == (1.1,)
    assert project.scenarios["growth"].media_price == (1.0, 1.2)


def test_a_rule_of_a_scenario_replaces_the_policys_there_only(tmp_path):
    text = """
[reserve]
share = [0.20, 0.25]
[elasticity]
unit.ecommerce = 0.5
[[channel]]
name = "Search"
cap = 900
[[share]]
name = "core growth"
band = [0.20, 0.40]
[tiers]
S = { roi = [4.0, inf] }
"""
    project = project_with(tmp_path, recession=text)
    policy = project.policy_in("recession")
    assert policy.reserve.share == (0.20, 0.25)
    assert policy.elasticity.default.up == 0.20
    assert policy.elasticity.unit["ecommerce"].up == 0.5
    assert (policy.channel[0].floor, policy.channel[0].cap) == (500, 900)
    assert (policy.share[0].band, policy.share[0].of.tag) == ((0.20, 0.40), ("core",))
    assert policy.tiers.S.roi[0] == 4.0
    assert policy.tiers.out.months == 3
    assert project.policy.reserve.share == (0.10, 0.15)


def test_a_scenario_may_bring_a_rule_of_its_own(tmp_path):
    text = '[[share]]\nname = "tv"\nof = { channel = "TV" }\nband = [0, 0.5]\n'
    assert len(project_with(tmp_path, growth=text).policy_in("growth").share) == 2


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("media_price = 0", "media_price[1]", "greater than 0"),
        ("media_price = -1.5", "media_price[1]", "greater than 0"),
        ("demand = -0.5", "demand[1]", "greater than or equal to 0"),
        ("demand = [1, 2, 3]", "demand", "one per quarter"),
        ("demand = []", "demand", "at least 1"),
        ('demand = "high"', "demand", ""),
        ("demand = nan", "demand[1]", ""),
        ("budget = 0", "budget", "above 0"),
        ("demnd = 1.1", "demnd", "Did you mean 'demand'?"),
        ("[plan]\nbudget = 5", "plan", "Known are"),
        ('[[channel]]\nname = "Serch"\ndemand = 1.1', "channel[1].name", "Did you mean 'Search'?"),
        ('[[channel]]\nname = "Search"\nmedia_price = 0', "channel[1].media_price[1]", "greater"),
        ('[[channel]]\nname = "Search"\ncap = 100', "channel[1].floor", "at most 100"),
        ('[[channel]]\nname = "Search"\nowner = "x"', "channel[1].owner", "Delete it"),
        ('[[share]]\nname = "new"\nband = [0, 1]', "share[1]", "name, of and band"),
        ("[elasticity]\nunit.shops = 0.1", "elasticity.unit.shops", "Correct the name"),
        ("probability = 1.5", "probability", "less than or equal to 1"),
    ],
)
def test_a_wrong_scenario_is_refused_where_it_is_wrong(tmp_path, text, column, expected):
    found = findings_with(tmp_path, storm=text)
    finding = next(f for f in found if f.column == column)
    assert finding.file == "scenarios/storm.toml"
    assert finding.row is not None
    assert expected in finding.expected


def test_a_probability_that_is_refused_is_not_said_to_be_missing(tmp_path):
    (finding,) = findings_with(tmp_path, storm="probability = -0.5", flat="probability = 0.5")
    assert (finding.file, finding.column) == ("scenarios/storm.toml", "probability")
    assert "greater than or equal to 0" in finding.expected


def test_a_probability_that_is_missing_is_said_beside_one_that_is_refused(tmp_path):
    found = findings_with(tmp_path, storm="probability = -0.5", flat="probability = 0.5", growth="")
    assert [f.file for f in found] == ["scenarios/growth.toml", "scenarios/storm.toml"]
    assert found[0].found == "there is no probability, but one in flat, storm"


@pytest.mark.parametrize(
    "text",
    [
        "demand = [-1, 1]",
        'demand = ["high", 1]',
        "budget = [-1, 0]",
        '[[channel]]\nname = "Search"\nmedia_price = [0, 1.1]',
        '[[channel]]\nname = "Search"\ncontracted = [-1, 500]',
        "[reserve]\nshare = [-0.1, 0.2]",
    ],
)
def test_a_number_of_a_list_that_is_refused_is_all_that_is_wrong_with_it(tmp_path, text):
    (finding,) = findings_with(tmp_path, storm=text)
    assert finding.column is not None
    assert finding.column.endswith("[1]")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("current", "the approved budget is called so"),
        ("Hedge", "the plan over all scenarios is called so"),
        ("policy", "the policy without a scenario is called so"),
        ("curves.json", "a file in out/ is called so"),
        ("Compare.HTML", "a file in out/ is called so"),
    ],
)
def test_a_name_that_something_else_has_is_refused(tmp_path, name, text):
    (finding,) = findings_with(tmp_path, **{name: "demand = 1.1", "flat": ""})
    assert (finding.file, finding.row) == (f"scenarios/{name}.toml", None)
    assert text in finding.found
    assert finding.expected == "Give the file another name."


@pytest.mark.parametrize("name", [".", "..", ".hidden", ""])
def test_a_name_that_begins_with_a_dot_is_refused(tmp_path, name):
    (finding,) = findings_with(tmp_path, **{name: "demand = 1.1", "flat": ""})
    assert finding.file == f"scenarios/{name}.toml"
    assert finding.found == "the name of a scenario's file cannot begin with a dot"


@pytest.mark.parametrize("ending", [".TOML", ".Toml"])
def test_a_file_that_ends_in_capitals_is_not_left_out_in_silence(tmp_path, ending):
    project_with(tmp_path, flat="")
    (tmp_path / "scenarios" / "notes.txt").write_text("nothing that is read")
    (tmp_path / "scenarios" / f"storm{ending}").write_text("demand = 1.1\n")
    (finding,) = findings_with(tmp_path, flat="")
    assert finding.file == f"scenarios/storm{ending}"
    assert finding.found == f"a scenario's file ends in .toml, and this one in {ending}"
    assert finding.expected == "Write .toml in small letters."


@pytest.mark.parametrize("name", ["currents", "hedge 2", "compare", "curves", "base"])
def test_names_that_are_only_like_others_are_read(tmp_path, name):
    assert name in project_with(tmp_path, **{name: ""}).scenarios


def test_no_file_that_is_written_beside_scenarios_can_have_a_scenarios_name(tmp_path):
    text = POLICY + "\n[simulate]\nfutures = 3\n"
    write_project(tmp_path, reallot__toml=text, history__csv=None, curves__csv=CURVES)
    for command in ("plan", "compare", "hedge", "simulate", "sensitivity"):
        arguments = ["--jobs", "1"] if command == "sensitivity" else []
        assert run([command, *arguments, tmp_path]).exit_code == 0
    written = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert written | {forecasting.FILE} == FILES  # a forecast needs years of totals


def test_problems_of_all_scenarios_are_found_at_once(tmp_path):
    found = findings_with(tmp_path, a="demand = -1", b="media_price = 0", c="x = [")
    assert {f.file for f in found} == {f"scenarios/{name}.toml" for name in "abc"}


def test_a_problem_of_the_policy_is_said_once(tmp_path):
    write_project(tmp_path, reallot__toml=POLICY + RULES + 'x = 1\n[[channel]]\nname = "Foo"\n')
    write_scenarios(tmp_path, a="demand = 1.1", b="demand = 0.9")
    with pytest.raises(InputError) as caught:
        read_project(tmp_path)
    assert {f.file for f in caught.value.findings} == {"reallot.toml"}


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [(0.5, 0.4, "add to 0.9"), (0.5, None, "no probability"), (0.7, 0.7, "add to 1.4")],
)
def test_probabilities_that_do_not_add_up_are_refused(tmp_path, first, second, text):
    scenarios = {
        name: "" if p is None else f"probability = {p}" for name, p in (("a", first), ("b", second))
    }
    assert any(text in f.found for f in findings_with(tmp_path, **scenarios))


def test_probabilities_that_add_up_are_read(tmp_path):
    project = project_with(tmp_path, a="probability = 0.25", b="probability = 0.75")
    assert project.scenarios["b"].probability == 0.75
