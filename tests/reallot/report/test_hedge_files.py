import json
import re
from dataclasses import replace

import pytest

from reallot.report.charts import reserve_chart
from reallot.report.figures import money, short
from reallot.report.hedge_files import hedge_html, hedge_json
from reallot.report.hedge_story import (
    gain_in_words,
    headline,
    in_each_scenario,
    worth_of_it,
)
from reallot.report.playbook import playbook
from scenarios.hedge import Held, Sought
from tests.reallot.report.hedges import at_the_last_quarter, hedged, plain
from tests.reallot.report.pages import Page, assert_accessible, assert_safe
from tests.reallot.report.plans import HOSTILE, ORDINARY

FIELDS = [
    "objective",
    "bound",
    "gap",
    "now",
    "playbook",
    "wait_and_see",
    "expected_value_plan",
    "evpi",
    "vss",
    "reserve",
]
SIGNAL = "GMV 8 % below forecast <b>for two months</b>"


def test_the_document_has_the_fields_of_the_contract_and_no_others() -> None:
    document = json.loads(hedge_json(hedged()))
    assert list(document) == FIELDS
    assert list(document["now"][0]) == ["channel", "amount"]
    assert list(document["playbook"]) == ["growth", "<b>recession</b>"]
    assert list(document["playbook"]["growth"][0]) == ["quarter", "channel", "amount"]
    assert [held["share"] for held in document["reserve"]] == [0, 0.05, 0.10, 0.15]
    assert list(document["reserve"][0]) == ["share", "value"]


def test_what_to_do_now_adds_up_to_the_quarters_budget() -> None:
    document = json.loads(hedge_json(hedged()))
    budget = hedged().plans[0].problem.budget[0]
    assert sum(row["amount"] for row in document["now"]) == pytest.approx(budget, abs=1e-6)
    assert [row["channel"] for row in document["now"]] == [*ORDINARY, "reserve"]


def test_a_playbook_is_of_later_quarters_and_goes_beyond_their_budget_by_what_is_released() -> None:
    document = json.loads(hedge_json(hedged()))
    for plan in hedged().plans:
        rows = document["playbook"][plan.problem.scenario]
        assert {row["quarter"] for row in rows} == {"2027Q2"}
        released = sum(row["amount"] for row in rows) - plan.problem.budget[1]
        set_aside = document["now"][-1]["amount"]
        assert -0.005 <= released <= set_aside + 0.015


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
@pytest.mark.parametrize("sought", ["expectation", "regret"])
def test_the_page_is_safe_accessible_and_says_every_name(
    names: tuple[str, ...], sought: Sought
) -> None:
    page = Page(hedge_html(hedged(names, sought), {"<b>recession</b>": SIGNAL}, {}))
    assert_safe(page)
    assert_accessible(page)
    for name in (*names, "growth", "<b>recession</b>", SIGNAL, "Do now"):
        assert " ".join(name.split()) in page.words


def test_the_same_hedge_gives_the_same_bytes() -> None:
    assert hedge_html(hedged(), {}, {}) == hedge_html(hedged(), {}, {})


def test_the_playbook_says_what_is_released_to_whom() -> None:
    growth, recession = playbook(hedged(), {"growth": SIGNAL})
    assert growth.signal == SIGNAL
    assert recession.signal is None
    assert any("release 100 % of the pool" in plain(text) for text in growth.sentences)
    assert [name for name, _ in growth.lines] == [*ORDINARY, "reserve"]


def test_the_page_says_what_the_hedge_brings_in_each_scenario() -> None:
    lines = in_each_scenario(hedged())
    assert [line.scenario for line in lines] == ["growth", "<b>recession</b>"]
    for line in lines:
        assert line.gain == line.hedged - line.approved
        assert line.regret == line.known - line.hedged >= 0
    assert "What it comes to in each scenario" in Page(hedge_html(hedged(), {}, {})).words
    assert "more than the same money spent as approved" in gain_in_words(hedged())


