"""Values that bend: read as their values, their levels kept by name, mistakes named."""

from pathlib import Path

import pytest

from optimizer import rules
from reallot.project.bends import LIMITS
from reallot.rulebook.bends import bends_of
from tests.reallot.projects import (
    POLICY,
    findings,
    read,
    the_finding,
    write_project,
    write_scenarios,
)

SEARCH = '\n[[channel]]\nname = "Search"\nunit = "ecommerce"\ntags = ["core"]\n'


def levels(folder: Path, addition: str, policy: str = POLICY) -> dict[tuple[str, str], int]:
    """The levels of rules and keys that the engine is given."""
    project = read(folder, reallot__toml=policy + addition)
    return bends_of(project.bends["base"], project.policy, project.budget.channels)


def test_a_value_that_bends_is_read_as_its_value(tmp_path):
    project = read(tmp_path, reallot__toml=POLICY + SEARCH + "floor = { value = 900, bends = 3 }\n")
    assert project.policy.says_of("Search").floor == 900
    assert project.bends["base"] == {("channel", "Search", "floor"): 3}


def test_a_table_of_its_own_says_the_same_as_one_line(tmp_path):
    addition = SEARCH + "[channel.floor]\nvalue = 900\nbends = 3\n"
    assert levels(tmp_path, addition) == {("floor", "Search"): 3}


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        (SEARCH + "floor = { value = 900, bends = 3 }\n", {("floor", "Search"): 3}),
        (SEARCH + "cap = { value = 9000, bends = 1 }\n", {("cap", "Search"): 1}),
        (
            SEARCH + "elasticity = { value = { down = 0.1, up = 0.3 }, bends = 9 }\n",
            {("elasticity", "Search"): 9},
        ),
        ("[reserve]\nshare = { value = [0.1, 0.2], bends = 2 }\n", {("reserve", "pool"): 2}),
        (
            SEARCH
            + '[[share]]\nname = "mix"\nof = { tag = "core" }\n'
            + "band = { value = [0.1, 0.9], bends = 4 }\n",
            {("share", "mix"): 4},
        ),
        (
            SEARCH
            + '[[change]]\nname = "push"\nof = { tag = "core" }\n'
            + "least = { value = 0.1, bends = 4 }\n",
            {("change", "push"): 4},
        ),
        (
            "[reserve]\nemergency = { value = 0.05, bends = 6 }\n",
            {("reserve", "emergency"): 6},
        ),
        (
            "[operating]\nmonths = { value = 3, bends = 6 }\nmonthly = 100\n",
            {("operating", "pool"): 6},
        ),
        (
            SEARCH
            + '[[layers]]\nname = "line"\nof = { channel = ["Search", "TV"] }\n'
            + "shares = { value = { core = 0.4, brand = 0.6 }, bends = 2 }\n"
            + '[[channel]]\nname = "TV"\ntags = ["brand"]\n',
            {("layers", "line brand"): 2, ("layers", "line core"): 2},
        ),
        (
            SEARCH
            + '[[lifecycle]]\nof = { channel = ["TV", "Search"] }\nstage = "launch"\n'
            + 'tag = "core"\nshare = { value = 0.4, bends = 2 }\n',
            {("lifecycle", "Search, TV"): 2},
        ),
        (
            "[tiers]\nS = { roi = [5.0, inf], share = { value = [0.1, 0.4], bends = 7 } }\n",
            {("tiers", "S"): 7},
        ),
    ],
)
def test_the_level_reaches_the_rule_that_the_value_sets(tmp_path, addition, expected):
    assert levels(tmp_path, addition) == expected


class TestWhoTakesAnElasticity:
    DEFAULT = POLICY.replace("default = 0.20", "default = { value = 0.20, bends = 5 }")

    def test_the_default_bends_for_every_channel_that_takes_it(self, tmp_path):
        bent = levels(tmp_path, "", self.DEFAULT)
        assert bent == {("elasticity", "Search"): 5, ("elasticity", "TV"): 5}

    def test_a_channel_with_its_own_holds(self, tmp_path):
        bent = levels(tmp_path, SEARCH + "elasticity = 0.1\n", self.DEFAULT)
        assert bent == {("elasticity", "TV"): 5}

    def test_a_unit_bends_in_total_and_for_its_channels(self, tmp_path):
        unit = self.DEFAULT + "unit.ecommerce = { value = 0.1, bends = 2 }\n"
        assert levels(tmp_path, SEARCH, unit) == {
            ("elasticity", "unit ecommerce"): 2,
            ("elasticity", "Search"): 2,
            ("elasticity", "TV"): 5,
        }


