from datetime import date, timedelta

import pytest

from reallot.assemble import problem_of
from reallot.fitting import fit_curves
from reallot.project.cells import Cell
from tests.reallot.projects import BUDGET, HISTORY, POLICY, findings, read

WEEKS = [date(2026, 1, 5) + timedelta(7 * i) for i in range(40)]
REGIONS = {"North": 100, "South": 50}


def by_region(weeks=WEEKS, blank_tv=True, heading="region"):
    """Search by region, television for the whole country."""
    lines = [f"date,channel,{heading},spend,revenue"]
    for i, day in enumerate(weeks):
        for region, spend in REGIONS.items():
            lines.append(f"{day},Search,{region},{spend + i % 7},{5 * spend + 3 * (i % 7)}")
        lines.append(f"{day},TV,{'' if blank_tv else 'North'},{200 + i % 5},{300 + 2 * (i % 5)}")
    return "\n".join(lines) + "\n"


BUDGET_BY_REGION = """\
quarter,channel,region,amount
2027Q1,Search,North,1300
2027Q1,Search,South,650
2027Q1,TV,,2600
2027Q1,reserve,,400
2027Q2,Search,North,1400
2027Q2,Search,South,700
2027Q2,TV,,2500
2027Q2,reserve,,400
"""
CELLS = ("Search / North", "Search / South", "TV")


def in_cells(tmp_path, policy=POLICY, history=None, budget=BUDGET_BY_REGION, **files):
    history = by_region() if history is None else history
    files |= {"reallot__toml": policy, "history__csv": history, "budget__csv": budget}
    return read(tmp_path, **files)


def wrong_in_cells(tmp_path, policy=POLICY, history=None, budget=BUDGET_BY_REGION, **files):
    history = by_region() if history is None else history
    files |= {"reallot__toml": policy, "history__csv": history, "budget__csv": budget}
    return findings(tmp_path, **files)


def test_a_budget_by_region_is_planned_by_cells(tmp_path):
    project = in_cells(tmp_path)
    assert project.budget.channels == CELLS
    assert project.budget.cells["Search / North"] == Cell("Search", region="North")
    assert project.budget.pool == (400, 400)
    assert project.history.channels == CELLS
    assert project.history.groups == ("Search", "Search", "TV")
    assert project.history.spend[1].tolist() == [101, 51, 201]
    assert project.warnings == ()


def test_cells_have_the_names_of_all_they_are_parts_of(tmp_path):
    rows = ["date,channel,product,region,audience,spend,revenue"]
    rows += [f"{day},Search,Tea,North,Students,10,20" for day in WEEKS]
    budget = "quarter,channel,产品,地区,人群,amount\n2027Q1,Search,Tea,North,Students,100\n"
    policy = POLICY.replace("quarters = 2", "quarters = 1")
    project = in_cells(tmp_path, policy, "\n".join(rows), budget)
    assert project.history.channels == ("Search / Tea / North / Students",)
    assert project.budget.channels == project.history.channels


def test_a_budget_by_channel_adds_the_history_up(tmp_path):
    project = in_cells(tmp_path, budget=BUDGET)
    history = project.history
    assert (history.channels, history.groups) == (("Search", "TV"), ())
    assert history.spend[:2].tolist() == [[150, 200], [152, 201]]
    assert history.revenue[:2].tolist() == [[750, 300], [756, 302]]
    assert project.warnings == ()


def test_the_history_is_added_up_over_what_the_budget_does_not_divide(tmp_path):
    rows = ["date,channel,product,region,spend,revenue"]
    for day in WEEKS:
        for product, spend in (("Tea", 10), ("Coffee", 30)):
            rows += [f"{day},Search,{product},{region},{spend},50" for region in REGIONS]
            rows += [f"{day},TV,{product},,{spend},50"]
    project = in_cells(tmp_path, history="\n".join(rows))
    assert project.history.channels == CELLS
    assert project.history.spend[0].tolist() == [40, 40, 40]


