"""What the policy says of layers and stages, and where that does not fit together."""

import pytest

from reallot.project import read_project
from tests.reallot.projects import (
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
unit = "KOL"
tags = ["head", "new phone", "performance"]

[[channel]]
name = "TV"
unit = "KOL"
tags = ["tail", "new phone", "brand"]
"""
LAYERS = """
[[layers]]
name = "KOL"
of = { unit = "KOL" }
shares = { head = 0.6, tail = 0.4 }
"""
LIFECYCLE = """
[[lifecycle]]
of = { tag = "new phone" }
stage = "launch"
"""


def test_layers_and_stages_are_read(tmp_path):
    text = POLICY + CHANNELS + LAYERS + "leeway = 0.05\neach_quarter = true\n" + LIFECYCLE
    policy = read(tmp_path, reallot__toml=text).policy
    layers, lifecycle = policy.layers[0], policy.lifecycle[0]
    assert layers.shares == {"head": 0.6, "tail": 0.4}
    assert (layers.leeway, layers.each_quarter) == (0.05, True)
    assert (lifecycle.stage, lifecycle.tag, lifecycle.share) == ("launch", None, None)


@pytest.mark.parametrize(
    ("addition", "column", "text"),
    [
        (LAYERS.replace("0.4", "0.3"), "layers[1].shares", "these add to 0.9"),
        (LAYERS.replace("0.4", "-0.4"), "layers[1].shares.tail", "greater than or equal to 0"),
        (LAYERS.replace('unit = "KOL"', 'unit = "KOLs"'), "layers[1].of.unit", "Did you mean"),
        (LAYERS + "leeway = 5\n", "layers[1].leeway", "less than or equal to 1"),
        (LIFECYCLE.replace("launch", "lunch"), "lifecycle[1].stage", "'launch'"),
        (LIFECYCLE.replace("new phone", "new fone"), "lifecycle[1].of.tag", "Did you mean"),
        (LIFECYCLE.replace("launch", "mature"), "lifecycle[1].stage", "tag 'operations'"),
        (LIFECYCLE + 'tag = "brnd"\n', "lifecycle[1].tag", "Did you mean 'brand'?"),
        (LIFECYCLE + LIFECYCLE, "lifecycle[2].of", "A product has one stage"),
    ],
)
def test_what_does_not_fit_together_is_found(tmp_path, addition, column, text):
    finding = the_finding(tmp_path, reallot__toml=POLICY + CHANNELS + addition)
    assert finding.column == column
    assert finding.row is not None
    assert text in f"{finding.found} {finding.expected}"


@pytest.mark.parametrize(
    ("tags", "text"),
    [('"waist"', "has none of head, tail"), ('"head", "tail"', "has both head and tail")],
)
def test_every_channel_of_a_line_is_in_one_layer(tmp_path, tags, text):
    channels = CHANNELS.replace('"tail"', tags)
    found = findings(tmp_path, reallot__toml=POLICY + channels + LAYERS)
    finding = next(f for f in found if f.column == "layers[1].of")
    assert f"'TV' of 'KOL' {text}" in finding.found


def test_a_layer_without_a_channel_is_refused(tmp_path):
    layers = LAYERS.replace("tail = 0.4", "tail = 0.2, waist = 0.2")
    finding = the_finding(tmp_path, reallot__toml=POLICY + CHANNELS + layers)
    assert (finding.column, finding.found) == (
        "layers[1].shares.waist",
        "no channel of 'KOL' has the tag 'waist'",
    )


def test_in_a_scenario_layers_go_by_name_and_stages_by_product(tmp_path):
    write_project(tmp_path, reallot__toml=POLICY + CHANNELS + LAYERS + LIFECYCLE)
    later = LAYERS.replace("0.6", "0.5").replace("0.4", "0.5") + "leeway = 0.1\n"
    write_scenarios(tmp_path, later=later + LIFECYCLE.replace("launch", "growth"))
    project = read_project(tmp_path)
    policy = project.policy_in("later")
    assert [(own.shares["head"], own.leeway) for own in policy.layers] == [(0.5, 0.1)]
    assert [own.stage for own in policy.lifecycle] == ["growth"]
    assert project.policy.lifecycle[0].stage == "launch"
