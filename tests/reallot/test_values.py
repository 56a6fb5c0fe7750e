"""What a unit of response counts: parts, weights, and the rates behind them."""

from dataclasses import replace

import pytest

from models.curve import Curves, FitDiagnostics, Member, ResponseCurve
from models.period import Period
from models.saturation import Form
from optimizer import rules
from optimizer.caution import Caution
from reallot.assemble import problem_of
from reallot.errors import InputError
from tests.reallot.projects import HISTORY, POLICY, read, write_project, write_scenarios


def curve(channel):
    return ResponseCurve(channel, Form.HILL, 500, 100, 1, 0, Period.WEEK)


BOTH = Curves((curve("Search"), curve("TV")))
# A customer with every 100 of revenue in Search, an exposure with every 0.1 in TV.
COUNTED = "date,channel,spend,revenue,new_customers,conversions,exposures\n" + "\n".join(
    f"2026-11-{day:02d},{row}"
    for day in (2, 9, 16)
    for row in ("Search,100,500,5,20,", "TV,200,300,,6,3000")
)
SEARCH = '\n[[channel]]\nname = "Search"\ntags = ["new_product", "core"]\n'


def problem(folder, addition="", plan="", history=COUNTED, scenario="base", curves=BOTH):
    policy = POLICY.replace("quarters = 2", f"quarters = 2\n{plan}") + addition
    project = read(folder, reallot__toml=policy, history__csv=history)
    return problem_of(project, curves, scenario, 60)


def rule_of(base, kind):
    return [rule for rule in base.rules if type(rule) is kind]


def search(base):
    return base.channels[0]


def test_response_alone_counts_as_it_is(tmp_path):
    assert search(problem(tmp_path)).parts == (("direct", 1.0),)
    assert search(problem(tmp_path)).value == 1


def test_new_customers_add_what_they_are_worth(tmp_path):
    channel = search(problem(tmp_path, SEARCH + "lifetime_value = 650\n"))
    assert channel.parts == (("direct", 1.0), ("new customers", pytest.approx(6.5)))
    assert channel.value == pytest.approx(7.5)


def test_exposures_add_what_they_are_worth(tmp_path):
    tv = problem(tmp_path, '\n[[channel]]\nname = "TV"\nexposure_value = 0.02\n').channels[1]
    assert dict(tv.parts)["exposures"] == pytest.approx(0.2)


def test_direct_value_alone_may_be_the_objective(tmp_path):
    base = problem(tmp_path, SEARCH + "lifetime_value = 650\n", 'value = "direct"')
    assert search(base).value == 1


def test_profit_counts_the_margin_a_channels_own_first(tmp_path):
    base = problem(tmp_path, SEARCH + "margin = 0.5\n", 'objective = "profit"\nmargin = 0.3')
    assert [channel.value for channel in base.channels] == [0.5, 0.3]
    assert base.objective == "profit"


def test_margins_do_not_count_in_the_response(tmp_path):
    assert search(problem(tmp_path, SEARCH + "margin = 0.5\n")).value == 1


def test_the_weights_of_several_tags_multiply_and_are_a_part_of_their_own(tmp_path):
    text = SEARCH + "lifetime_value = 100\n[weights]\nnew_product = 1.2\ncore = 1.5\n"
    channel = search(problem(tmp_path, text))
    assert channel.value == pytest.approx(1.2 * 1.5 * 2)
    assert dict(channel.parts)["strategic weight"] == pytest.approx(0.8 * 2)


def test_costs_reach_the_channel(tmp_path):
    base = problem(tmp_path, SEARCH + "fixed_cost = 30\ncost_of_result = 0.08\nlaunch_at = 50\n")
    assert (search(base).fixed_cost, search(base).cost_of_result) == (30, 0.08)
    assert rule_of(base, rules.FixedCost) == [rules.FixedCost()]
    assert rule_of(base, rules.Launch) == [rules.Launch({"Search": 50})]


def test_limits_on_returns_reach_the_problem(tmp_path):
    text = (
        SEARCH + 'cac_ceiling = 80\n[[channel]]\nname = "TV"\ncac_ceiling = 90\nroi_floor = 1.5\n'
    )
    base = problem(tmp_path, text)
    ceilings = rule_of(base, rules.CacCeiling)[0].ceilings
    assert ceilings["Search"] == rules.Ceiling(80, pytest.approx(0.01))
    # TV shows no new customers: its conversions count.
    assert ceilings["TV"] == rules.Ceiling(90, pytest.approx(0.02))
    assert rule_of(base, rules.RoiFloor)[0].multiples == {"TV": 1.5}


def test_targets_and_changes_reach_the_problem(tmp_path):
    text = "[target]\nresponse = 900\nroi = 2\nnew_customers = 7\n[moves]\nmost = 1\nleast = 20\n"
    base = problem(tmp_path, text)
    response, customers = rule_of(base, rules.Target)
    assert response == rules.Target("response", 900, "CNY")
    assert (customers.key, customers.rates) == ("new_customers", {"Search": pytest.approx(0.01)})
    assert rule_of(base, rules.RoiTarget) == [rules.RoiTarget(2)]
    assert rule_of(base, rules.Moves) == [rules.Moves(1, 20)]
    assert any("counts none of TV" in warning for warning in base.warnings)


def test_growth_is_on_what_last_years_money_brought_over_as_many_quarters(tmp_path):
    base = problem(tmp_path, "[target]\ngrowth = 0.2\n")
    (target,) = rule_of(base, rules.GrowthTarget)
    weekly = 500 * 100 / 200 + 500 * 200 / 300
    assert target == rules.GrowthTarget(0.2, pytest.approx(26 * weekly))
    assert any("rests on 1 months" in warning for warning in base.warnings)


