"""Where a collision is reported: the file and the line in which a rule of it is written."""

import json

import pytest

from optimizer.program import Program
from reallot.assemble import problem_of
from reallot.fitting import curves_of
from reallot.project import read_project
from reallot.rulebook.places import place_of
from tests.reallot.project.test_cells import in_cells
from tests.reallot.projects import CURVES, POLICY, read, run, write_project, write_scenarios

# Every rule that can be written, most of them beside each other.
RICH = """\
[plan]
currency = "CNY"
first_quarter = "2027Q1"
quarters = 2
shift_between_quarters = 0.1

[reserve]
share = [0.05, 0.30]
emergency = 0.02

[operating]
months = 0.1
monthly = 100

[strategic_reserve]
channel = "Chest"
share = [0.0, 0.3]
owner = "board"

[[named_reserve]]
name = "crisis"
channel = "Fund"
of = { channel = "TV" }
share = [0.0, 0.5]

[elasticity]
default = 0.20
unit.shop = 0.5

[[channel]]
name = "Search"
unit = "shop"
tags = ["core"]
floor = 100
cap = { value = 9000, bends = 2 }
contracted = 50
launch_at = 10
fixed_cost = 5
cost_of_result = 0.001
roi_floor = 0.0001

[[channel]]
name = "TV"
tags = ["brand"]
committed = true

[[channel]]
name = "Radio"
tags = ["pilot"]
elasticity = 0.3

[[channel]]
name = "Print"
stop = true

[[channel]]
name = "Mail"
freeze = true

[[change]]
name = "push"
of = { channel = "Video" }
least = 0.1

[[share]]
name = "core part"
of = { tag = "core" }
band = [0.0, 0.9]

[[ratio]]
name = "two"
of = { channel = "Search" }
to = { channel = "TV" }
band = [0.0, 9.0]

[[resource]]
name = "carbon"
unit = "t"
limit = 500
per_unit = { TV = 0.001 }

[[capacity]]
name = "home"
of = { channel = "Search" }
response = 90000

[pilots]
tag = "pilot"
cap = 5000
share = 0.9

[[layers]]
name = "line"
of = { channel = ["Search", "TV"] }
shares = { core = 0.5, brand = 0.5 }
leeway = 0.9

[[lifecycle]]
of = { channel = ["Search", "TV"] }
stage = "launch"
tag = "core"
share = 0.01

[moves]
most = 9
least = 1

[target]
response = 1
roi = 0.0001
"""
LINES = ("Search", "TV", "Radio", "Print", "Mail", "Video", "Chest", "Fund")
BUDGET = "quarter,channel,amount\n" + "".join(
    f"2027Q{q},{name},1000\n" for q in (1, 2) for name in (*LINES, "reserve")
)
RICH_CURVES = "channel,form,top,half,slope,carryover,period\n" + "".join(
    f"{name},hill,20000,1500,1,0.5,quarter\n" for name in LINES[:6]
)
# What stands in the line of each rule, or above it.
WORDS = {
    "launch": "launch_at",
    "elasticity": ("default", "unit.shop", "elasticity"),
    "reserve": ("share", "emergency"),
    "operating": "months",
    "strategic_reserve": "share",
    "moves": ("most", "least"),
    "target": ("response", "roi"),
    "pilots": ("cap", "share"),
}


def test_every_row_of_a_rule_that_is_written_has_its_line(tmp_path):
    files = {"history__csv": None, "curves__csv": RICH_CURVES, "budget__csv": BUDGET}
    project = read_project(write_project(tmp_path, reallot__toml=RICH, **files))
    program = Program(problem_of(project, curves_of(project), "base", 60))
    names = dict.fromkeys((row.rule, row.key) for row in program.rows)
    lines = RICH.splitlines()
    met = set()
    for rule, key in names:
        file, row, column = place_of(project, "base", [(rule, key)])
        if rule == "budget":
            assert (file, row, column) == ("reallot.toml", None, None)
            continue
        assert row is not None, (rule, key)
        words = WORDS.get(rule, rule)
        words = (words,) if isinstance(words, str) else words
        assert any(lines[row - 1].lstrip("[").startswith(word) for word in words), (rule, key)
        met.add(rule)
    assert met >= {
        "reserve", "operating", "strategic_reserve", "named_reserve", "elasticity", "floor", "cap",
        "contracted", "launch", "fixed_cost", "cost_of_result", "roi_floor", "committed", "stop",
        "freeze", "change", "share", "ratio", "resource", "capacity", "pilots", "layers",
        "lifecycle", "moves", "target",
    }  # fmt: skip


