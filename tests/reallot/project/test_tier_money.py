"""Exploration, earmarks and pilots: what the policy says of them."""

import pytest

from models.curve import Curves
from optimizer import rules
from reallot.project import read_project
from tests.reallot.projects import (
    POLICY,
    findings,
    read,
    the_finding,
    write_project,
    write_scenarios,
)
from tests.reallot.test_assemble import TIERS, curve, long_history, problem, rule_of

EXPLORATION = '\n[exploration]\nshare = 0.10\ntier = "S"\n'
EARMARK = '\n[earmark]\nto = "S"\n'
PILOTS = '\n[pilots]\ntag = "pilot"\ncap = 50_000\nshare = 0.02\n'
TAGGED = '\n[[channel]]\nname = "TV"\ntags = ["pilot"]\n'
SEARCH, TV = frozenset({"Search"}), frozenset({"TV"})


def told(folder, more):
    return problem(read(folder, reallot__toml=POLICY + more, history__csv=long_history()))


def test_money_is_set_aside_for_the_channels_of_a_tier(tmp_path):
    base = told(tmp_path, TIERS + EXPLORATION)
    assert rule_of(base, rules.Exploration) == rules.Exploration("S", SEARCH, 0.10)


def test_what_a_stopped_tier_frees_is_earmarked(tmp_path):
    base = told(tmp_path, TIERS + EARMARK)
    assert rule_of(base, rules.Earmark) == rules.Earmark(("S",), SEARCH, TV)


def test_what_a_planner_stops_is_earmarked_too_and_may_not_take_it(tmp_path):
    stop = '\n[[channel]]\nname = "Search"\nstop = true\n'
    base = told(tmp_path, TIERS + EARMARK + stop)
    assert rule_of(base, rules.Earmark) == rules.Earmark(("S",), frozenset(), SEARCH | TV)


def test_a_committed_channel_frees_nothing(tmp_path):
    committed = '\n[[channel]]\nname = "TV"\ncommitted = true\n'
    base = told(tmp_path, TIERS + EARMARK + committed)
    assert rule_of(base, rules.Earmark).stopped == frozenset()


def test_pilots_are_the_channels_with_the_tag(tmp_path):
    base = told(tmp_path, TAGGED + PILOTS)
    assert rule_of(base, rules.Pilots) == rules.Pilots("pilot", 50_000, 0.02)
    assert base.channels[1].tags == {"pilot"}


def test_a_scenario_replaces_them(tmp_path):
    write_project(tmp_path, reallot__toml=POLICY + TIERS + EXPLORATION + TAGGED + PILOTS,
                  history__csv=long_history())  # fmt: skip
    storm = EXPLORATION.replace("0.10", "0.05") + EARMARK + '[pilots]\ntag = "pilot"\ncap = 10\n'
    write_scenarios(tmp_path, storm=storm, flat="")
    project, both = read_project(tmp_path), Curves((curve("Search"), curve("TV")))
    changed, flat = (problem(project, both, name) for name in ("storm", "flat"))
    assert rule_of(changed, rules.Exploration).share == 0.05
    assert rule_of(changed, rules.Earmark) is not None
    assert rule_of(changed, rules.Pilots) == rules.Pilots("pilot", 10)
    assert rule_of(flat, rules.Exploration).share == 0.10
    assert rule_of(flat, rules.Earmark) is None


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        (TIERS + "[exploration]\nshare = 0.1\n", "exploration.tier", "Write B = {"),
        (TIERS + EARMARK.replace('"S"', '["S", "A"]'), "earmark.to", "Write A = {"),
        (
            TIERS + "B = { roi = [1.0, 2.0] }\n" + EXPLORATION.replace('"S"', '"out"'),
            "exploration.tier",
            "'S', 'A' or 'B'",
        ),
        (TIERS + EXPLORATION.replace("share = 0.10\n", ""), "exploration.share", "share = 0.10"),
        (TIERS + "[earmark]\n", "earmark.to", 'Write to = ["S", "A"]'),
        (TAGGED + PILOTS.replace('"pilot"', '"pilots"'), "pilots.tag", "Did you mean 'pilot'?"),
        (TAGGED + '[pilots]\ntag = "pilot"\n', "pilots", "Write cap = 50_000"),
        (TAGGED + PILOTS.replace("50_000", "0.001"), "pilots.cap", "whole number of 0.01"),
        (TAGGED + PILOTS.replace("50_000", "0"), "pilots.cap", "greater than 0"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, text, column, expected):
    finding = the_finding(tmp_path, reallot__toml=POLICY + text)
    assert finding.column == column
    assert expected in finding.expected


def test_an_earmark_names_a_tier_at_least(tmp_path):
    (finding,) = findings(tmp_path, reallot__toml=POLICY + TIERS + EARMARK.replace('"S"', "[]"))
    assert finding.column == "earmark.to"
