from dataclasses import replace
from datetime import date

import pytest

from models.curve import Curves, ResponseCurve
from models.period import Period
from models.saturation import Form
from optimizer import rules
from reallot.assemble import future, problem_of
from reallot.project import read_project
from tests.reallot.projects import BUDGET, POLICY, read, write_project, write_scenarios


def curve(channel, known=True):
    return ResponseCurve(channel, Form.HILL, 500, 100, 1, 0, Period.WEEK, known=known)


BOTH = Curves((curve("Search"), curve("TV")), ("Search: the fit is rough",))


def problem(project, curves=BOTH, scenario="base"):
    return problem_of(project, curves, scenario, 60)


def rule_of(problem, kind):
    found = [rule for rule in problem.rules if type(rule) is kind]
    assert len(found) <= 1
    return found[0] if found else None


def test_the_problem_holds_what_the_files_say(tmp_path):
    base = problem(read(tmp_path))
    assert base.names == ("Search", "TV")
    assert base.quarters == ("2027Q1", "2027Q2")
    assert base.first_day == date(2027, 1, 1)
    assert base.current.tolist() == [[1300, 1400], [2600, 2500]]
    assert base.current_pool.tolist() == [400, 400]
    assert base.budget.tolist() == [4300, 4300]
    assert (base.minor_unit, base.time_limit, base.currency) == (0.01, 60, "CNY")
    assert "Search: the fit is rough" in base.warnings


def test_a_rule_that_the_policy_does_not_name_does_not_exist(tmp_path):
    kinds = {type(rule) for rule in problem(read(tmp_path)).rules}
    assert kinds == {rules.Budget, rules.Reserve, rules.Elasticity}
    assert rule_of(problem(read(tmp_path)), rules.Reserve).share is None


RULES = """
unit.offline = { down = 0.05, up = 0.10 }

[reserve]
share = [0.10, 0.15]

[[channel]]
name = "Search"
tags = ["core"]
elasticity = 0.15
floor = 100
pacing = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

[[channel]]
name = "TV"
unit = "offline"
cap = 5000
committed = true

[[share]]
name = "core growth"
of = { tag = "core" }
within = { channel = ["Search", "TV"] }
band = [0.10, 0.50]
each_quarter = true
"""


def test_every_rule_of_the_policy_reaches_the_problem(tmp_path):
    full = problem(read(tmp_path, reallot__toml=POLICY + RULES))
    assert rule_of(full, rules.Reserve) == rules.Reserve((0.10, 0.15))
    assert rule_of(full, rules.Elasticity) == rules.Elasticity(
        rules.Band(0.2, 0.2),
        {"offline": rules.Band(0.05, 0.10)},
        {"Search": rules.Band(0.15, 0.15)},
    )
    assert rule_of(full, rules.Floor) == rules.Floor({"Search": 100})
    assert rule_of(full, rules.Cap) == rules.Cap({"TV": 5000})
    assert rule_of(full, rules.Committed) == rules.Committed(frozenset({"TV"}))
    assert rule_of(full, rules.Share) == rules.Share(
        "core growth",
        rules.Part(tags=frozenset({"core"})),
        (0.10, 0.50),
        rules.Part(channels=frozenset({"Search", "TV"})),
        True,
    )
    assert full.pacing == ((1,) + (0,) * 12, None)
    assert full.channels[1].unit == "offline"


KEPT = """
[reserve]
emergency = 0.05

[strategic_reserve]
channel = "CFO"
share = [0.01, 0.10]
owner = "cfo office"

[[named_reserve]]
name = "crisis"
channel = "Fund"
of = { channel = "TV" }
share = [0.0, 0.1]
until = "2027Q1"

[operating]
months = 1
of = { tag = "core" }

[[layers]]
name = "media"
of = { channel = ["Search", "TV"] }
shares = { core = 0.3, brand = 0.7 }
leeway = 0.1

[[lifecycle]]
of = { channel = ["Search", "TV"] }
stage = "launch"
share = 0.6
"""


def test_reserves_and_mixes_of_the_policy_reach_the_problem(tmp_path):
    tagged = '[[channel]]\nname = "Search"\ntags = ["core"]\n'
    tagged += '[[channel]]\nname = "TV"\ntags = ["brand"]\n'
    lines = "".join(f"2027Q{q},{name},50\n" for name in ("CFO", "Fund") for q in (1, 2))
    full = problem(read(tmp_path, reallot__toml=POLICY + tagged + KEPT, budget__csv=BUDGET + lines))
    media = rules.Part(channels=frozenset({"Search", "TV"}))
    tv, core = rules.Part(channels=frozenset({"TV"})), rules.Part(tags=frozenset({"core"}))
    expected = [
        rules.Reserve(None, 0.05),
        rules.StrategicReserve("CFO", (0.01, 0.10), "cfo office"),
        rules.NamedReserve("Fund", "crisis", tv, (0.0, 0.1), "2027Q1"),
        rules.Operating(1, core),
        rules.Layers("media", media, {"core": 0.3, "brand": 0.7}, 0.1),
        rules.Lifecycle(media, "launch", "brand", 0.6),
    ]
    assert [rule_of(full, type(rule)) for rule in expected] == expected
    assert rule_of(full, rules.Held) is None


