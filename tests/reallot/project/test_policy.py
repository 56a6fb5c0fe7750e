import pytest

from tests.reallot.projects import BUDGET, HISTORY, POLICY, findings, read, the_finding

CHANNELS = """
[[channel]]
name = "Search"
unit = "ecommerce"
tags = ["core", "performance"]

[[channel]]
name = "TV"
unit = "offline"
"""


def wrong(folder, addition, policy=POLICY):
    return the_finding(folder, reallot__toml=policy + CHANNELS + addition)


def test_the_smallest_policy_names_no_rule_but_elasticity(tmp_path):
    policy = read(tmp_path).policy
    assert (policy.elasticity.default.down, policy.elasticity.default.up) == (0.2, 0.2)
    assert policy.reserve is None
    assert policy.tiers.named == {}
    assert policy.channel == policy.share == ()


def test_a_policy_without_elasticity_has_none(tmp_path):
    policy = POLICY.split("[elasticity]")[0]
    assert read(tmp_path, reallot__toml=policy).policy.elasticity.default is None


def test_every_key_of_this_version_is_read(tmp_path):
    text = """
[plan]
name = "FY2027"
currency = "CNY"
first_quarter = "2027Q1"
quarters = 2
budget = 9_000
objective = "response"
rounding = 0.01

[reserve]
share = [0.10, 0.15]

[elasticity]
default = 0.20
unit.ecommerce = 0.15
unit.offline = { down = 0.05, up = 0.10 }

[[channel]]
name = "Search"
unit = "ecommerce"
tags = ["core"]
elasticity = { down = 0.30, up = 0.10 }
floor = 200
cap = 9_000
committed = false
move_unknown = true
pacing = [0.04, 0.06, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0]

[[channel]]
name = "TV"
unit = "offline"

[[share]]
name = "core growth"
of = { tag = "core" }
within = { unit = ["ecommerce", "offline"] }
band = [0.10, 0.50]
each_quarter = true

[tiers]
S = { roi = [5.0, inf], share = [0.30, 0.40] }
out = { roi = [0.0, 1.0], months = 3 }

[columns]
spend = ["spend", "spend"]

[history]
layout = "long"
"""
    policy = read(tmp_path, reallot__toml=text).policy
    search = policy.says_of("Search")
    assert (search.elasticity.down, search.elasticity.up) == (0.30, 0.10)
    assert (search.floor, search.cap, search.move_unknown) == (200, 9000, True)
    assert policy.share[0].within.unit == ("ecommerce", "offline")
    assert policy.tiers.named["out"].months == 3
    assert policy.elasticity.unit["offline"].up == 0.10