def test_days_of_several_cells_are_days_once(tmp_path):
    days = [WEEKS[0] + timedelta(i) for i in range(28)]
    project = in_cells(tmp_path, history=by_region(days), budget=BUDGET)
    assert project.history.spend.shape == (4, 2)
    assert project.warnings == ()


def test_what_is_missing_of_a_sum_is_told(tmp_path):
    history = by_region().replace("2026-02-02,Search,South,54,262\n", "")
    project = in_cells(tmp_path, history=history, budget=BUDGET)
    assert project.history.spend[4].tolist() == [104, 204]
    assert "of what is added up to Search, 1 rows are missing" in project.warnings[0]


def test_a_row_without_the_region_of_its_channel_is_refused(tmp_path):
    history = by_region().replace("2026-02-02,Search,South", "2026-02-02,Search,")
    (finding,) = wrong_in_cells(tmp_path, history=history)
    assert (finding.file, finding.row, finding.column) == ("history.csv", 15, "region")
    assert "this row of Search without a region" in finding.found
    assert in_cells(tmp_path, history=history, budget=BUDGET).history.channels == ("Search", "TV")


def test_a_budget_divides_all_of_a_channel_or_nothing(tmp_path):
    budget = BUDGET_BY_REGION.replace("2027Q2,Search,South", "2027Q2,Search,")
    (finding,) = wrong_in_cells(tmp_path, budget=budget)
    assert (finding.file, finding.row, finding.column) == ("budget.csv", 7, "region")


def test_a_history_without_the_budgets_regions_is_refused(tmp_path):
    (finding,) = wrong_in_cells(tmp_path, history=HISTORY)
    assert finding.found == "there is no column region, by which budget.csv divides Search"


def test_the_reserve_is_one_pool(tmp_path):
    budget = BUDGET_BY_REGION.replace("2027Q1,reserve,", "2027Q1,reserve,North")
    found = wrong_in_cells(tmp_path, budget=budget)
    assert "the reserve is one pool" in found[0].expected


def test_a_cell_stands_in_one_row_of_a_date(tmp_path):
    history = by_region() + f"{WEEKS[-1]},Search,North,1,2\n"
    (finding,) = wrong_in_cells(tmp_path, history=history)
    assert "Search / North stands in row 119 already" in finding.found


def test_two_cells_of_one_name_are_refused(tmp_path):
    budget = BUDGET_BY_REGION.replace("TV", "Search / North")
    found = wrong_in_cells(tmp_path, budget=budget)
    assert any(f.found == "'Search / North' is the name of two cells" for f in found)


RULES = (
    POLICY
    + """
[[channel]]
name = "Search"
tags = ["performance"]
floor = { value = 100, bends = 3 }
cap = 2_000

[[channel]]
name = "Search / North"
cap = 1_500

[[share]]
name = "search"
of = { channel = "Search" }
band = [0.0, 0.9]

[[share]]
name = "north"
of = { region = "North", tag = "performance" }
band = [0.0, 0.9]

[[resource]]
name = "heads"
unit = "people"
limit = 1_000
per_unit = { Search = 0.01, "Search / South" = 0.02 }
"""
)


def rule(problem, name):
    return next(rule for rule in problem.rules if rule.name == name)


def test_what_is_said_of_a_channel_is_said_of_its_cells(tmp_path):
    project = in_cells(tmp_path, RULES)
    problem = problem_of(project, fit_curves(project), "base", 60)
    assert rule(problem, "floor").amounts == {"Search / North": 100, "Search / South": 100}
    assert rule(problem, "cap").amounts == {"Search / North": 1500, "Search / South": 2000}
    assert rule(problem, "resource").per_unit == {"Search / North": 0.01, "Search / South": 0.02}
    assert problem.bends == {("floor", "Search / North"): 3, ("floor", "Search / South"): 3}
    search, north = (rule for rule in problem.rules if rule.name == "share")
    assert (search.of.members(problem), north.of.members(problem)) == ((0, 1), (0,))
    assert (str(search.of), str(north.of)) == ("Search", "North, performance")