def test_the_shift_between_quarters_reaches_the_problem(tmp_path):
    assert problem(tmp_path, plan="shift_between_quarters = 0.1").shift == 0.1


def test_a_scenarios_own_target_holds_there_only(tmp_path):
    write_project(tmp_path)
    write_scenarios(tmp_path, storm="[target]\nresponse = 5\n", calm="")
    project = read(tmp_path)
    assert rule_of(problem_of(project, BOTH, "calm", 60), rules.Target) == []
    assert rule_of(problem_of(project, BOTH, "storm", 60), rules.Target)[0].amount == 5


def test_customers_that_came_without_any_return_cannot_be_counted(tmp_path):
    silent = COUNTED.replace("Search,100,500,", "Search,100,0,")
    with pytest.raises(InputError) as caught:
        problem(tmp_path, SEARCH + "lifetime_value = 650\ncac_ceiling = 80\n", history=silent)
    keys = [finding.column for finding in caught.value.findings]
    assert keys == ["lifetime_value of Search", "cac_ceiling of Search"]


def test_a_history_without_customers_needs_none(tmp_path):
    assert search(problem(tmp_path, history=HISTORY)).value == 1


# Customers of Search have a curve of their own; those of TV come in proportion to its revenue.
OWN = replace(BOTH, results={"new_customers": (replace(curve("Search"), top=5),)})


def test_new_customers_with_a_curve_of_their_own_count_by_it(tmp_path):
    text = SEARCH + "lifetime_value = 650\n[weights]\nnew_product = 1.2\n"
    channel = search(problem(tmp_path, text, curves=OWN))
    assert channel.parts == (("direct", 1.0), ("strategic weight", pytest.approx(0.2)))
    result = channel.results["new_customers"]
    assert result.curve == OWN.results["new_customers"][0]
    assert result.value == pytest.approx(1.2 * 650)
    assert dict(result.parts)["new customers"] == 650


def test_customers_that_nothing_counts_are_left_out(tmp_path):
    assert search(problem(tmp_path, SEARCH, curves=OWN)).results == {}
    direct = problem(tmp_path, SEARCH + "lifetime_value = 650\n", 'value = "direct"', curves=OWN)
    assert search(direct).results == {}


def test_a_ceiling_and_a_target_count_customers_by_their_own_curve_where_there_is_one(tmp_path):
    text = SEARCH + "cac_ceiling = 80\n[target]\nnew_customers = 7\n"
    both = COUNTED.replace("TV,200,300,,6", "TV,200,300,3,6")
    base = problem(tmp_path, text, curves=OWN, history=both)
    assert search(base).results["new_customers"].value == 0
    ceiling = rule_of(base, rules.CacCeiling)[0].ceilings["Search"]
    assert ceiling == rules.Ceiling(80, metric="new_customers")
    (target,) = rule_of(base, rules.Target)
    assert (target.metric, target.rates) == ("new_customers", {"TV": pytest.approx(0.01)})


def test_a_curve_of_customers_without_a_signal_leaves_the_rate(tmp_path):
    unknown = replace(OWN.results["new_customers"][0], known=False)
    curves = replace(BOTH, results={"new_customers": (unknown,)})
    channel = search(problem(tmp_path, SEARCH + "lifetime_value = 650\n", curves=curves))
    assert channel.results == {}
    assert channel.value == pytest.approx(7.5)


DRAWN = Curves(
    (replace(curve("Search"), members=(Member(400, 90, 1, 0), Member(600, 110, 1, 0))), curve("TV"))
)


def test_caution_reaches_the_problem_and_the_plan_says_what_it_means(tmp_path):
    base = problem(tmp_path, plan="caution = { worst = 0.5, curves = 2 }", curves=DRAWN)
    assert base.caution == Caution(0.5, 2)
    assert any("worst 50% of 2 draws" in warning for warning in base.warnings)
    assert problem(tmp_path, curves=DRAWN).caution is None


def test_caution_holds_in_every_scenario(tmp_path):
    write_project(tmp_path)
    write_scenarios(tmp_path, storm="demand = 0.5\n")
    base = problem(tmp_path, plan="caution = {}", curves=DRAWN, scenario="storm")
    assert base.caution == Caution(0.2, 20)


def test_caution_without_any_doubt_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        problem(tmp_path, plan="caution = {}")
    assert [finding.column for finding in caught.value.findings] == ["plan.caution"]


def flagged(channel, *flags):
    return replace(curve(channel), diagnostics=FitDiagnostics("totals", flags=flags))


def test_channels_whose_curve_is_unsure_move_less_where_the_policy_says_so(tmp_path):
    curves = Curves((flagged("Search", "weak"), flagged("TV")))
    text = "weak = 0.5\n"
    (rule,) = rule_of(problem(tmp_path, text, curves=curves), rules.Elasticity)
    assert (rule.unsure, rule.weak) == ({"Search"}, 0.5)
    lifted = text + '\n[[channel]]\nname = "Search"\nmove_unknown = true\n'
    (rule,) = rule_of(problem(tmp_path, lifted, curves=curves), rules.Elasticity)
    assert rule.unsure == frozenset()
    (rule,) = rule_of(problem(tmp_path, curves=curves), rules.Elasticity)
    assert rule.weak == 1


def test_a_scenario_may_let_unsure_channels_move_less(tmp_path):
    write_project(tmp_path)
    write_scenarios(tmp_path, storm="[elasticity]\nweak = 0.25\n")
    curves = Curves((flagged("Search", "weak"), curve("TV")))
    (rule,) = rule_of(problem(tmp_path, curves=curves, scenario="storm"), rules.Elasticity)
    assert (rule.weak, rule.default) == (0.25, rules.Band(0.2, 0.2))
