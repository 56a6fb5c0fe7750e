"""What a hedge's plan releases, told as its amounts have it."""

from dataclasses import replace

import numpy as np
import pytest

from optimizer.closed import Closed
from optimizer.plan import Plan
from optimizer.problem import Allocation
from reallot.report.figures import money
from reallot.report.hedge_files import hedge_html
from reallot.report.playbook import do_now, playbook
from reallot.report.releases import released_by
from reallot.report.terminal import show_hedge
from tests.reallot.report.hedges import hedged, plain
from tests.reallot.report.pages import Page


def plan_that_releases(released: float, anew: float, raises: tuple[float, ...]) -> Plan:
    """A plan of the second quarter: so much released, set aside anew, and the channels' raises."""
    plan = hedged().plans[0]
    problem = plan.problem
    spend = problem.current.copy()
    spend[:, 1] = np.maximum(problem.base[:, 1], problem.current[:, 1]) + np.array(raises)
    table = np.zeros_like(spend)
    table[0, 1] = released
    pool = np.array([1000.0, anew])
    allocation = Allocation(problem, spend, pool, np.zeros(2), released=table)
    return replace(plan, allocation=allocation)


def told(plan: Plan) -> str:
    hedge = replace(hedged(), plans=(plan, hedged().plans[1]))
    return plain(playbook(hedge, {})[0].sentences[-1])


def test_the_sentence_tells_all_that_is_released_though_raises_are_less() -> None:
    sentence = told(plan_that_releases(1000.0, 400.0, (300.0, 0.0, 0.0, 0.0)))
    assert sentence.startswith(
        "2027Q2: release 100 % of the pool, 1,000 CNY (30 % to Search, the rest in place of money "
        "that is set aside anew), set aside 400 CNY anew"
    )


def test_a_release_that_only_raises_one_channel_is_said_to_go_there() -> None:
    sentence = told(plan_that_releases(500.0, 0.0, (500.0, 0.0, 0.0, 0.0)))
    assert "release 50 % of the pool, 500 CNY, to Search" in sentence
    assert "anew" not in sentence


def test_shares_in_brackets_are_of_the_release() -> None:
    sentence = told(plan_that_releases(500.0, 0.0, (300.0, 200.0, 0.0, 0.0)))
    assert "release 50 % of the pool, 500 CNY (60 % to Search, 40 % to TV)" in sentence


def test_what_raises_nobody_stands_in_place_of_the_quarters_own_money() -> None:
    sentence = told(plan_that_releases(500.0, 0.0, (-100.0, 0.0, 0.0, 0.0)))
    assert "release 50 % of the pool, 500 CNY, in place of the quarter's own money" in sentence


def test_a_small_release_is_told_and_none_is_not() -> None:
    raised = (2.0, 0.0, 0.0, 0.0)
    assert "release less than 1 % of the pool, 2.00 CNY" in told(
        plan_that_releases(2.0, 0.0, raised)
    )
    assert "release" not in told(plan_that_releases(1e-9, 0.0, raised))


def test_what_is_told_is_what_the_amounts_are_beyond_the_quarters_budget() -> None:
    hedge = hedged()
    for plan, chapter in zip(hedge.plans, playbook(hedge, {}), strict=True):
        beyond = plan.recommended[:, 1].sum() - plan.problem.budget[1]
        assert released_by(plan)[1] == pytest.approx(beyond, abs=0.02)
        assert f"of the pool, {plain(money(beyond, 'CNY'))}" in plain(chapter.sentences[-1])


def test_more_than_four_that_move_end_with_how_many_others() -> None:
    names = ("a", "b", "c", "d", "e", "f")
    hedge = hedged(names)
    plan = hedge.plans[0]
    spend = plan.problem.current * np.array([1.1, 0.9, 1.1, 0.9, 1.1, 0.9])[:, None]
    moved = replace(plan, allocation=replace(plan.allocation, spend=spend, released=None))
    sentence = playbook(replace(hedge, plans=(moved, hedge.plans[1])), {})[0].sentences[-1]
    assert sentence.endswith(" and 2 others.")
    assert sentence.count("10") == 4


def test_nothing_is_told_of_this_quarter_where_it_releases_nothing() -> None:
    assert do_now(hedged()) == ()


def test_this_quarter_may_release_what_closed_ones_set_aside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hedge = hedged()
    plan = plan_that_releases(300.0, 50.0, (300.0, 0.0, 0.0, 0.0))
    before, after = (Closed.of(plan.allocation, quarters) for quarters in (1, 2))
    decided = replace(plan, problem=replace(plan.problem, closed=after))
    futures = tuple(
        replace(future, problem=replace(future.problem, closed=before)) for future in hedge.futures
    )
    later = replace(hedge, plans=(decided, decided), futures=futures)
    assert later.now == 1
    (sentence,) = do_now(later)
    assert plain(sentence) == (
        "Release 30 % of the pool, 300 CNY, to Search, set aside 50.0 CNY anew."
    )
    assert "300 released" in Page(hedge_html(later, {}, {})).words
    show_hedge(later, {})
    assert "Release 30" in plain(capsys.readouterr().out)
