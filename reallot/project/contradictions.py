"""Contradictions: what a policy says twice, and not alike."""

from __future__ import annotations

from collections.abc import Iterator

from reallot.errors import Finding, quoted
from reallot.project.bends import Bends
from reallot.project.policy import Channel, Policy
from reallot.project.toml_file import TomlFile


def contradictions(policy: Policy, file: TomlFile, bends: Bends) -> Iterator[Finding]:
    """Keys that cannot hold together, whatever the numbers of the plan; what bends may."""
    for channel in policy.channel:
        yield from _of_a_channel(channel, file, bends)
    for change in policy.change:
        ends = {bends.get(("change", change.name, end)) for end in ("least", "most")}
        if len(ends) > 1 and change.least is not None and change.most is not None:
            key = file.entry("change", change.name)
            found = f"least and most of {quoted(change.name)} do not bend alike"
            yield file.finding(key, found, "Write the same bends beside both.")
    for share in policy.share:
        if share.within is not None and share.of_amount is not None:
            key = (*file.entry("share", share.name), "of_amount")
            found = f"{quoted(share.name)} is a share of an amount and within a part at once"
            yield file.finding(key, found, "Write of_amount, or within.")


def _of_a_channel(channel: Channel, file: TomlFile, bends: Bends) -> Iterator[Finding]:
    key, name = file.entry("channel", channel.name), quoted(channel.name)
    bent = {end for end in ("floor", "cap") if ("channel", channel.name, end) in bends}
    if channel.stop and channel.committed:
        found = f"{name} is committed, and yet it is stopped"
        yield file.finding((*key, "stop"), found, "Write stop = false, or committed = false.")
    floor, cap = channel.floor, channel.cap
    if floor is not None and cap is not None and floor > cap and not bent:
        found = f"the floor of {name}, {floor:g}, is over its cap"
        expected = f"Write a floor of at most {cap:g}, or a higher cap."
        yield file.finding((*key, "floor"), found, expected)
    signed = max(channel.contracted or (0.0,))
    if channel.cap is not None and "cap" not in bent and signed > channel.cap:
        found = f"what is signed for {name}, {signed:g}, is over its cap"
        expected = f"Write a cap of at least {signed:g}, or correct what is signed."
        yield file.finding((*key, "contracted"), found, expected)
    for word in ("launch_at", "fixed_cost"):
        least = getattr(channel, word)
        if least is not None and channel.cap is not None and least > channel.cap:
            found = f"{name} begins at {least:g}, which is over its cap"
            expected = f"Write at most {channel.cap:g}, or a higher cap."
            yield file.finding((*key, word), found, expected)
