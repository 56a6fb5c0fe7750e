"""Contradictions: what a policy says twice, and not alike."""

from __future__ import annotations

from collections.abc import Iterator

from reallot.errors import Finding, quoted
from reallot.project.policy import Policy
from reallot.project.toml_file import TomlFile


def contradictions(policy: Policy, file: TomlFile) -> Iterator[Finding]:
    """Keys that cannot hold together, whatever the numbers of the plan."""
    for channel in policy.channel:
        if channel.stop and channel.committed:
            key = (*file.entry("channel", channel.name), "stop")
            found = f"{quoted(channel.name)} is committed, and yet it is stopped"
            yield file.finding(key, found, "Write stop = false, or committed = false.")
