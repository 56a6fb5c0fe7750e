"""The playbook: what to do later in each scenario, and what is to be known of it."""

from dataclasses import replace

import pytest

from optimizer.plan import Bent
from reallot.report.figures import money
from reallot.report.hedge_files import hedge_html
from reallot.report.playbook import playbook
from reallot.report.terminal import show_hedge
from tests.reallot.report.hedges import at_the_last_quarter, hedged, plain
from tests.reallot.report.pages import Page


def bent(limit: float, excess: float, text: str) -> Bent:
    return Bent("cap", "TV", "2027Q2", "max", limit, limit + excess, excess, "CNY", 3, 0.0, text)


def test_rules_that_give_way_are_told_in_their_scenario(
    capsys: pytest.CaptureFixture[str],
) -> None:
    growth, recession = hedged().plans
    little, much = (
        bent(100.0, 1.0, "cap (TV) gave way a little"),
        bent(10.0, 9.0, "it gave way far"),
    )
    hedge = replace(hedged(), plans=(growth, replace(recession, bent=(little, much))))
    first, second = playbook(hedge, {})
    assert not any("way" in text for text in first.sentences)
    assert second.sentences[:2] == (
        "The rules cannot all hold here. It gave way far.",
        "Cap (TV) gave way a little.",
    )
    words = Page(hedge_html(hedge, {}, {})).words
    assert "(some rules give way there, as the playbook says)" in words
    assert "Cap (TV) gave way a little." in words
    assert "give way" not in Page(hedge_html(hedged(), {}, {})).words
    show_hedge(hedge, {})
    assert "It gave way far." in plain(capsys.readouterr().out)


def test_without_later_quarters_there_is_no_chapter_but_for_rules_that_give_way(
    capsys: pytest.CaptureFixture[str],
) -> None:
    last = at_the_last_quarter()
    assert playbook(last, {}) == ()
    assert "Playbook" not in Page(hedge_html(last, {}, {})).words
    show_hedge(last, {})
    assert "If growth" not in capsys.readouterr().out
    growth, recession = last.plans
    bends = replace(last, plans=(growth, replace(recession, bent=(bent(9.0, 1.0, "it bends"),))))
    (chapter,) = playbook(bends, {})
    assert chapter.sentences == ("The rules cannot all hold here. It bends.",)
    assert "It bends." in Page(hedge_html(bends, {}, {})).words


def test_what_is_done_now_is_told_against_a_scenarios_own_budget() -> None:
    growth, recession = playbook(hedged(), {})
    policys, growths, recessions = 4924.1, 5416.51, 4431.69
    assert hedged().plans[0].problem.budget[0] == pytest.approx(policys)
    for chapter, word, own in ((growth, "less", growths), (recession, "more", recessions)):
        amount = money(abs(policys - own), "CNY")
        assert chapter.sentences[0] == (
            f"What is done now takes {amount} {word} than {chapter.scenario}'s own budget of "
            "2027Q1; later quarters keep theirs."
        )


def test_a_scenario_with_the_policys_budget_has_nothing_to_say_of_it() -> None:
    futures = tuple(
        replace(future, problem=plan.problem)
        for future, plan in zip(hedged().futures, hedged().plans, strict=True)
    )
    # Closed quarters are those before this one.
    open_ = tuple(replace(f, problem=replace(f.problem, closed=None)) for f in futures)
    for chapter in playbook(replace(hedged(), futures=open_), {}):
        assert not any("own budget" in text for text in chapter.sentences)
