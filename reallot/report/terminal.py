"""Terminal: a plan in a table of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.forecast import Forecast
from optimizer.plan import RESERVE, UNSPENT, Plan
from optimizer.rules import funds
from optimizer.score import Score
from optimizer.sweep import BudgetCurve
from reallot.report.budget_curve import sentences_of
from reallot.report.figures import (
    SPACE,
    difference,
    percent_signed,
    share_of,
    short,
    short_signed,
)
from reallot.report.forecast import anyway_sentence
from reallot.report.hedge_story import (
    gain_in_words,
    headline,
    notes,
    worth_of_it,
)
from reallot.report.measure import MEASURES
from reallot.report.playbook import do_now, playbook
from reallot.report.reach import warnings_of
from reallot.report.reserve_story import reserve_words
from reallot.report.score_story import broken_rules, score_story
from reallot.report.story import story_of
from scenarios.hedge import Hedge

_WIDTH = 80
_NAME = 19
_MOST_DEVIATIONS = 12
# What no line is broken at, in place of the space between a figure and its unit; in no clean text.
_STAND_IN = "\ue000"


def say(sentences: Sequence[str]) -> None:
    """Print sentences to standard output, as wide as it is."""
    console = Console(highlight=False, soft_wrap=False)
    for sentence in sentences:
        _say(console, sentence)


def show(plan: Plan, curve: BudgetCurve | None = None, anyway: Forecast | None = None) -> None:
    """Print a plan to standard output, in colour where that is a terminal."""
    console = Console(highlight=False, soft_wrap=False)
    story, problem = story_of(plan), plan.problem
    console.print()
    _say(console, f"{problem.scenario}: {story.headline}", "bold")
    console.print(_plan_table(plan))
    if story.gave_way:
        _say(console, story.gave_way, "yellow")
    budgets = () if curve is None else sentences_of(plan, curve)
    beside = anyway_sentence(anyway, problem.currency) if anyway else ""
    for sentence in (story.sure, story.pool, story.proof, *budgets, beside):
        if sentence:
            _say(console, sentence)
    for warning in warnings_of(plan):
        _say(console, f"Note: {warning}", "yellow")


def show_score(score: Score, file: str, warnings: Sequence[str]) -> None:
    """Print how good a planner's own plan is to standard output."""
    console = Console(highlight=False, soft_wrap=False)
    headline, *sentences = score_story(score, file)
    console.print()
    _say(console, f"{score.plan.problem.scenario}: {headline}", "bold")
    if score.deviations:
        console.print(_score_table(score))
    for sentence in sentences:
        _say(console, sentence)
    if score.violations:
        currency = score.plan.problem.currency
        _say(console, f"Rules it breaks, money in {currency}:")
    for text in broken_rules(score):
        _say(console, f"- {text}", "red")
    for warning in warnings:
        _say(console, f"Note: {warning}", "yellow")


def show_hedge(hedge: Hedge, signals: Mapping[str, str | None]) -> None:
    """Print what to do now over all scenarios, and the playbook, to standard output."""
    console = Console(highlight=False, soft_wrap=False)
    first, quarter = hedge.plans[0], hedge.now
    heading = f"Do now, {first.problem.quarters[quarter]}"
    table = _table(first.problem.currency, "Approved", heading, "Change", "in %")
    approved, amounts = first.approved[:, quarter], first.recommended[:, quarter]
    for name, now, then in zip(first.lines, approved, amounts, strict=True):
        style = "dim" if name in (RESERVE, UNSPENT) else ""
        table.add_row(*_cells(name, float(now), float(then)), style=style)
    console.print()
    _say(console, f"{headline(hedge)}.", "bold")
    _say(console, gain_in_words(hedge))
    console.print(table)
    for sentence in do_now(hedge):
        _say(console, sentence)
    for chapter in playbook(hedge, signals):
        sign = "" if chapter.signal is None else f" ({chapter.signal})"
        _say(console, f"If {chapter.scenario}{sign}:", "bold")
        for sentence in chapter.sentences:
            _say(console, f"- {sentence}")
    for sentence in (*worth_of_it(hedge), *reserve_words(hedge)):
        _say(console, sentence)
    for warning in notes(hedge):
        _say(console, f"Note: {warning}", "yellow")


def _plan_table(plan: Plan) -> Table:
    """Channels over the whole horizon, the pool, and the total."""
    problem, measure = plan.problem, MEASURES[plan.problem.objective]
    table = _table(problem.currency, "Approved", "Plan", "Change", "in %", measure.counted)
    current, amounts = plan.approved.sum(axis=1).tolist(), plan.recommended.sum(axis=1).tolist()
    response = dict.fromkeys(plan.lines, 0.0)
    for row in plan.rows:
        response[row.channel] += row.expected_response
    kept = {*funds(problem), RESERVE, UNSPENT}
    for name, now, then in zip(response, current, amounts, strict=True):
        brings = "" if name in kept else short(response[name])
        table.add_row(*_cells(name, now, then), brings, style="dim" if name in kept else "")
    table.add_section()
    total = _cells("total", sum(current), sum(amounts))
    table.add_row(*total, short(sum(response.values())), style="bold")
    return table


def _score_table(score: Score) -> Table:
    """Where the money differs from the plan's, over the horizon; the largest moves first."""
    table = _table(score.plan.problem.currency, "Yours", "Plan", "Difference", "Moved", "Costs")
    for deviation in score.deviations[:_MOST_DEVIATIONS]:
        table.add_row(
            in_two_lines(deviation.channel),
            short(deviation.amount),
            short(deviation.recommended),
            short_signed(deviation.difference),
            short(deviation.moved),
            short(deviation.cost),
        )
    left_out = score.deviations[_MOST_DEVIATIONS:]
    if left_out:
        table.add_row(
            f"{len(left_out)} more",
            short(sum(d.amount for d in left_out)),
            short(sum(d.recommended for d in left_out)),
            short_signed(sum(d.difference for d in left_out)),
            short(sum(d.moved for d in left_out)),
            short(sum(d.cost for d in left_out)),
        )
    return table


def _cells(name: str, now: float, then: float) -> tuple[Text, str, str, Text, str]:
    """Name, approved, plan, change, and change in per cent."""
    change, share = difference(then, now), share_of(then, now)
    style = "green" if change > 0 else "red" if change < 0 else ""
    return (
        in_two_lines(name),
        short(now),
        short(then),
        Text(short_signed(change), style=style),
        "" if share is None else percent_signed(share),
    )


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), width=None)
    table.add_column(first, overflow="fold", max_width=_NAME)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def in_two_lines(name: str, width: int = _NAME) -> Text:
    """A name in two lines at most: its ends tell it apart, so the middle is left out."""
    text = _clean(name)
    fits = len(text) < 2 * width
    return Text(text if fits else f"{text[: width - 1]}… {text[1 - width :]}")


def _say(console: Console, text: str, style: str = "") -> None:
    """A sentence, broken between words only: a figure stays on the line of its unit."""
    whole = _STAND_IN.join(map(_clean, text.split(SPACE)))
    for line in Text(whole).wrap(console, console.width):
        said = line.plain.rstrip().replace(_STAND_IN, SPACE)
        console.print(Text(said, style=style), soft_wrap=True)


def _clean(text: str) -> str:
    """Text that cannot move the cursor or break a line."""
    return "".join(c if c.isprintable() else " " for c in text)