GRADED = """
[tiers]
S = { roi = [5.0, inf], share = [0.0, 0.4] }
A = { roi = [2.0, 5.0] }
out = { roi = [0.0, 0.1] }

[exploration]
share = 0.05
tier = "A"

[earmark]
to = ["S", "A"]
"""


@pytest.mark.parametrize(
    ("rule", "key", "column"),
    [
        ("tiers", "S", "tiers.S"),
        ("tiers", "out TV", "tiers.out"),
        ("exploration", "A", "exploration.share"),
        ("earmark", "S, A", "earmark.to"),
    ],
)
def test_rules_about_grades_have_their_lines(tmp_path, rule, key, column):
    project = read(tmp_path, reallot__toml=POLICY + GRADED)
    file, row, found = place_of(project, "base", [(rule, key)])
    assert (file, found) == ("reallot.toml", column)
    assert (POLICY + GRADED).splitlines()[row - 1].startswith(column.split(".")[1])


@pytest.fixture
def folder(tmp_path):
    return write_project(tmp_path, history__csv=None, curves__csv=CURVES)


def errors_of(folder):
    result = run(["plan", "--json", folder])
    assert result.exit_code == 3
    errors = json.loads(result.stdout)["errors"]
    return [(error["file"], error["row"], error["column"]) for error in errors]


RESERVE = "[reserve]\nshare = [0.6, 0.7]\n"


def test_rules_of_the_policy_collide_in_its_own_file(folder):
    (folder / "reallot.toml").write_text(POLICY + "\n" + RESERVE)
    write_scenarios(folder, flat="", growth="budget = 1.2\n")
    row = (POLICY + "\n" + RESERVE).splitlines().index("share = [0.6, 0.7]") + 1
    assert errors_of(folder) == 2 * [("reallot.toml", row, "reserve.share")]


def test_a_rule_that_a_scenario_brings_collides_in_the_scenarios_file(folder):
    write_scenarios(folder, flat="", growth="demand = 1.1\n" + RESERVE)
    assert errors_of(folder) == [("scenarios/growth.toml", 3, "reserve.share")]


def test_a_channel_of_a_scenario_is_named_with_its_key(folder):
    own = '[[channel]]\nname = "Search"\ndemand = 1.1\n\n[[channel]]\nname = "TV"\nfloor = 99_000\n'
    write_scenarios(folder, growth=own)
    assert errors_of(folder) == [("scenarios/growth.toml", 7, "channel[2].floor")]


def test_rules_of_a_scenario_that_take_no_part_are_not_blamed(folder):
    (folder / "reallot.toml").write_text(POLICY + "\n" + RESERVE)
    write_scenarios(folder, growth='[[channel]]\nname = "TV"\ncap = 99_000\n')
    [(file, _, column)] = errors_of(folder)
    assert (file, column) == ("reallot.toml", "reserve.share")


def test_a_change_of_one_of_the_policys_shares_is_the_scenarios(folder):
    mix = '\n[[share]]\nname = "mix"\nof = { channel = "TV" }\nband = [0.0, 0.9]\n'
    (folder / "reallot.toml").write_text(POLICY + mix)
    write_scenarios(folder, growth='[[share]]\nname = "mix"\nband = [0.8, 0.9]\n')
    assert errors_of(folder) == [("scenarios/growth.toml", 1, "share[1]")]


def test_what_no_file_says_has_no_line(folder):
    project = read_project(folder)
    held = [("budget", "total"), ("held", "TV"), ("packages", "gala must_fund")]
    assert place_of(project, "base", held) == ("reallot.toml", None, None)


def test_what_all_scenarios_together_cannot_keep_has_no_line(folder):
    assert place_of(read_project(folder), "flat, growth", []) == ("reallot.toml", None, None)


def test_what_is_said_of_a_channel_is_said_of_its_cells_unless_they_say_it_themselves(tmp_path):
    entries = '\n[[channel]]\nname = "{}"\nfloor = 100\n'
    own = entries.format("Search") + entries.format("Search / North")
    project = in_cells(tmp_path, POLICY + own)
    columns = [
        place_of(project, "base", [("floor", f"Search / {region}")])[2]
        for region in ("South", "North")
    ]
    assert columns == ["channel[1].floor", "channel[2].floor"]