def test_a_scenario_speaks_of_channels_and_cells_too(tmp_path):
    project = in_cells(tmp_path, RULES)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "slump.toml").write_text(
        '[[channel]]\nname = "Search"\ncap = 900\ndemand = 0.8\n'
        '[[channel]]\nname = "Search / South"\ndemand = 0.7\n'
    )
    project = in_cells(tmp_path, RULES)
    problem = problem_of(project, fit_curves(project), "slump", 60)
    assert rule(problem, "cap").amounts == {"Search / North": 900, "Search / South": 900}
    assert problem.demand[:, 0].tolist() == [0.8, 0.7, 1.0]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('{ channel = "Search" }', '{ channel = "Serch" }', "channel 'Serch' is not in budget.csv"),
        ('region = "North"', 'region = "Nord"', "region 'Nord' is not in budget.csv"),
        ('region = "North"', 'product = "Tea"', "product 'Tea' is not in budget.csv"),
        ('"Search / South" = 0.02', '"Search / West" = 0.02', "'Search / West' is not in"),
        ('"Search / North"\ncap = 1_500', '"Search / Nord"', "'Search / Nord' is not in budget"),
    ],
)
def test_a_cell_that_is_nowhere_is_refused(tmp_path, old, new, found):
    (finding,) = wrong_in_cells(tmp_path, RULES.replace(old, new))
    assert found in finding.found


def test_what_is_wrong_for_all_cells_of_a_channel_is_said_once_where_it_stands(tmp_path):
    (finding,) = wrong_in_cells(tmp_path, RULES.replace("cap = 2_000", "cap = 50.001"))
    policy = RULES.replace("cap = 2_000", "cap = 50").replace("cap = 1_500", "cap = 60")
    floor = wrong_in_cells(tmp_path, policy.replace("{ value = 100, bends = 3 }", "100"))
    assert finding.row == RULES.splitlines().index("cap = 2_000") + 1
    lines = policy.splitlines()
    assert floor[0].row == lines.index("floor = { value = 100, bends = 3 }") + 1
    assert floor[1].row == lines.index('name = "Search / North"')


def test_a_channel_that_is_divided_is_named_by_its_cells(tmp_path):
    curves = "channel,form,top,half,slope,carryover,period\nSearch,hill,1,1,1,0,week\n"
    packages = "package,class,channel,quarter,cost,return\nA,b,Search,2027Q1,10,20\n"
    for file in ({"curves__csv": curves}, {"packages__csv": packages}):
        (finding,) = wrong_in_cells(tmp_path / next(iter(file)), **file)
        assert (finding.row, finding.column) == (2, "channel")
        cells = "Search is planned by its cells: 'Search / North', 'Search / South'."
        assert finding.expected.endswith(cells)


def test_a_rhythm_may_be_given_for_all_cells_of_a_channel(tmp_path):
    policy = POLICY + '[[channel]]\nname = "Search"\npacing = [0.5, 0.6]\n'
    found = wrong_in_cells(tmp_path, policy)
    assert {f.column for f in found} == {"channel[1].pacing"}
    assert len(found) == 2


def test_curves_are_fitted_again_when_the_budget_is_divided_otherwise(tmp_path):
    by_cell = in_cells(tmp_path).inputs_of_curves()
    assert in_cells(tmp_path).inputs_of_curves() == by_cell
    assert in_cells(tmp_path, budget=BUDGET).inputs_of_curves() != by_cell


def test_a_wide_table_names_its_cells(tmp_path):
    policy = POLICY + (
        '[history]\nlayout = "wide"\noutcome = "sales"\n'
        'spend = { "Search / North" = "n", "Search / South" = "s", TV = "tv" }\n'
    )
    rows = [f"{day},{100 + i},{50 + i},{200},{9000 + i}" for i, day in enumerate(WEEKS)]
    history = "date,n,s,tv,sales\n" + "\n".join(rows)
    assert in_cells(tmp_path, policy, history).history.groups == ("Search", "Search", "TV")


def test_an_undivided_project_has_no_groups(tmp_path):
    assert read(tmp_path).history.groups == ()
