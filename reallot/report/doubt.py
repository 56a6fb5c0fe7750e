"""Doubt: how sure a plan's gain is, in sentences, as a picture and as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.doubt import LEVEL, ChannelDoubt, Doubt
from optimizer.plan import Plan
from optimizer.rules import Elasticity
from reallot.report.figures import counted, money, percent, percent_signed, short
from reallot.report.measure import MEASURES
from reallot.report.sheet import Book, Column, Value

# What a curve's flag means.
FLAGS = {
    "weak": "what it brings hardly shows in the history",
    "collinear": "its spend moved together with others', so that effects are hard to tell apart",
    "extrapolated": "its curve is used beyond the spend that the history has seen",
    "assumed": "without a history of its own, its curve is borrowed from similar channels",
}
_NAMED = 8
# Room beside the picture's band for the figures at its ends.
_MARGIN = 0.25


@dataclass(frozen=True)
class UnsureChannel:
    """A channel's figures with their intervals; ``flags`` say why its curve is unsure."""

    figures: ChannelDoubt
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """The gain's interval between 0 and 100: where nothing is gained, the interval and its mean.

    ``ends`` are the interval's figures.
    """

    nothing: float
    low: float
    high: float
    mean: float
    ends: tuple[str, str]


def how_sure(plan: Plan) -> str:
    """In how many worlds the plan is better, and between what its gain lies; empty if certain."""
    doubt = plan.doubt
    if doubt is None:
        return ""
    sentences = []
    caution = plan.problem.caution
    if caution is not None:
        worst = percent(caution.worst, 0)
        sentences.append(f"The plan is cautious: it is for the worst {worst} of worlds.")
    if doubt.gain.high > doubt.gain.low:
        sentences.append(_gain(plan, doubt))
    if doubt.targets_met is not None:
        met = f"{_worlds(doubt, doubt.targets_met)} of {doubt.members}"
        sentences.append(f"The targets are met in {met} worlds that fit the history.")
    return " ".join(sentences)


def _gain(plan: Plan, doubt: Doubt) -> str:
    than = "the approved budget"
    if plan.problem.objective == "response":
        than = "the same money spent as approved"
    low, high = (_said(plan, end) for end in (doubt.gain.low, doubt.gain.high))
    better = f"{_worlds(doubt, doubt.probability_of_gain)} of {doubt.members}"
    return (
        f"This plan is better than {than} in {better} worlds that fit the history; its gain is "
        f"{percent(doubt.gain.level, 0)} sure to lie between {low} and {high}."
    )


def _said(plan: Plan, gain: float) -> str:
    against = plan.measured_against
    share = f" ({percent_signed(gain / abs(against))})" if against else ""
    return f"{money(gain, plan.problem.currency)}{share}"


def _worlds(doubt: Doubt, share: float) -> int:
    return round(share * doubt.members)


def picture_of(plan: Plan) -> Picture | None:
    """The gain's interval to be drawn; None where there is none."""
    doubt = plan.doubt
    if doubt is None or doubt.gain.high <= doubt.gain.low:
        return None
    marks = (0.0, doubt.gain.low, doubt.gain.high, doubt.gain.mean)
    span = max(marks) - min(marks)
    start, width = min(marks) - _MARGIN * span, (1 + 2 * _MARGIN) * span
    nothing, low, high, mean = (round(100 * (mark - start) / width, 2) for mark in marks)
    return Picture(nothing, low, high, mean, (short(doubt.gain.low), short(doubt.gain.high)))


def unsure_channels(plan: Plan) -> tuple[UnsureChannel, ...]:
    """Every channel whose curve has members, in the plan's order."""
    if plan.doubt is None:
        return ()
    flags = {
        channel.name: channel.curve.diagnostics.flags
        for channel in plan.problem.channels
        if channel.curve is not None
    }
    return tuple(UnsureChannel(figures, flags[figures.channel]) for figures in plan.doubt.channels)


def doubt_sheet(book: Book, plan: Plan) -> None:
    """A sheet of what every channel brings, and its return, with their intervals."""
    sure = f"{LEVEL:.0%} sure"
    columns = (
        Column("Channel", "text", 26),
        Column(MEASURES[plan.problem.objective].counted, "money", 16),
        Column(f"{sure} from", "money", 16),
        Column(f"{sure} to", "money", 16),
        Column(f"Response per {plan.problem.currency}", "rate", 14),
        Column(f"{sure} from", "rate", 12),
        Column(f"{sure} to", "rate", 12),
        Column("Unsure because", "text", 95.0),
    )
    lines: list[list[Value]] = []
    for channel in unsure_channels(plan):
        response, roi = channel.figures.response, channel.figures.roi
        returns = (None, None, None) if roi is None else (roi.mean, roi.low, roi.high)
        why = "; ".join(FLAGS.get(flag, flag) for flag in channel.flags)
        amounts = (response.mean, response.low, response.high)
        lines.append([channel.figures.channel, *amounts, *returns, why])
    book.table_sheet("Doubt", columns, lines)


def flagged(plan: Plan) -> tuple[str, ...]:
    """A sentence per reason why curves of the plan are unsure, with the channels it is true of."""
    curves = [channel.curve for channel in plan.problem.channels if channel.curve is not None]
    found = {
        flag: [curve.channel for curve in curves if flag in curve.diagnostics.flags]
        for flag in FLAGS
    }
    sentences = tuple(
        f"{flag.capitalize()} ({FLAGS[flag]}): {_listed(names)}."
        for flag, names in found.items()
        if names
    )
    return (*sentences, *_moved_less(plan))


def _moved_less(plan: Plan) -> Iterator[str]:
    """What the policy makes of unsure channels."""
    for rule in plan.problem.rules:
        if isinstance(rule, Elasticity) and rule.weak < 1 and rule.unsure:
            names = [name for name in plan.problem.names if name in rule.unsure]
            far = percent(rule.weak, 0)
            yield f"Moved less, {far} as far as their elasticity allows: {_listed(names)}."


def _listed(names: Sequence[str]) -> str:
    shown, others = list(names[:_NAMED]), len(names) - _NAMED
    if others > 0:
        shown.append(counted(others, "other"))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
