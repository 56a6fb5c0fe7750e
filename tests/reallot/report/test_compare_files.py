import csv
import io
import json
from dataclasses import replace

import pytest

from reallot.report.compare_files import compare_csv, compare_html, compare_json
from scenarios.compare import Comparison, compare
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
