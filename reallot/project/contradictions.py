"""Contradictions: what a policy says twice, and not alike."""

from __future__ import annotations

from collections.abc import Iterator

from reallot.errors import Finding, quoted
from reallot.project.policy import Channel, Policy
from reallot.project.toml_file import TomlFile


def contradictions(policy: Policy, file: TomlFile) -> Iterator[Finding]:
    """Keys that cannot hold together, whatever the numbers of the plan."""
    for channel in policy.channel:
        yield from _of_a_channel(channel, file)
    for share in policy.share:
        if share.within is not None and share.of_amount is not None:
            key = (*file.entry("share", share.name), "of_amount")
            found = f"{quoted(share.name)} is a share of an amount and within a part at once"
            yield file.finding(key, found, "Write of_amount, or within.")


def _of_a_channel(channel: Channel, file: TomlFile) -> Iterator[Finding]:
    key, name = file.entry("channel", channel.name), quoted(channel.name)
    if channel.stop and channel.committed:
        found = f"{name} is committed, and yet it is stopped"
        yield file.finding((*key, "stop"), found, "Write stop = false, or committed = false.")
    if channel.floor is not None and channel.cap is not None and channel.floor > channel.cap:
        found = f"the floor of {name}, {channel.floor:g}, is over its cap"
        expected = f"Write a floor of at most {channel.cap:g}, or a higher cap."
        yield file.finding((*key, "floor"), found, expected)
    signed = max(channel.contracted or (0.0,))
    if channel.cap is not None and signed > channel.cap:
        found = f"what is signed for {name}, {signed:g}, is over its cap"
        expected = f"Write a cap of at least {signed:g}, or correct what is signed."
        yield file.finding((*key, "contracted"), found, expected)
    for word in ("launch_at", "fixed_cost"):
        least = getattr(channel, word)
        if least is not None and channel.cap is not None and least > channel.cap:
            found = f"{name} begins at {least:g}, which is over its cap"
            expected = f"Write at most {channel.cap:g}, or a higher cap."
            yield file.finding((*key, word), found, expected)
