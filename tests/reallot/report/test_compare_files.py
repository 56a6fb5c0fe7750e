import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from optimizer.reallocate import reallocate
from optimizer.rules import Violation
from reallot.report.compare_files import compare_csv, compare_html, compare_json
from reallot.report.cross_table import cross_rows
from scenarios.compare import Comparison, compare
from scenarios.cross import Crossing, cross
from scenarios.scenario import Scenario
from tests.reallot.report.pages import Page, assert_accessible, assert_safe
from tests.reallot.report.plans import HOSTILE, ORDINARY, plan_of, unsure_plan


def _comparison(names: tuple[str, ...] = ORDINARY) -> Comparison:
    return compare([plan_of(names, "growth"), plan_of(names, "<b>flat</b>")])


def _rows(comparison: Comparison) -> list[dict[str, str]]:
    text = io.StringIO(compare_csv(comparison).decode(), newline="")
    return list(csv.DictReader(text))


def test_the_table_has_a_column_for_the_current_budget_and_one_per_scenario() -> None:
    (first, *_) = _rows(_comparison())
    assert list(first) == [
        "measure",
        "level",
        "quarter",
        "name",
        "current",
        "growth",
        "<b>flat</b>",
    ]
    assert (first["measure"], first["level"]) == ("amount", "total")


@pytest.mark.parametrize("level", ["quarter", "unit", "channel", "channel and quarter"])
def test_every_level_adds_up_to_the_total(level: str) -> None:
    rows = [row for row in _rows(_comparison()) if row["measure"] == "amount"]
    for column in ("current", "growth", "<b>flat</b>"):
        parts = sum(float(row[column]) for row in rows if row["level"] == level)
        assert parts == pytest.approx(float(rows[0][column]))


def test_responses_add_up_to_the_objective() -> None:
    comparison = _comparison()
    brought = [
        float(row["growth"])
        for row in _rows(comparison)
        if (row["measure"], row["level"]) == ("response", "channel")
    ]
    assert sum(brought) == pytest.approx(comparison.outcomes[0].objective)


def test_the_document_names_every_plan_and_every_line() -> None:
    comparison = _comparison(HOSTILE)
    document = json.loads(compare_json(comparison))
    assert [plan["scenario"] for plan in document["plans"]] == ["growth", "<b>flat</b>"]
    assert len(document["lines"]) == len(comparison.lines)
    names = {line["name"] for line in document["lines"] if line["level"] == "channel"}
    assert names == {*HOSTILE, "reserve"}


def test_text_in_the_table_starts_no_formula() -> None:
    for row in _rows(_comparison(HOSTILE)):
        assert row["name"][:1] not in tuple("=+-@\t\r")


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_the_page_is_safe_accessible_and_says_every_name(names: tuple[str, ...]) -> None:
    page = Page(compare_html(_comparison(names)))
    assert_safe(page)
    assert_accessible(page)
    for name in (*names, "<b>flat</b>"):
        assert " ".join(name.split()) in page.words


def test_the_same_plans_give_the_same_bytes() -> None:
    assert compare_html(_comparison()) == compare_html(_comparison())


def test_the_headline_goes_from_the_least_gain_to_the_most() -> None:
    growth = plan_of(scenario="growth")
    better = replace(growth, comparable_objective=0.9 * growth.comparable_objective)
    words = Page(compare_html(compare([better, plan_of(scenario="flat")]))).words
    assert words.index("in flat)") < words.index("in growth)")


def test_gains_come_with_their_intervals_where_curves_are_unsure() -> None:
    unsure, certain = unsure_plan(scenario="growth"), plan_of(scenario="flat")
    comparison = compare([unsure, certain])
    assert unsure.doubt is not None
    words = Page(compare_html(comparison)).words
    assert "Probability of a gain" in words
    (low,) = [row for row in _rows(comparison) if row["measure"] == "gain_low"]
    assert float(low["growth"]) == pytest.approx(unsure.doubt.gain.low)
    assert low["flat"] == ""
    first, second = json.loads(compare_json(comparison))["plans"]
    assert first["probability_of_gain"] == unsure.doubt.probability_of_gain
    assert "gain_low" not in second


