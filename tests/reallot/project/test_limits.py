"""Contracts, ratios, resources, and shares of an amount: what the policy says of them."""

import pytest

from optimizer import rules
from reallot.project import read_project
from tests.reallot.projects import POLICY, read, the_finding, write_project, write_scenarios
from tests.reallot.test_assemble import problem, rule_of

CONTRACTED = '\n[[channel]]\nname = "TV"\ncontracted = {}\n'
RATIO = """
[[ratio]]
name = "events and traffic"
of = { channel = "TV" }
to = { channel = "Search" }
band = [0.8, 1.2]
each_quarter = true
"""
RESOURCE = """
[[resource]]
name = "CO2"
unit = "t"
limit = 500
per_unit = { Search = 0.00001, TV = 0.0002 }
"""
OUTSIDE = """
[[share]]
name = "research"
of = { channel = "TV" }
band = [0.03, 0.05]
of_amount = 12_000_000
"""
SEARCH, TV = (rules.Part(channels=frozenset({name})) for name in ("Search", "TV"))


def told(folder, more):
    return problem(read(folder, reallot__toml=POLICY + more))


@pytest.mark.parametrize(("text", "amounts"), [("1_000", (1000, 1000)), ("[1000, 0]", (1000, 0))])
def test_what_is_signed_is_one_amount_or_one_per_quarter(tmp_path, text, amounts):
    signed = rule_of(told(tmp_path, CONTRACTED.format(text)), rules.Contracted)
    assert signed == rules.Contracted({"TV": amounts})


def test_ratios_resources_and_amounts_from_outside_reach_the_problem(tmp_path):
    base = told(tmp_path, RATIO + RESOURCE + OUTSIDE)
    assert rule_of(base, rules.Ratio) == rules.Ratio(
        "events and traffic", TV, SEARCH, (0.8, 1.2), each_quarter=True
    )
    assert rule_of(base, rules.Resource) == rules.Resource(
        "CO2", "t", 500, {"Search": 0.00001, "TV": 0.0002}
    )
    assert rule_of(base, rules.Share) == rules.Share(
        "research", TV, (0.03, 0.05), of_amount=12_000_000
    )


def test_a_scenario_replaces_them_by_name(tmp_path):
    write_project(tmp_path, reallot__toml=POLICY + RATIO + RESOURCE + OUTSIDE)
    changes = (
        RATIO.replace("0.8", "0.5")
        + RESOURCE.replace("500", "300").replace("Search = 0.00001, ", "")
        + '\n[[share]]\nname = "research"\nof_amount = 10_000_000\n'
    )
    write_scenarios(tmp_path, storm=changes)
    base = problem(read_project(tmp_path), scenario="storm")
    assert rule_of(base, rules.Ratio).band == (0.5, 1.2)
    assert rule_of(base, rules.Resource) == rules.Resource("CO2", "t", 300, {"TV": 0.0002})
    assert rule_of(base, rules.Share).of_amount == 10_000_000
    assert rule_of(base, rules.Share).band == (0.03, 0.05)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        (CONTRACTED.format("[1, 2, 3]"), "channel[1].contracted", "one per quarter"),
        (CONTRACTED.format("[1, 2.005]"), "channel[1].contracted", "whole number of 0.01 CNY"),
        (CONTRACTED.format("900") + "cap = 800\n", "channel[1].contracted", "cap of at least 900"),
        (CONTRACTED.format("-1"), "channel[1].contracted[1]", "greater than or equal to 0"),
        (RATIO.replace("TV", "TVs"), "ratio[1].of.channel", "Did you mean 'TV'?"),
        (RATIO.replace("Search", "Serch"), "ratio[1].to.channel", "Did you mean 'Search'?"),
        (RATIO.replace("[0.8, 1.2]", "[1.2, 0.8]"), "ratio[1].band", "the lower end first"),
        (RATIO.replace("[0.8, 1.2]", "[inf, inf]"), "ratio[1]", "a finite multiple"),
        (RATIO.replace('to = { channel = "Search" }\n', ""), "ratio[1].to", "Write to = {"),
        (RESOURCE.replace("TV", "TVs"), "resource[1].per_unit.TVs", "Did you mean 'TV'?"),
        (RESOURCE.replace("0.00001", "-1"), "resource[1].per_unit.Search", "equal to 0"),
        (RESOURCE.replace("0.00001, TV = 0.0002", "0"), "resource[1]", "above 0 for one channel"),
        (RESOURCE.replace('unit = "t"\n', ""), "resource[1].unit", 'Write unit = "t".'),
        (OUTSIDE + 'within = { channel = "TV" }\n', "share[1].of_amount", "of_amount, or within"),
        (OUTSIDE.replace("12_000_000", "0"), "share[1].of_amount", "greater than 0"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, text, column, expected):
    finding = the_finding(tmp_path, reallot__toml=POLICY + text)
    assert finding.column == column
    assert expected in finding.expected


@pytest.mark.parametrize(("text", "table"), [(RATIO, "ratio"), (RESOURCE, "resource")])
def test_two_of_them_have_two_names(tmp_path, text, table):
    finding = the_finding(tmp_path, reallot__toml=POLICY + text + text)
    assert finding.column == f"{table}[2].name"


def test_a_scenario_cannot_put_a_share_of_an_amount_within_a_part(tmp_path):
    write_scenarios(tmp_path, storm='[[share]]\nname = "research"\nwithin = { channel = "TV" }\n')
    finding = the_finding(tmp_path, reallot__toml=POLICY + OUTSIDE)
    assert finding.file == "scenarios/storm.toml"