class TestScenarios:
    BENT = POLICY + SEARCH + "floor = { value = 900, bends = 3 }\n"

    def bends(self, folder: Path, scenario: str) -> dict[tuple[str, ...], int]:
        write_project(folder, reallot__toml=self.BENT)
        write_scenarios(folder, flat=scenario)
        return dict(read(folder, reallot__toml=self.BENT).bends["flat"])

    def test_what_a_scenario_does_not_speak_of_bends_as_in_the_policy(self, tmp_path):
        assert self.bends(tmp_path, "demand = 1.1\n") == {("channel", "Search", "floor"): 3}

    def test_a_scenario_may_bend_more_or_otherwise(self, tmp_path):
        own = '[[channel]]\nname = "Search"\nfloor = { value = 800, bends = 8 }\n'
        assert self.bends(tmp_path, own) == {("channel", "Search", "floor"): 8}

    def test_a_value_that_a_scenario_gives_alone_no_longer_bends(self, tmp_path):
        own = '[[channel]]\nname = "Search"\nfloor = 800\ncap = { value = 2000, bends = 1 }\n'
        assert self.bends(tmp_path, own) == {("channel", "Search", "cap"): 1}


class TestMistakes:
    @pytest.mark.parametrize("level", ["0", "10", "-1", "2.5", "true", '"3"'])
    def test_a_level_is_a_whole_number_from_1_to_9(self, tmp_path, level):
        policy = POLICY + SEARCH + f"floor = {{ value = 900, bends = {level} }}\n"
        found = the_finding(tmp_path, reallot__toml=policy)
        assert (found.file, found.row) == ("reallot.toml", 14)
        assert found.column == "channel[1].floor.bends"
        assert "from 1 (gives way last) to 9 (gives way first)" in found.expected

    @pytest.mark.parametrize(
        ("line", "column"),
        [
            ("floor = { bends = 3 }\n", "channel[1].floor"),
            ("elasticity = { down = 0.1, up = 0.2, bends = 3 }\n", "channel[1].elasticity"),
        ],
    )
    def test_bends_without_a_value(self, tmp_path, line, column):
        found = the_finding(tmp_path, reallot__toml=POLICY + SEARCH + line)
        assert (found.column, found.found) == (column, "there is bends, but no value that bends")
        assert found.expected == "Write { value = …, bends = 3 }."

    def test_more_than_a_value_and_its_level(self, tmp_path):
        line = "floor = { value = 900, bends = 3, unit = 1 }\n"
        found = the_finding(tmp_path, reallot__toml=POLICY + SEARCH + line)
        assert (found.column, found.found) == ("channel[1].floor.unit", "the key is not known")

    def test_a_required_value_that_is_missing_is_told_once(self, tmp_path):
        share = '[[share]]\nname = "mix"\nof = { tag = "core" }\nband = { bends = 3 }\n'
        found = the_finding(tmp_path, reallot__toml=POLICY + SEARCH + share)
        assert found.column == "share[1].band"

    @pytest.mark.parametrize(
        ("policy", "column", "found"),
        [
            (
                POLICY + SEARCH + "committed = { value = true, bends = 3 }\n",
                "channel[1].committed",
                "nothing here can give way",
            ),
            (
                POLICY.replace('currency = "CNY"', 'currency = { value = "CNY", bends = 3 }'),
                "plan.currency",
                "nothing here can give way",
            ),
            (
                POLICY.replace(
                    "quarters = 2", "quarters = 2\nbudget = { value = 8600, bends = 3 }"
                ),
                "plan.budget",
                "the budget never gives way",
            ),
        ],
    )
    def test_bends_where_nothing_limits(self, tmp_path, policy, column, found):
        finding = the_finding(tmp_path, reallot__toml=policy)
        assert (finding.column, finding.found) == (column, found)

    def test_bends_beside_the_keys_of_a_channel(self, tmp_path):
        finding = the_finding(tmp_path, reallot__toml=POLICY + SEARCH + "floor = 900\nbends = 3\n")
        assert (finding.row, finding.column) == (15, "channel[1].bends")
        assert finding.expected.startswith("Write it beside the value that bends")

    def test_the_value_is_checked_as_ever(self, tmp_path):
        policy = POLICY + SEARCH + 'floor = { value = "much", bends = 3 }\n'
        finding = the_finding(tmp_path, reallot__toml=policy)
        assert (finding.column, finding.expected) == ("channel[1].floor", "Write a number.")

    def test_ends_of_one_change_bend_alike(self, tmp_path):
        change = '[[change]]\nname = "push"\nof = { tag = "core" }\nmost = 0.3\n'
        change += "least = { value = 0.1, bends = 4 }\n"
        finding = the_finding(tmp_path, reallot__toml=POLICY + SEARCH + change)
        assert finding.expected == "Write the same bends beside both."

    def test_a_floor_over_a_cap_is_a_mistake_unless_one_of_them_bends(self, tmp_path):
        hard = SEARCH + "floor = 900\ncap = 800\n"
        assert the_finding(tmp_path, reallot__toml=POLICY + hard).column == "channel[1].floor"
        bent = SEARCH + "floor = { value = 900, bends = 2 }\ncap = 800\n"
        assert not findings(tmp_path, reallot__toml=POLICY + bent)

    def test_a_unit_may_be_called_bends(self, tmp_path):
        unit = POLICY + "unit.bends = 0.1\n" + SEARCH.replace("ecommerce", "bends")
        assert not findings(tmp_path, reallot__toml=unit)


def test_every_limit_names_a_rule_of_the_engine():
    known = {rule.name for rule in vars(rules).values() if hasattr(rule, "name")}
    assert {rule for rule, _ in LIMITS.values()} <= known
