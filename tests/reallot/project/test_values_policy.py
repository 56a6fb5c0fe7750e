"""What the policy says of objectives, values, costs, targets and changes."""

import pytest

from tests.reallot.projects import (
    CURVES,
    HISTORY,
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
tags = ["core"]

[[channel]]
name = "TV"
"""
COUNTED = (
    HISTORY.replace("revenue\n", "revenue,new_customers,exposures\n")
    .replace("0\n2026", "0,5,900\n2026")
    .replace("310\n", "310,5,900\n")
)


def plan_with(line):
    return POLICY.replace("quarters = 2", f"quarters = 2\n{line}")


def test_every_key_of_a_channel_is_read(tmp_path):
    text = (
        POLICY
        + CHANNELS
        + """launch_at = 50
fixed_cost = 30
cost_of_result = 0.08
cac_ceiling = 180
roi_floor = 1.5
lifetime_value = 650
exposure_value = 0.01
margin = 0.3
"""
    )
    tv = read(tmp_path, reallot__toml=text, history__csv=COUNTED).policy.says_of("TV")
    assert (tv.launch_at, tv.fixed_cost, tv.cost_of_result) == (50, 30, 0.08)
    assert (tv.cac_ceiling, tv.roi_floor) == (180, 1.5)
    assert (tv.lifetime_value, tv.exposure_value, tv.margin) == (650, 0.01, 0.3)


def test_objective_margin_value_and_shift_are_read(tmp_path):
    lines = 'objective = "profit"\nvalue = "direct"\nmargin = 0.35\nshift_between_quarters = 0.1'
    plan = read(tmp_path, reallot__toml=plan_with(lines)).policy.plan
    assert (plan.objective, plan.value) == ("profit", "direct")
    assert (plan.margin, plan.shift_between_quarters) == (0.35, 0.1)


def test_targets_weights_and_changes_are_read(tmp_path):
    text = (
        POLICY
        + CHANNELS
        + """
[weights]
core = 1.2
[target]
response = 130_000
growth = 0.20
roi = 3.0
new_customers = 40
[moves]
most = 8
least = 20
"""
    )
    policy = read(tmp_path, reallot__toml=text, history__csv=COUNTED).policy
    assert policy.weights == {"core": 1.2}
    named = {"response": 130_000, "growth": 0.2, "roi": 3, "new_customers": 40}
    assert policy.target.named == named
    assert (policy.moves.most, policy.moves.least) == (8, 20)


def test_a_scenario_replaces_single_targets_weights_and_limits_on_change(tmp_path):
    text = POLICY + CHANNELS + "[weights]\ncore = 1.2\n[target]\nresponse = 9\nroi = 3\n"
    write_project(tmp_path, reallot__toml=text + "[moves]\nmost = 1\n")
    storm = "[weights]\ncore = 1.5\n[target]\nresponse = 8\n[moves]\nleast = 20\n"
    write_scenarios(tmp_path, storm=storm + '[[channel]]\nname = "TV"\nlaunch_at = 50\n')
    from reallot.project import read_project

    policy = read_project(tmp_path).policy_in("storm")
    assert policy.weights == {"core": 1.5}
    assert policy.target.named == {"response": 8, "roi": 3}
    assert (policy.moves.most, policy.moves.least) == (1, 20)
    assert policy.says_of("TV").launch_at == 50


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('objective = "gain"', "'response', 'profit' or 'spend'"),
        ('value = "some"', "'all' or 'direct'"),
        ("margin = 35", "less than or equal to 1"),
        ("shift_between_quarters = 1.5", "less than or equal to 1"),
        ('objective = "profit"', "Write margin = 0.35 in [plan]"),
        ('objective = "spend"', "[target] with response"),
    ],
)
def test_a_wrong_objective_is_answered_with_a_right_one(tmp_path, line, expected):
    finding = the_finding(tmp_path, reallot__toml=plan_with(line))
    assert finding.row == 6
    assert expected in finding.expected


def test_profit_needs_no_common_margin_where_every_channel_has_its_own(tmp_path):
    text = plan_with('objective = "profit"') + CHANNELS.replace("\n\n", "\nmargin = 0\n\n")
    assert findings(tmp_path, reallot__toml=text + "margin = 0.4\n") == ()


@pytest.mark.parametrize(
    ("addition", "column", "expected"),
    [
        ("launch_at = -1\n", "channel[2].launch_at", "greater than or equal to 0"),
        ("launch_at = 50\ncap = 40\n", "channel[2].launch_at", "Write at most 40"),
        ("fixed_cost = 50\ncap = 40\n", "channel[2].fixed_cost", "Write at most 40"),
        ("fixed_cost = 0.005\n", "channel[2].fixed_cost", "whole number of 0.01 CNY"),
        ("cost_of_result = -0.1\n", "channel[2].cost_of_result", "greater than or equal to 0"),
        ("margin = 30\n", "channel[2].margin", "less than or equal to 1"),
        ("roi_floor = -1\n", "channel[2].roi_floor", "greater than or equal to 0"),
        ("cac_ceiling = 9\n", "channel[2].cac_ceiling", "column new_customers or conversions"),
        ("lifetime_value = 9\n", "channel[2].lifetime_value", "column new_customers to history"),
        ("exposure_value = 9\n", "channel[2].exposure_value", "column exposures to history"),
        ("[weights]\ncoar = 1.2\n", "weights.coar", "Did you mean 'core'?"),
        ("[weights]\ncore = 120\n", "weights.core", "less than or equal to 10"),
        ("[target]\nresponse = 0\n", "target.response", "greater than 0"),
        ("[target]\ngrowth = 20\n", "target.growth", "less than or equal to 10"),
        ("[target]\nrio = 2\n", "target.rio", "roi"),
        ("[target]\nnew_customers = 20\n", "target.new_customers", "Add a column new_customers"),
        ("[moves]\nmost = 1.5\n", "moves.most", "whole number"),
        ("[moves]\nleast = 0.001\n", "moves.least", "whole number of 0.01 CNY"),
    ],
)
def test_what_cannot_be_is_found_with_its_remedy(tmp_path, addition, column, expected):
    finding = the_finding(tmp_path, reallot__toml=POLICY + CHANNELS + addition)
    assert (finding.column, finding.row is not None) == (column, True)
    assert expected in finding.expected


def test_growth_needs_a_last_year(tmp_path):
    text = POLICY + "[target]\ngrowth = 0.2\n"
    finding = the_finding(tmp_path, reallot__toml=text, history__csv=None, curves__csv=CURVES)
    assert finding.found == "there is no last year to grow on"


def test_customers_of_another_channel_are_none_of_this_one(tmp_path):
    only_tv = "\n".join(
        line if "TV" in line or line.startswith("date") else line.replace(",5,", ",,")
        for line in COUNTED.splitlines()
    )
    text = POLICY + CHANNELS.replace("tags", "lifetime_value = 9\ntags")
    finding = the_finding(tmp_path, reallot__toml=text, history__csv=only_tv)
    assert finding.found == "the history shows no new_customers of 'Search'"


def test_caution_is_read_with_what_it_leaves_out(tmp_path):
    text = plan_with("caution = { worst = 0.1 }")
    caution = read(tmp_path, reallot__toml=text).policy.plan.caution
    assert caution is not None
    assert (caution.worst, caution.curves) == (0.1, 20)
    assert read(tmp_path, reallot__toml=POLICY).policy.plan.caution is None


@pytest.mark.parametrize(
    "said", ["worst = 0", "worst = 1.5", "curves = 0", "curves = 21", "best = 0.2"]
)
def test_a_caution_that_means_nothing_is_refused(tmp_path, said):
    finding = the_finding(tmp_path, reallot__toml=plan_with(f"caution = {{ {said} }}"))
    assert finding.file == "reallot.toml"
    assert "caution" in str(finding)


def test_the_least_money_has_no_caution(tmp_path):
    text = plan_with('objective = "spend"\ncaution = {}') + "[target]\nresponse = 100\n"
    finding = the_finding(tmp_path, reallot__toml=text)
    assert "at worst" in finding.found
    assert "Delete caution" in finding.expected


def test_what_is_left_for_unsure_channels_is_a_share(tmp_path):
    assert read(tmp_path, reallot__toml=POLICY + "weak = 0.5\n").policy.elasticity.weak == 0.5
    assert read(tmp_path, reallot__toml=POLICY).policy.elasticity.weak == 1
    finding = the_finding(tmp_path, reallot__toml=POLICY + "weak = 1.5\n")
    assert "weak" in str(finding)