def test_the_story_says_what_hedging_costs_and_brings() -> None:
    known, average, proof = worth_of_it(hedged())
    assert known.startswith("Knowing the future before deciding would be worth")
    assert "average" in average
    assert proof.startswith("No hedge within these rules has more than")
    assert "does not fit" in worth_of_it(replace(hedged(), vss=None))[1]
    regretted = worth_of_it(hedged(sought="regret"))[2]
    assert "has less than" in regretted
    assert "of what the approved budget comes to" in regretted
    assert "largest regret" in headline(hedged(sought="regret"))


def test_the_playbook_says_what_of_the_release_needs_approval() -> None:
    layered = hedged(emergency=0.04)
    growth, _ = playbook(layered, {})
    (told,) = (text for text in growth.sentences if "needs approval" in text)
    budget, pool = layered.plans[0].problem.budget.sum(), layered.plans[0].allocation.pool.sum()
    assert layered.plans[0].allocation.released.sum() == pytest.approx(pool, abs=0.1)
    assert f"{money(0.04 * budget, 'CNY')} of it from the emergency layer" in told
    without, _ = playbook(hedged(), {})
    assert not any("needs approval" in text for text in without.sentences)


def test_scenarios_that_are_left_out_stand_first_and_say_why() -> None:
    page = Page(hedge_html(hedged(), {}, {"slump": "slump: <b>these</b> rules cannot hold"}))
    assert_safe(page)
    assert "Left out: without a plan" in page.words
    assert "slump: <b>these</b> rules cannot hold" in page.words
    assert "Left out" not in Page(hedge_html(hedged(), {}, {})).words


def test_what_the_plans_warn_of_stands_on_the_page_once() -> None:
    warned = replace(hedged(), plans=tuple(replace(p, warnings=("mind",)) for p in hedged().plans))
    assert Page(hedge_html(warned, {}, {})).words.count("mind") == 1


def test_without_a_choice_there_is_no_chart() -> None:
    alone = replace(hedged(), reserve=(Held(0.05, 1.0),))
    assert not Page(hedge_html(alone, {}, {})).all("figure")
    assert Page(hedge_html(hedged(), {}, {})).all("figure")


def test_a_regret_that_is_only_noise_is_none() -> None:
    regretted = hedged(sought="regret")
    near = tuple(plan.objective * (1 + 1e-13) for plan in regretted.plans)
    noisy = replace(regretted, objective=1e-8, known=near)
    assert plain(headline(noisy)).endswith("largest regret 0 CNY")
    assert [line.regret for line in in_each_scenario(noisy)] == [0.0, 0.0]
    assert "0.00000001" not in Page(hedge_html(noisy, {}, {})).words


def test_the_ticks_of_the_charts_axis_are_told_apart() -> None:
    values = (38_190_000.0, 38_191_000.0, 38_192_500.0)
    held = tuple(Held(0.05 * n, value) for n, value in enumerate(values))
    drawing = str(reserve_chart(replace(hedged(), reserve=held)))
    ticks = re.findall(r">([0-9.]+M)<", drawing)
    assert len(ticks) == len(set(ticks)) > 2


def test_tiles_say_no_more_than_the_sentences_do() -> None:
    within = 0.5 * hedged().plans[0].problem.tolerance * hedged().objective
    little, much = (replace(hedged(), evpi=far, vss=far) for far in (within, 100 * within))
    assert "as well, as far as the proof can tell" in worth_of_it(little)[1]
    assert Page(hedge_html(little, {}, {})).words.count("about 0") == 2
    words = Page(hedge_html(much, {}, {})).words
    assert "about 0" not in words
    assert plain(short(100 * within)) in plain(words)


def test_the_header_is_of_the_whole_horizon_and_of_the_scenarios_that_are_hedged() -> None:
    last = at_the_last_quarter()
    words = Page(hedge_html(last, {}, {"slump": "no plan"})).words
    assert words.count("Hedge over 2 scenarios") == 2
    assert "2027Q1 to 2027Q2" in words
    assert "Do now: 2027Q2" in words
    assert "Hedge over all" not in words