def test_certain_curves_add_no_line() -> None:
    assert "Probability" not in Page(compare_html(_comparison())).words
    assert not [row for row in _rows(_comparison()) if row["measure"] == "gain_low"]


def _crossed() -> Comparison:
    """A comparison with its cross table; "flat" has less money than "growth"."""
    growth = plan_of(scenario="growth")
    budget = np.round(0.9 * growth.problem.budget, 2)
    plans = [growth, reallocate(replace(growth.problem, scenario="flat", budget=budget))]
    margins = {plan.problem.scenario: np.ones(len(ORDINARY)) for plan in plans}
    scenarios = [Scenario("growth", signal="sales above <forecast>"), Scenario("flat")]
    return compare(plans, scenarios, cross(plans, margins, 1), {"bust": "bust: rules <collide>"})


def test_the_cross_table_has_exactly_the_fields_of_the_contract() -> None:
    document = json.loads(compare_json(_crossed()))
    names = {"plan", "future", "response", "profit", "roi", "broken_rules", "regret"}
    assert all(set(entry) == names for entry in document["cross"])
    places = [(entry["plan"], entry["future"]) for entry in document["cross"]]
    assert places == [(p, f) for p in ("current", "growth", "flat") for f in ("growth", "flat")]
    (broken, *_) = document["cross"][3]["broken_rules"]
    assert (broken["rule"], broken["key"], broken["quarter"]) == ("budget", "total", "2027Q1")


def test_the_cross_table_stands_in_the_table_with_a_column_per_future() -> None:
    rows = {(row["measure"], row["name"]): row for row in _rows(_crossed())}
    assert float(rows["cross regret", "flat"]["flat"]) == 0
    assert float(rows["cross roi", "flat"]["flat"]) > 0
    assert "budget total" in rows["cross broken_rules", "growth"]["flat"]


def test_the_page_shows_the_cross_table_the_signal_and_what_has_no_plan() -> None:
    page = Page(compare_html(_crossed()))
    assert_safe(page)
    assert_accessible(page)
    for words in (
        "Every plan in every future",
        "sales above <forecast>",
        "Probability",
        "bust: rules <collide>",
        "The plan for growth in flat: budget",
        "No margin is given",
        "The stronger the colour, the larger the regret beside what the future's own plan brings.",
    ):
        assert words in page.words
    assert page.words.count("★") == 3  # one explains the other two


def test_what_shows_that_a_scenario_has_arrived_wraps_however_long_it_is() -> None:
    page = compare_html(_crossed()).decode()
    assert '<td class="wraps">sales above &lt;forecast&gt;</td>' in page


def test_the_page_says_in_a_sentence_why_the_rest_of_a_plan_has_no_plan() -> None:
    comparison = _crossed()
    why = "these rules cannot hold together: a; b. Any one of these changes makes them fit: c; d"
    none = Violation("no plan", "flat", None, math.nan, why)
    growth_in_flat = Crossing("growth", "flat", None, None, None, (none,), None)
    cross = (*comparison.cross[:3], growth_in_flat, *comparison.cross[4:])
    page = Page(compare_html(replace(comparison, cross=cross)))
    assert f"The plan for growth in flat: no plan: {why}." in page.words


def test_scenarios_come_with_their_probability_and_signal() -> None:
    first, second = json.loads(compare_json(_crossed()))["plans"]
    assert (first["probability"], first["signal"]) == (0.5, "sales above <forecast>")
    assert "signal" not in second


def test_a_regret_that_no_proof_can_tell_from_none_is_none() -> None:
    comparison = _comparison()
    names = [outcome.scenario for outcome in comparison.outcomes]
    own = comparison.outcomes[1].objective
    entries = tuple(
        Crossing("growth", names[1], own, own, 1.0, (), share * own) for share in (1e-9, 0.01)
    )
    ((_, cells),) = cross_rows(replace(comparison, cross=entries))
    assert [cell.regret for cell in cells] == [0.0, 0.01 * own]