@pytest.mark.parametrize(
    ("addition", "column", "row", "near"),
    [
        ("[reserv]\nshare = [0.1, 0.2]\n", "reserv", 18, "reserve"),
        ("[reserve]\nshares = [0.1, 0.2]\nshare = [0, 1]\n", "reserve.shares", 19, "share"),
        ('[[channel]]\nname = "X"\nflor = 3\n', "channel[3].flor", 20, "floor"),
        (
            '[[share]]\nname = "x"\nof = { tags = "core" }\nband = [0, 1]\n',
            "share[1].of.tags",
            20,
            "tag",
        ),
        ("[tiers]\nSS = { roi = [5.0, inf] }\n", "tiers.SS", 19, "S"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(tmp_path, addition, column, row, near):
    found = findings(tmp_path, reallot__toml=POLICY + CHANNELS + addition)
    finding = next(f for f in found if f.column == column)
    assert (finding.row, finding.found) == (row, "the key is not known")
    assert near in finding.expected


@pytest.mark.parametrize(
    ("addition", "column"),
    [
        ("[[trigger]]\nname = 'x'\n", "trigger"),
    ],
)
def test_a_key_of_a_later_version_is_refused_by_name(tmp_path, addition, column):
    finding = wrong(tmp_path, addition)
    assert finding.column == column
    assert finding.found == f"this version does not read {column} yet"


def test_a_channels_key_of_a_later_version_is_refused_by_name(tmp_path):
    finding = wrong(tmp_path, "owner = 1\n")
    assert (finding.column, finding.row) == ("channel[2].owner", 18)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"CNY"', '"RMB"', "Did you mean 'CNY'?"),
        ('"CNY"', '"CNX"', "ISO 4217"),
        ('"2027Q1"', '"Q1 2027"', "Write 2027Q1."),
        ("quarters = 2", "quarters = 0", "greater than or equal to 1"),
        ("quarters = 2", "quarters = 1.5", "whole number"),
        ("quarters = 2", "quarters = 2\nbudget = 0", "greater than 0"),
        ("quarters = 2", "quarters = 2\nbudget = inf", "finite"),
        ("quarters = 2", 'quarters = 2\nbudget = "much"', "Write a number."),
        ("quarters = 2", "quarters = 2\nrounding = 0.001", "multiple of 0.01"),
        ("quarters = 2", "quarters = 2\nbudget = 900.005", "whole number of 0.01 CNY"),
        ("default = 0.20", "default = 20", "0.20 is 20 %"),
        ("default = 0.20", "default = -0.1", "0.20 is 20 %"),
        ("default = 0.20", "default = nan", "0.20 is 20 %"),
        ("default = 0.20", 'default = "0.2"', "a share such as 0.20"),
        ("default = 0.20", "default = { down = 1.5, up = 1 }", "less than or equal to 1"),
        ("default = 0.20", "default = 0.20\nunit.shops = 0.1", "Correct the name"),
    ],
)
def test_a_wrong_value_is_answered_with_a_right_one(tmp_path, old, new, expected):
    finding = the_finding(tmp_path, reallot__toml=POLICY.replace(old, new))
    assert finding.row is not None
    assert expected in finding.expected


@pytest.mark.parametrize("key", ["currency", "first_quarter", "quarters"])
def test_a_missing_key_is_named_with_an_example(tmp_path, key):
    policy = "\n".join(line for line in POLICY.splitlines() if not line.startswith(key))
    finding = the_finding(tmp_path, reallot__toml=policy)
    assert finding.column == f"plan.{key}"
    assert f"Write {key} = " in finding.expected


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    finding = the_finding(tmp_path, reallot__toml=POLICY + "default 0.2\n")
    assert (finding.row, "not valid TOML" in finding.found) == (9, True)


@pytest.mark.parametrize(
    ("addition", "column", "text"),
    [
        ('[[channel]]\nname = "Serch"\n', "channel[3].name", "Did you mean 'Search'?"),
        ('[[channel]]\nname = "TV"\n', "channel[3].name", "two [[channel]]"),
        ("floor = 500\ncap = 400\n", "channel[2].floor", "is over its cap"),
        ("floor = -1\n", "channel[2].floor", "greater than or equal to 0"),
        ("cap = 100.005\n", "channel[2].cap", "whole number of 0.01 CNY"),
        ("pacing = [0.5, 0.4]\n", "channel[2].pacing", ""),
        (
            '[[share]]\nname = "x"\nof = { tag = "coar" }\nband = [0, 1]\n',
            "share[1].of.tag",
            "Did you mean 'core'?",
        ),
        (
            '[[share]]\nname = "x"\nof = { unit = "online" }\nband = [0, 1]\n',
            "share[1].of.unit",
            "'online'",
        ),
        (
            '[[share]]\nname = "x"\nof = { channel = "tv" }\nband = [0, 1]\n',
            "share[1].of.channel",
            "Did you mean 'TV'?",
        ),
        (
            '[[share]]\nname = "x"\nof = {}\nband = [0, 1]\n',
            "share[1].of",
            "a channel, a unit or a tag",
        ),
        (
            '[[share]]\nname = "x"\nof = { tag = "core", unit = "offline" }\nband = [0, 1]\n',
            "share[1].of",
            "no channel matches",
        ),
        (
            '[[share]]\nname = "x"\nof = { tag = "core" }\nband = [0.5, 0.4]\n',
            "share[1].band",
            "lower end first",
        ),
        (
            '[[share]]\nname = "x"\nof = { tag = "core" }\nband = [0.5, 1.4]\n',
            "share[1].band[2]",
            "less than or equal to 1",
        ),
        ('[[share]]\nname = "x"\nof = { tag = "core" }\nband = [0.5]\n', "share[1].band[2]", ""),
        ("[elasticity.unit]\nofline = 0.1\n", "elasticity.unit.ofline", "Did you mean 'offline'?"),
        ("[tiers]\nS = { roi = [2.0, inf] }\nA = { roi = [1.0, 3.0] }\n", "tiers.A.roi", "overlap"),
        ("[tiers]\nS = { roi = [nan, inf] }\n", "tiers.S.roi[1]", "0"),
        ("[reserve]\nshare = [0.3, 0.2]\n", "reserve.share", "lower end first"),
    ],
)
def test_what_does_not_fit_together_is_found(tmp_path, addition, column, text):
    policy = POLICY.split("[elasticity]")[0] if "[elasticity" in addition else POLICY
    found = findings(tmp_path, reallot__toml=policy + CHANNELS + addition)
    finding = next(f for f in found if f.column == column)
    assert finding.row is not None
    assert text in f"{finding.found} {finding.expected}"


def test_pacing_is_checked_against_the_curves_periods(tmp_path):
    finding = wrong(tmp_path, "pacing = [0.3, 0.3, 0.4]\n")
    assert finding.expected == "Write 13: its curve goes by the week."


def test_tiers_without_a_history_are_refused(tmp_path):
    from tests.reallot.projects import CURVES

    policy = POLICY + "[tiers]\nS = { roi = [5.0, inf] }\n"
    finding = the_finding(tmp_path, reallot__toml=policy, history__csv=None, curves__csv=CURVES)
    assert "no history to grade channels by" in finding.found


def test_problems_of_every_file_are_found_at_once(tmp_path):
    found = findings(
        tmp_path,
        reallot__toml=POLICY.replace("2027Q1", "Q1 2027") + "[reserv]\n",
        history__csv=HISTORY.replace("120", "abc"),
        budget__csv=BUDGET.replace("1300", "-3").replace("2027Q2,TV", "Q2,TV"),
        curves__csv="channel,form\nTV,hill\n",
    )
    assert {f.file for f in found} == {"reallot.toml", "history.csv", "budget.csv", "curves.csv"}
    assert len(found) >= 8


def test_a_policy_in_an_array_that_is_none_is_refused(tmp_path):
    found = findings(tmp_path, reallot__toml=POLICY + 'channel = 3\nshare = ["x"]\n')
    assert {f.column for f in found} >= {"elasticity.channel", "elasticity.share"}
