"""Planning on: quarters that are over stand at what was spent in them."""

import json

import numpy as np
import pytest

from models.curve import Curves, ResponseCurve
from models.period import Period
from models.saturation import Form
from optimizer.reallocate import reallocate
from reallot.assemble import problem_of
from reallot.closing import carried_on
from reallot.errors import InputError
from reallot.fitting import curves_of
from reallot.project import read_project
from tests.reallot.projects import BUDGET, CURVES, POLICY, run, write_project, write_scenarios

ACTUALS = """\
date,channel,spend
2027-01-31,Search,500
2027-02-28,Search,450.50
2027-03-31,Search,400
2027-01-31,TV,1000
2027-02-28,TV,700
2027-03-31,TV,800
"""


def folder_with(folder, actuals=ACTUALS, policy=POLICY, **files):
    files = {"history__csv": None, "curves__csv": CURVES, "actuals__csv": actuals, **files}
    return write_project(folder, reallot__toml=policy, **files)


def problem_from(folder, quarter="2027Q2", scenario="base", **files):
    project = read_project(folder_with(folder, **files), quarter)
    return problem_of(project, curves_of(project), scenario, 60)


def reasons_of(problem):
    """Why the lines of the first quarter stand at what they have."""
    lines = (*problem.names, "reserve", "unspent")
    return [problem.closed.reason(line, problem.quarters[0]) for line in lines]


def said_in(problem, words):
    return [text for text in problem.warnings if words in text]


def test_a_closed_quarter_stands_at_its_actuals(tmp_path):
    problem = problem_from(tmp_path)
    assert problem.closed.spend[:, 0].tolist() == [1350.5, 2500.0]
    assert problem.closed.pool.tolist() == [400.0]
    assert problem.closed.unspent.tolist() == [49.5]
    assert "2027Q1 left 49.50 of its budget unspent; it stays so." in problem.warnings


def test_the_rest_of_the_year_keeps_its_budget(tmp_path):
    plan = reallocate(problem_from(tmp_path))
    placed = plan.allocation.spend.sum(axis=0) + plan.allocation.pool
    assert placed[1] == pytest.approx(4300.0)
    assert plan.recommended.sum() == pytest.approx(8600.0)