def test_an_elasticity_above_one_ends_at_nothing_downwards(tmp_path):
    wide = problem(read(tmp_path, reallot__toml=POLICY.replace("0.20", "2.0")))
    assert rule_of(wide, rules.Elasticity).default == rules.Band(1.0, 2.0)


def test_a_channel_without_curve_is_held_and_planned_with_the_rest(tmp_path):
    base = problem(read(tmp_path), Curves((curve("TV"),)))
    assert base.channels[0].curve is None
    assert rule_of(base, rules.Held) == rules.Held(frozenset({"Search"}))


def test_a_channel_whose_effect_is_unknown_is_held_unless_the_policy_says_otherwise(tmp_path):
    curves = Curves((curve("Search", known=False), curve("TV", known=False)))
    policy = POLICY + '\n[[channel]]\nname = "TV"\nmove_unknown = true\n'
    base = problem(read(tmp_path, reallot__toml=policy), curves)
    assert rule_of(base, rules.Held) == rules.Held(frozenset({"Search"}))


def test_a_committed_channel_is_not_held_as_well(tmp_path):
    policy = POLICY + '\n[[channel]]\nname = "TV"\ncommitted = true\n'
    curves = Curves((curve("Search"), curve("TV", known=False)))
    assert rule_of(problem(read(tmp_path, reallot__toml=policy), curves), rules.Held) is None


def test_another_budget_scales_every_quarter_in_proportion(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 2\nbudget = 10000.01")
    text = BUDGET.replace("2027Q2,reserve,400", "2027Q2,reserve,4700")
    scaled = problem(read(tmp_path, reallot__toml=policy, budget__csv=text))
    assert scaled.budget.tolist() == [3333.34, 6666.67]
    assert scaled.current.tolist() == [[1300, 1400], [2600, 2500]]


def test_rounding_may_be_coarser_or_off(tmp_path):
    for rounding in (100, 0):
        policy = POLICY.replace("quarters = 2", f"quarters = 2\nrounding = {rounding}")
        assert problem(read(tmp_path, reallot__toml=policy)).minor_unit == rounding


def test_a_scenario_changes_factors_and_rules_there_only(tmp_path):
    write_project(tmp_path)
    storm = """
probability = 1
demand = 0.9
budget = [1, 0.5]
[reserve]
share = [0.2, 0.3]
[[channel]]
name = "TV"
demand = 1.2
media_price = [1, 0.8]
committed = true
"""
    write_scenarios(tmp_path, storm=storm, flat="probability = 0\n")
    project = read_project(tmp_path)
    changed, flat = problem(project, scenario="storm"), problem(project, scenario="flat")
    assert changed.scenario == "storm"
    assert changed.demand.tolist() == [[0.9, 0.9], [1.2, 1.2]]
    assert changed.media_price.tolist() == [[1, 1], [1, 0.8]]
    assert changed.budget.tolist() == [4300, 2150]
    assert rule_of(changed, rules.Reserve).share == (0.2, 0.3)
    assert rule_of(changed, rules.Committed) is not None
    assert rule_of(flat, rules.Reserve).share is None
    assert replace(flat, scenario="x").demand.min() == 1
    assert future(project, "storm").probability == 1


def long_history(months=14):
    rows = ["date,channel,spend,revenue"]
    for m in range(months):
        day = date(2025 + m // 12, m % 12 + 1, 1)
        rows += [f"{day},Search,100,700", f"{day},TV,100,{50 if m >= months - 3 else 300}"]
    return "\n".join(rows) + "\n"


TIERS = """
[tiers]
S = { roi = [5.0, inf], share = [0.1, 0.9] }
out = { roi = [0.0, 1.0], months = 3 }
"""


def test_channels_are_graded_by_what_they_returned(tmp_path):
    project = read(tmp_path, reallot__toml=POLICY + TIERS, history__csv=long_history())
    tiers = rule_of(problem(project), rules.Tiers)
    assert tiers.grades == {"Search": "S", "TV": "out"}
    assert tiers.tiers["out"].months == 3


def test_a_stopped_channel_is_not_held_at_its_budget(tmp_path):
    project = read(tmp_path, reallot__toml=POLICY + TIERS, history__csv=long_history())
    curves = Curves((curve("Search"), curve("TV", known=False)))
    assert rule_of(problem(project, curves), rules.Held) is None


@pytest.mark.parametrize(("months", "warned"), [(5, True), (14, False)])
def test_a_short_history_is_graded_on_what_it_has_with_a_warning(tmp_path, months, warned):
    project = read(tmp_path, reallot__toml=POLICY + TIERS, history__csv=long_history(months))
    base = problem(project)
    assert rule_of(base, rules.Tiers).grades["Search"] == "S"
    assert any("Search is graded on 5 months" in w for w in base.warnings) is warned
