import json
from dataclasses import fields, replace

import pytest

from optimizer.plan import Plan, PlanRow, RuleEntry
from reallot.report.plan_json import plan_in, plan_json
from tests.reallot.report.plans import HOSTILE, bent_plan, plan_of, unsure_plan

INPUTS = {"budget.csv": "ab" * 32}


def test_the_document_has_every_promised_field_in_order() -> None:
    document = json.loads(plan_json(plan_of(), INPUTS))
    assert " ".join(document) == (
        "version scenario currency status sense objective bound upper_bound gap current_objective "
        "comparable_objective rows rules bent_rules warnings inputs"
    )
    assert document["inputs"] == INPUTS
    assert document["bent_rules"] == []


def test_rows_and_rules_carry_all_their_fields() -> None:
    document = json.loads(plan_json(plan_of(), INPUTS))
    assert set(document["rows"][0]) == {"scenario", *(f.name for f in fields(PlanRow))}
    assert set(document["rules"][0]) == {f.name for f in fields(RuleEntry)}


@pytest.mark.parametrize("plan", [plan_of(), bent_plan(), unsure_plan()])
def test_a_plan_that_is_read_back_is_written_as_it_was(plan: Plan) -> None:
    written = plan_json(plan, INPUTS)
    assert plan_json(plan_in(json.loads(written), plan.problem), INPUTS) == written


def test_doubt_is_told_where_curves_have_members() -> None:
    plan = unsure_plan()
    document = json.loads(plan_json(plan, INPUTS))
    assert plan.doubt is not None
    assert list(document)[-1] == "doubt"
    assert document["doubt"]["gain"] == {
        "mean": plan.doubt.gain.mean,
        "low": plan.doubt.gain.low,
        "high": plan.doubt.gain.high,
        "level": 0.8,
    }
    assert document["doubt"]["members"] == 100
    assert document["doubt"]["probability_of_gain"] == plan.doubt.probability_of_gain


def test_names_are_kept_exactly() -> None:
    document = json.loads(plan_json(plan_of(HOSTILE), INPUTS))
    assert tuple(row["channel"] for row in document["rows"][: len(HOSTILE)]) == HOSTILE


def test_the_bound_is_never_below_the_objective() -> None:
    document = json.loads(plan_json(plan_of(), INPUTS))
    assert document["upper_bound"] == document["bound"] >= document["objective"]


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        plan_json(replace(plan_of(), bound=float("inf")), INPUTS)


def test_a_zero_has_no_sign() -> None:
    assert b"-0.0" not in plan_json(plan_of(), INPUTS)


def test_rules_that_gave_way_are_listed() -> None:
    plan = bent_plan()
    document = json.loads(plan_json(plan, {}))
    keys = ["rule", "key", "quarter", "side", "limit", "used", "excess", "unit", "level"]
    first = document["bent_rules"][0]
    assert list(first) == [*keys, "price", "text"]
    assert [first[key] for key in keys[:5]] == ["elasticity", "TV", "2027Q1", "max", 20.0]
    assert first["used"] == pytest.approx(first["limit"] + first["excess"])
    assert first["level"] == 4
