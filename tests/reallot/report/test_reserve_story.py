"""What a hedge says of the reserve."""

from dataclasses import replace

from reallot.report.hedge_files import hedge_html
from reallot.report.reserve_story import reserve_rows, reserve_words
from scenarios.hedge import Hedge, Held
from tests.reallot.report.hedges import hedged, plain
from tests.reallot.report.pages import Page


def test_the_reserves_worth_is_told_from_step_to_step() -> None:
    held = (
        Held(0.0, 1000.0),
        Held(0.05, 1100.0),
        Held(0.10, 1100.01),
        Held(0.15, None),
    )
    _, _, first, second = map(plain, reserve_words(replace(hedged(), reserve=held)))
    assert first == "From 0 % to 5 %, every further point brings 20.0 CNY."
    assert second == "From 5 % to 10 %, it makes no difference that the proof can tell."
    falling = replace(hedged(), reserve=(Held(0.0, 1100.0), Held(0.05, 1000.0)))
    assert (
        plain(reserve_words(falling)[2]) == "From 0 % to 5 %, every further point costs 20.0 CNY."
    )
    asked_for_little = replace(falling, sense="min")
    assert "brings 20.0 CNY" in plain(reserve_words(asked_for_little)[2])


def test_where_what_is_kept_counts_nothing_the_story_says_why_the_pool_is_spent() -> None:
    assert "counts nothing here" in reserve_words(hedged())[1]
    worth = tuple(replace(future, keep_value=0.5) for future in hedged().futures)
    assert not any(
        "counts nothing" in text for text in reserve_words(replace(hedged(), futures=worth))
    )


def kept_at(worth: float, released: float) -> Hedge:
    """What is kept is worth so much a unit, and so much of the pool of 420 is released."""
    hedge, plans = hedged(), []
    for plan in hedge.plans:
        table = 0 * plan.allocation.spend
        table[0, 1] = released
        pool = 0 * plan.allocation.pool
        pool[0] = 420.0
        plans.append(replace(plan, allocation=replace(plan.allocation, pool=pool, released=table)))
    futures = tuple(replace(future, keep_value=worth) for future in hedge.futures)
    return replace(hedge, plans=tuple(plans), futures=futures)


def test_what_is_kept_and_what_that_counts_is_told() -> None:
    hedge = kept_at(1.5, released=20.0)
    (told,) = (text for text in map(plain, reserve_words(hedge)) if "keep_value" in text)
    assert "counts in every figure here" in told
    assert "in growth 400 CNY at 1.50 count 600; in <b>recession</b> 400 CNY" in told
    caption = "What is left in the pool at the end counts too, by keep_value."
    assert caption in Page(hedge_html(hedge, {}, {})).words
    assert caption not in Page(hedge_html(hedged(), {}, {})).words


def test_without_releases_nothing_is_said_of_what_is_kept() -> None:
    assert not any("keep_value" in text for text in reserve_words(kept_at(0.0, released=0.0)))
    never = kept_at(1.5, released=0.0)
    never = replace(never, terms=replace(never.terms, release=False))
    assert not any("keep_value" in text for text in reserve_words(never))


def test_where_least_money_is_sought_nobody_says_that_all_is_released() -> None:
    hedge = kept_at(0.0, released=20.0)
    assert any("brings anything" in text for text in reserve_words(hedge))
    spare = tuple(
        replace(plan, problem=replace(plan.problem, objective="spend")) for plan in hedge.plans
    )
    assert not any("brings anything" in text for text in reserve_words(replace(hedge, plans=spare)))


def test_sizes_outside_the_pools_band_are_marked() -> None:
    marks = [mark for _, mark, _ in reserve_rows(hedged())]
    assert marks == ["allowed", "allowed", "allowed", "outside its band"]
    first, second = (plan.problem.scenario for plan in hedged().plans)
    held = (Held(0.1, None, (second,)), Held(0.1, 5.0, (first, second)))
    assert [row[1:] for row in reserve_rows(replace(hedged(), reserve=held))] == [
        (f"outside {second}'s band", "–"),
        ("outside its band", "5.00"),
    ]