def test_what_was_not_spent_moves_on_as_far_as_money_may_shift(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 2\nshift_between_quarters = 0.01")
    problem = problem_from(tmp_path, policy=policy)
    assert problem.closed.unspent.tolist() == [6.5]
    plan = reallocate(problem)
    assert plan.recommended.sum() == pytest.approx(8600.0)


def test_what_was_spent_beyond_the_budget_is_told(tmp_path):
    problem = problem_from(tmp_path, actuals=ACTUALS.replace("1000", "1300"))
    assert any("came to 250.50 more than its budget" in text for text in problem.warnings)
    assert reallocate(problem).allocation.spend[1, 0] == 2800.0


def test_a_quarter_that_actuals_do_not_cover_stands_as_approved(tmp_path):
    actuals = "\n".join(line for line in ACTUALS.splitlines() if "03-31" not in line)
    problem = problem_from(tmp_path, actuals=actuals)
    assert problem.closed.spend[:, 0].tolist() == [1300.0, 2600.0]
    assert said_in(problem, "closed at") == [
        "2027Q1: actuals.csv has no row between 2027-03-01 and 2027-03-31: the quarter is closed "
        "at its approved budget. Write a row there, with 0 where nothing was spent."
    ]
    why = "closed: as approved, as actuals.csv does not tell of all of 2027Q1"
    assert reasons_of(problem) == [
        why, why, "closed: the pool as approved", "closed: what was left of the budget",
    ]  # fmt: skip


def test_without_actuals_a_quarter_stands_as_approved(tmp_path):
    problem = problem_from(tmp_path, actuals=None)
    assert problem.closed.spend[:, 0].tolist() == [1300.0, 2600.0]
    assert any("there is no actuals.csv" in text for text in problem.warnings)
    assert reasons_of(problem)[0] == "closed: as approved, as there is no actuals.csv"


def test_a_channel_that_actuals_are_silent_about_stands_as_approved(tmp_path):
    actuals = "\n".join(line for line in ACTUALS.splitlines() if "TV" not in line)
    problem = problem_from(tmp_path, actuals=f"{actuals}\n2027-01-31,Radio,5\n")
    assert problem.closed.spend[:, 0].tolist() == [1350.5, 2600.0]
    assert any("no row of TV" in text for text in problem.warnings)
    assert any("Radio stand in no budget" in text for text in problem.warnings)
    assert reasons_of(problem)[:2] == [
        "closed: this is what was spent",
        "closed: as approved, as actuals.csv has no row of it in 2027Q1",
    ]


def test_a_channel_without_a_row_where_others_have_one_spent_nothing_there(tmp_path):
    actuals = ACTUALS.replace("2027-02-28,TV,700\n", "")
    problem = problem_from(tmp_path, actuals=actuals)
    assert problem.closed.spend[:, 0].tolist() == [1350.5, 1800.0]
    assert reasons_of(problem)[1] == "closed: this is what was spent"
    assert said_in(problem, "no row") == [
        "2027Q1: actuals.csv has no row of TV in 1 month: 0 counts there."
    ]


def test_whole_actuals_need_no_word_about_gaps(tmp_path):
    assert said_in(problem_from(tmp_path), "no row") == []


def weekly(*without):
    """Actuals of every week that begins in 2027Q1, Search in all of them and TV in every other."""
    first = np.datetime64("2027-01-04")
    weeks = [str(first + np.timedelta64(7 * week, "D")) for week in range(13)]
    rows = [f"{week},Search,100" for week in weeks if week not in without]
    rows += [f"{week},TV,200" for week in weeks[::2] if week not in without]
    return "\n".join(["date,channel,spend", *rows, ""])


def test_weeks_that_only_some_channels_have_close_at_what_was_spent(tmp_path):
    problem = problem_from(tmp_path, actuals=weekly())
    assert problem.closed.spend[:, 0].tolist() == [1300.0, 1400.0]
    assert said_in(problem, "no row") == [
        "2027Q1: actuals.csv has no row of TV in 6 weeks: 0 counts there."
    ]


@pytest.mark.parametrize(
    ("without", "where"),
    [
        (["2027-02-08"], "between 2027-02-08 and 2027-02-14"),
        (["2027-02-08", "2027-02-15"], "between 2027-02-08 and 2027-02-21"),
        (
            ["2027-01-04", "2027-03-29"],
            "between 2027-01-04 and 2027-01-10, between 2027-03-29 and 2027-04-04",
        ),
        (
            [f"2027-{day}" for day in ("01-11", "01-25", "02-08", "02-22", "03-08")],
            "between 2027-01-11 and 2027-01-17, between 2027-01-25 and 2027-01-31, "
            "between 2027-02-08 and 2027-02-14 and in 2 more gaps",
        ),
    ],
)
def test_a_week_without_any_row_is_named_and_all_stand_as_approved(tmp_path, without, where):
    problem = problem_from(tmp_path, actuals=weekly(*without))
    assert problem.closed.spend[:, 0].tolist() == [1300.0, 2600.0]
    [text] = said_in(problem, "closed at")
    assert text.startswith(f"2027Q1: actuals.csv has no row {where}: the quarter")


def test_a_day_without_any_row_is_named(tmp_path):
    days = [str(np.datetime64("2027-01-01") + np.timedelta64(day, "D")) for day in range(90)]
    rows = [f"{day},{name},10" for day in days for name in ("Search", "TV") if day[-5:] != "02-08"]
    problem = problem_from(tmp_path, actuals="\n".join(["date,channel,spend", *rows, ""]))
    [text] = said_in(problem, "closed at")
    assert "has no row of 2027-02-08: the quarter" in text


def test_each_closed_quarter_is_judged_by_its_own_rows(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 3")
    third = "2027Q3,Search,1400\n2027Q3,TV,2500\n2027Q3,reserve,400\n"
    actuals = f"{ACTUALS}2027-04-30,Search,1\n2027-04-30,TV,1\n"
    problem = problem_from(
        tmp_path, "2027Q3", actuals=actuals, policy=policy, budget__csv=BUDGET + third
    )
    assert problem.closed.spend.tolist() == [[1350.5, 1400.0], [2500.0, 2500.0]]
    assert reasons_of(problem)[0] == "closed: this is what was spent"
    assert problem.closed.reason("TV", "2027Q2") == (
        "closed: as approved, as actuals.csv does not tell of all of 2027Q2"
    )


def test_weeks_and_days_count_in_the_quarter_in_which_they_begin(tmp_path):
    first = np.datetime64("2026-12-28")
    weeks = [str(first + np.timedelta64(7 * week, "D")) for week in range(14)]
    rows = [f"{week},{name},100" for week in weeks for name in ("Search", "TV")]
    problem = problem_from(tmp_path, actuals="\n".join(["date,channel,spend", *rows, ""]))
    assert weeks[-1] == "2027-03-29"
    assert problem.closed.spend[:, 0].tolist() == [1300.0, 1300.0]


def test_a_scenarios_budget_begins_with_the_quarter_that_is_planned(tmp_path):
    folder_with(tmp_path)
    write_scenarios(tmp_path, growth="budget = 1.2\n")
    project = read_project(tmp_path, "2027Q2")
    problem = problem_of(project, curves_of(project), "growth", 60)
    assert problem.budget.tolist() == [4300.0, 5160.0]


def test_a_plan_that_goes_on_says_which_rows_are_closed(tmp_path):
    folder_with(tmp_path)
    assert run(["plan", "--from-quarter", "2027Q2", tmp_path]).exit_code == 0
    document = json.loads((tmp_path / "out" / "base" / "plan.json").read_text())
    first = [row for row in document["rows"] if row["quarter"] == "2027Q1"]
    spent = "closed: this is what was spent"
    assert [(row["channel"], row["reason"]) for row in first] == [
        ("Search", spent),
        ("TV", spent),
        ("reserve", "closed: the pool as approved"),
        ("unspent", "closed: what was left of the budget"),
    ]
    assert [row["recommended"] for row in first] == [1350.5, 2500, 400, 49.5]
    assert {rule["quarter"] for rule in document["rules"]} == {"2027Q2"}
    page = (tmp_path / "out" / "base" / "report.html").read_text()
    assert "<small>closed</small>" in page


def test_comparing_from_another_quarter_plans_again(tmp_path):
    folder_with(tmp_path)
    write_scenarios(tmp_path, flat="", growth="demand = 1.2\n")
    assert run(["compare", tmp_path]).exit_code == 0
    whole = json.loads((tmp_path / "out" / "compare.json").read_text())
    result = run(["compare", "--from-quarter", "2027Q2", tmp_path])
    assert result.exit_code == 0, result.output
    rest = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert rest["plans"][0]["objective"] < whole["plans"][0]["objective"]
    before = (tmp_path / "out" / "flat" / "plan.json").read_bytes()
    assert run(["compare", "--from-quarter", "2027Q2", tmp_path]).exit_code == 0
    assert (tmp_path / "out" / "flat" / "plan.json").read_bytes() == before


def test_the_first_quarter_closes_nothing(tmp_path):
    assert problem_from(tmp_path, "2027Q1").closed is None


@pytest.mark.parametrize("quarter", ["2028Q1", "Q2", ""])
def test_a_quarter_that_is_not_planned_is_refused_by_name(tmp_path, quarter):
    with pytest.raises(InputError) as error:
        read_project(folder_with(tmp_path), quarter)
    [finding] = error.value.findings
    assert finding.column == "--from-quarter"
    assert finding.expected == "Name one of 2027Q1, 2027Q2."


def test_actuals_that_follow_no_rhythm_are_refused(tmp_path):
    with pytest.raises(InputError) as error:
        read_project(folder_with(tmp_path, actuals="date,channel,spend\n2027-01-31,TV,5\n"))
    [finding] = error.value.findings
    assert (finding.file, finding.column) == ("actuals.csv", "date")


def test_actuals_before_the_horizon_carry_over_into_it(tmp_path):
    actuals = (
        "date,channel,spend\n2026-11-01,TV,70\n2026-12-01,TV,90\n2027-01-01,TV,500\n"
        "2027-02-01,TV,500\n"
    )
    project = read_project(folder_with(tmp_path, actuals=actuals))
    known = {"last_adstock": 40.0, "last_period": np.datetime64("2026-10-01").item()}
    tv = ResponseCurve("TV", Form.HILL, 900.0, 400.0, 1.0, 0.5, Period.MONTH, **known)
    search = ResponseCurve("Search", Form.HILL, 900.0, 400.0, 1.0, 0.5, Period.MONTH, **known)
    carried, untouched = carried_on(project, Curves((tv, search))).curves
    assert carried.last_adstock == 90 + 0.5 * (70 + 0.5 * 40)
    assert carried.last_period.isoformat() == "2026-12-01"
    assert untouched == search


def test_a_history_that_goes_on_into_a_closed_quarter_carries_over_what_was_before_it(tmp_path):
    rows = "\n".join(
        f"{year}-{month:02d}-01,TV,{100 + 10 * month},{300 + 9 * month}"
        for year, months in ((2026, range(1, 13)), (2027, range(1, 4)))
        for month in months
    )
    history = f"date,channel,spend,revenue\n{rows}\n"
    folder_with(tmp_path, history__csv=history)
    tv = ResponseCurve(
        "TV", Form.HILL, 900.0, 400.0, 1.0, 0.5, Period.MONTH,
        last_adstock=1.0, last_period=np.datetime64("2027-03-01").item(),
    )  # fmt: skip
    [carried] = carried_on(read_project(tmp_path, "2027Q2"), Curves((tv,))).curves
    state = (110 + 120 + 130) / 3 / (1 - 0.5)
    for month in range(1, 13):
        state = 100 + 10 * month + 0.5 * state
    assert carried.last_adstock == pytest.approx(state)
    assert carried.last_period.isoformat() == "2026-12-01"


def test_packages_that_a_closed_quarter_paid_for_are_funded(tmp_path):
    packages = (
        "package,class,channel,quarter,cost,return,priority\n"
        "basic,a,TV,2027Q1,2000,9000,1\nextra,a,TV,2027Q1,700,900,2\nlater,a,TV,2027Q2,2500,9000,1\n"
    )
    problem = problem_from(tmp_path, packages__csv=packages)
    assert problem.closed.funded == {"basic"}
    plan = reallocate(problem)
    assert "basic" in plan.allocation.funded
    assert "extra" not in plan.allocation.funded


def test_a_headline_speaks_of_what_may_still_move_only(tmp_path):
    folder_with(tmp_path)
    run(["plan", "--from-quarter", "2027Q2", tmp_path])
    page = (tmp_path / "out" / "base" / "report.html").read_text()
    headline = page[page.index("<h1>") : page.index("</h1>")]
    assert "unspent" not in headline


def test_a_hedge_that_goes_on_decides_the_first_quarter_that_is_not_closed(tmp_path):
    folder_with(tmp_path)
    write_scenarios(tmp_path, growth="demand = 1.2\nbudget = 1.1\n", recession="demand = 0.8\n")
    result = run(["hedge", "--from-quarter", "2027Q2", tmp_path])
    assert result.exit_code == 0, result.output
    assert "Do now, 2027Q2" in result.stdout
    assert "2027Q1 left 49.50 of its budget unspent" in result.stdout
    told = json.loads((tmp_path / "out" / "hedge.json").read_text())
    # The quarter's own budget, and the pool of the closed one on top.
    assert sum(row["amount"] for row in told["now"]) == pytest.approx(4300.0 + 400.0)
    assert told["playbook"] == {"growth": [], "recession": []}


def test_what_was_set_aside_may_stand_in_the_actuals(tmp_path):
    problem = problem_from(tmp_path, actuals=f"{ACTUALS}2027-01-31,reserve,350\n")
    assert problem.closed.pool.tolist() == [350.0]
    assert problem.closed.reason("reserve", "2027Q1") == "closed: this is what was set aside"
    assert not any("stand in no budget" in text for text in problem.warnings)


def test_what_was_spent_beyond_the_budget_was_drawn_from_the_pool_as_far_as_it_goes(tmp_path):
    policy = POLICY.replace("quarters = 2", "quarters = 3")
    budget = BUDGET + "2027Q3,Search,1400\n2027Q3,TV,2500\n2027Q3,reserve,400\n"
    months = ["2027-04-30", "2027-05-31", "2027-06-30"]
    second = "".join(f"{day},{name},1500\n" for day in months for name in ("Search", "TV"))
    files = {"actuals": ACTUALS + second, "policy": policy, "budget__csv": budget}
    problem = problem_from(tmp_path, "2027Q3", **files)
    assert problem.closed.released.tolist() == [0.0, 400.0]
    assert any("5,100.00 more than its budget, 400.00 of it drawn" in w for w in problem.warnings)
