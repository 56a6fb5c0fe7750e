"""What the policy says of money that is kept, and where that does not fit together."""

import pytest

from reallot.project import read_project
from tests.reallot.projects import (
    BUDGET,
    POLICY,
    findings,
    read,
    the_finding,
    write_project,
    write_scenarios,
)

CHANNELS = """
[[channel]]
name = "Search"
unit = "online"
tags = ["basic"]

[[channel]]
name = "TV"
unit = "offline"
"""
LINES = BUDGET + "".join(
    f"2027Q{q},{name},{amount}\n" for name, amount in (("CFO", 90), ("Crisis", 0)) for q in (1, 2)
)
STRATEGIC = """
[strategic_reserve]
channel = "CFO"
share = [0.08, 0.10]
owner = "cfo office"
"""
NAMED = """
[[named_reserve]]
name = "crisis communication"
channel = "Crisis"
of = { unit = "offline" }
share = [0.05, 0.10]
"""
OPERATING = "[operating]\nmonths = 3\n"


def wrong(folder, addition):
    return the_finding(folder, reallot__toml=POLICY + CHANNELS + addition, budget__csv=LINES)


def test_every_reserve_of_the_policy_is_read(tmp_path):
    text = POLICY + CHANNELS + STRATEGIC + NAMED + 'until = "2027Q2"\n' + OPERATING
    text += 'of = { tag = "basic" }\n[reserve]\nshare = [0.10, 0.15]\nemergency = 0.05\n'
    policy = read(tmp_path, reallot__toml=text, budget__csv=LINES).policy
    assert (policy.reserve.share, policy.reserve.emergency) == ((0.10, 0.15), 0.05)
    assert (policy.strategic_reserve.channel, policy.strategic_reserve.owner) == (
        "CFO",
        "cfo office",
    )
    assert [(r.name, r.share, r.until) for r in policy.named_reserve] == [
        ("crisis communication", (0.05, 0.10), "2027Q2")
    ]
    assert (policy.operating.months, policy.operating.cost.tag) == (3, ("basic",))
    assert [fund.channel for fund in policy.funds] == ["CFO", "Crisis"]


def test_an_emergency_layer_may_stand_without_a_band(tmp_path):
    reserve = read(tmp_path, reallot__toml=POLICY + "[reserve]\nemergency = 0.05\n").policy.reserve
    assert (reserve.share, reserve.emergency) == (None, 0.05)


def test_a_reserve_is_not_said_to_be_held_for_want_of_a_history(tmp_path):
    text = POLICY + CHANNELS + STRATEGIC
    warnings = read(tmp_path, reallot__toml=text, budget__csv=LINES).warnings
    assert [w.split()[0] for w in warnings if "neither history nor curve" in w] == ["Crisis"]


@pytest.mark.parametrize(
    ("addition", "column", "text"),
    [
        ("[reserve]\n", "reserve", "share = [0.10, 0.15], emergency = 0.05 or keep_value = 0.5"),
        ("[reserve]\nshare = [0.1, 0.15]\nemergency = 0.2\n", "reserve.emergency", "at most 0.15"),
        ("[reserve]\nemergency = 5\n", "reserve.emergency", "less than or equal to 1"),
        (STRATEGIC.replace("CFO", "CEO"), "strategic_reserve.channel", "Did you mean 'CFO'?"),
        (STRATEGIC.replace("CFO", "TV"), "strategic_reserve.channel", "neither, or add one"),
        (
            STRATEGIC.replace('owner = "cfo office"', ""),
            "strategic_reserve.owner",
            'owner = "cfo office"',
        ),
        (STRATEGIC.replace('"cfo office"', '""'), "strategic_reserve.owner", "at least 1"),
        (STRATEGIC.replace("0.08", "0.2"), "strategic_reserve.share", "lower end first"),
        (
            STRATEGIC + '[[channel]]\nname = "CFO"\nelasticity = 0.1\n',
            "channel[3].elasticity",
            "Delete it",
        ),
        (NAMED.replace("Crisis", "Crises"), "named_reserve[1].channel", "Did you mean 'Crisis'?"),
        (NAMED.replace("offline", "ofline"), "named_reserve[1].of.unit", "Did you mean 'offline'?"),
        (NAMED + 'until = "soon"\n', "named_reserve[1].until", "2027Q1"),
        (
            NAMED.replace('unit = "offline"', 'channel = "Crisis"'),
            "named_reserve[1].of",
            "for which it is kept",
        ),
        (STRATEGIC + NAMED.replace("Crisis", "CFO"), "named_reserve[1].channel", "of its own"),
        (OPERATING, "operating", "either monthly"),
        (OPERATING + 'monthly = 400\nof = { tag = "basic" }\n', "operating", "either monthly"),
        (OPERATING + 'of = { tag = "basics" }\n', "operating.of.tag", "Did you mean 'basic'?"),
        (OPERATING + "monthly = 0\n", "operating.monthly", "greater than 0"),
        ("[operating]\nmonths = 0\nmonthly = 1\n", "operating.months", "greater than 0"),
    ],
)
def test_what_does_not_fit_together_is_found(tmp_path, addition, column, text):
    finding = wrong(tmp_path, addition)
    assert finding.column == column
    assert finding.row is not None
    assert text in f"{finding.found} {finding.expected}"


def test_two_reserves_of_one_name_are_refused(tmp_path):
    found = findings(tmp_path, reallot__toml=POLICY + CHANNELS + NAMED + NAMED, budget__csv=LINES)
    assert any("two [[named_reserve]]" in finding.found for finding in found)


def test_a_scenario_changes_reserves_there_only(tmp_path):
    text = POLICY + CHANNELS + STRATEGIC + NAMED + OPERATING + "monthly = 30\n"
    text += "[reserve]\nshare = [0.10, 0.15]\nemergency = 0.05\n"
    write_project(tmp_path, reallot__toml=text, budget__csv=LINES)
    storm = "[reserve]\nemergency = 0.08\n" + STRATEGIC.replace("0.08", "0.09")
    storm += NAMED.replace("0.05", "0.07") + "[operating]\nmonths = 6\nmonthly = 30\n"
    write_scenarios(tmp_path, storm=storm)
    project = read_project(tmp_path)
    policy = project.policy_in("storm")
    assert (policy.reserve.share, policy.reserve.emergency) == ((0.10, 0.15), 0.08)
    assert policy.strategic_reserve.share == (0.09, 0.10)
    assert [own.share for own in policy.named_reserve] == [(0.07, 0.10)]
    assert policy.operating.months == 6
    assert project.policy.operating.months == 3
