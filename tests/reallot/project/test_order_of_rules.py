"""Which rule decides over a channel: what the files say, and what the engine is told."""

import pytest

from models.curve import Curves
from optimizer import rules
from reallot.project import read_project
from tests.reallot.projects import POLICY, read, the_finding, write_project, write_scenarios
from tests.reallot.test_assemble import TIERS, curve, long_history, problem, rule_of

BOTH = Curves((curve("Search"), curve("TV")))
UNKNOWN = Curves((curve("Search"), curve("TV", known=False)))
TV = frozenset({"TV"})


def told(folder, channel="", more="", curves=BOTH, **files):
    """The problem under a policy that says this of TV, and more."""
    text = f'{POLICY}\n[[channel]]\nname = "TV"\ntags = ["private"]\n{channel}\n{more}'
    return problem(read(folder, reallot__toml=text, **files), curves)


UP = '[[change]]\nname = "private up"\nof = { tag = "private" }\nleast = 0.20\nmost = 0.50\n'


def test_a_stop_a_freeze_and_a_change_reach_the_problem(tmp_path):
    assert rule_of(told(tmp_path, "stop = true"), rules.Stop) == rules.Stop(TV)
    assert rule_of(told(tmp_path, "freeze = true"), rules.Freeze) == rules.Freeze(TV)
    change = rules.Change("private up", TV, 0.20, 0.50)
    assert rule_of(told(tmp_path, more=UP), rules.Change) == change


@pytest.mark.parametrize("channel", ["stop = true", "freeze = true", "committed = true"])
def test_a_stop_a_freeze_and_a_commitment_go_before_a_change(tmp_path, channel):
    base = told(tmp_path, channel, UP)
    assert rule_of(base, rules.Change).channels == frozenset()
    assert any("The change private up says nothing" in warning for warning in base.warnings)


def test_a_stop_goes_before_a_freeze(tmp_path):
    base = told(tmp_path, "stop = true\nfreeze = true")
    assert rule_of(base, rules.Stop) == rules.Stop(TV)
    assert rule_of(base, rules.Freeze) is None


def test_a_commitment_goes_before_a_freeze(tmp_path):
    base = told(tmp_path, "committed = true\nfreeze = true")
    assert rule_of(base, rules.Committed) == rules.Committed(TV)
    assert rule_of(base, rules.Freeze) is None


def test_a_stopped_grade_goes_before_a_freeze(tmp_path):
    assert rule_of(told(tmp_path, "freeze = true", TIERS, history__csv=long_history()),
                   rules.Freeze) is None  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "more"), [("stop = true", ""), ("freeze = true", ""), ("", UP), ("", "")]
)
def test_a_channel_of_unknown_effect_is_held_only_where_nothing_else_decides(
    tmp_path, channel, more
):
    held = rule_of(told(tmp_path, channel, more, UNKNOWN), rules.Held)
    assert held == (None if channel or more else rules.Held(TV))


def test_a_scenario_has_its_own_moves(tmp_path):
    write_project(tmp_path, reallot__toml=POLICY + UP.replace("{ tag = \"private\" }",
                                                              '{ channel = "TV" }'))  # fmt: skip
    storm = UP.replace('{ tag = "private" }', '{ channel = "Search" }').replace("0.20", "0.10")
    own = '[[channel]]\nname = "TV"\nstop = true\n'
    write_scenarios(tmp_path, storm=storm + own, flat="")
    project = read_project(tmp_path)
    changed, flat = problem(project, scenario="storm"), problem(project, scenario="flat")
    assert rule_of(changed, rules.Change) == rules.Change(
        "private up", frozenset({"Search"}), 0.10, 0.50
    )
    assert rule_of(changed, rules.Stop) == rules.Stop(TV)
    assert rule_of(flat, rules.Change).channels == TV
    assert rule_of(flat, rules.Stop) is None


def test_a_channel_cannot_be_committed_and_stopped(tmp_path):
    policy = POLICY + '\n[[channel]]\nname = "TV"\ncommitted = true\nstop = true\n'
    finding = the_finding(tmp_path, reallot__toml=policy)
    assert (finding.column, finding.row) == ("channel[1].stop", 13)
    assert finding.found == "'TV' is committed, and yet it is stopped"


def test_a_scenario_cannot_stop_what_is_committed(tmp_path):
    write_scenarios(tmp_path, storm='[[channel]]\nname = "TV"\nstop = true\n')
    policy = POLICY + '\n[[channel]]\nname = "TV"\ncommitted = true\n'
    finding = the_finding(tmp_path, reallot__toml=policy)
    assert (finding.file, finding.column) == ("scenarios/storm.toml", "channel[1].stop")


@pytest.mark.parametrize(
    ("limits", "column", "expected"),
    [
        ("", "change[1]", "Write least = 0.20, most = 0.50, or both"),
        ("least = 0.5\nmost = 0.2\n", "change[1]", "Write a least that is not above most"),
        ("least = 20\n", "change[1].least", "less than or equal to 10"),
        ("most = -2\n", "change[1].most", "greater than or equal to -1"),
    ],
)
def test_a_change_that_cannot_be_is_refused(tmp_path, limits, column, expected):
    text = f'{POLICY}\n[[change]]\nname = "up"\nof = {{ channel = "TV" }}\n{limits}'
    finding = the_finding(tmp_path, reallot__toml=text)
    assert finding.column == column
    assert expected in finding.expected


def test_a_change_names_what_is_there(tmp_path):
    tagged = '\n[[channel]]\nname = "TV"\ntags = ["private"]\n'
    change = UP.replace('"private" }', '"privat" }')
    finding = the_finding(tmp_path, reallot__toml=POLICY + tagged + change)
    assert finding.column == "change[1].of.tag"
    assert "Did you mean 'private'?" in finding.expected


def test_two_changes_have_two_names(tmp_path):
    tagged = '\n[[channel]]\nname = "TV"\ntags = ["private"]\n'
    finding = the_finding(tmp_path, reallot__toml=POLICY + tagged + UP + UP)
    assert finding.column == "change[2].name"
