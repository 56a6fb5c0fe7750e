"""What must fit together where a channel is like others: they have curves to be like."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from models.period import Period
from reallot.errors import Finding, quoted
from reallot.project.cells import Cells, cells_of
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Channel, Policy
from reallot.project.scenario_file import ScenarioFile
from reallot.project.toml_file import TomlFile


def similar_to(like: Collection[str], cells: Cells) -> tuple[str, ...]:
    """The channels that a ``like`` names; one that is divided stands for all its cells."""
    return tuple(name for named in like for name in (cells_of(cells, named) or [named]))


def period_of(channel: Channel, planned: Cells, periods: Mapping[str, Period]) -> Period | None:
    """The period of a channel's curve, its own or an assumed one; None where it has none."""
    similar = similar_to(channel.like, planned)
    known = (periods[name] for name in (channel.name, *similar) if name in periods)
    return next(known, None)


def check_similar(
    policy: Policy, file: TomlFile, planned: Cells, with_curve: Mapping[str, Period]
) -> Iterator[Finding]:
    """Channels are like others that have a history or a curve of their own.

    So none is like itself, or like one whose curve is assumed in turn.
    """
    reserves = {fund.channel for fund in policy.funds}
    for channel in policy.channel:
        key = (*file.entry("channel", channel.name), "like")
        if channel.like and channel.name in reserves:
            found = f"{quoted(channel.name)} holds a reserve, which brings nothing"
            yield file.finding(key, found, "Delete it.")
        for name in similar_to(channel.like, planned):
            if name == channel.name:
                yield file.finding(key, f"{quoted(name)} is like itself", "Name other channels.")
            elif name not in with_curve:
                known = sorted(set(with_curve) - {channel.name})
                found = f"{quoted(name)} has neither history nor curve to be like"
                expected = f"Name channels that have one.{did_you_mean(name, known)}"
                yield file.finding(key, found, expected)


def check_similar_in(scenario: ScenarioFile, file: TomlFile) -> Iterator[Finding]:
    """Scenarios share their curves."""
    for i, channel in enumerate(scenario.channel):
        if channel.like:
            found = "what a channel is like is the same in every scenario"
            yield file.finding(("channel", i, "like"), found, "Write it in reallot.toml.")
