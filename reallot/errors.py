"""What is wrong with the files, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One problem in one place.

    ``file`` is relative to the project. ``row`` counts as a spreadsheet shows it, the heading being
    row 1; in a TOML file it is the line. ``column`` is the heading as written there, or the key's
    path. ``found`` says what stands there, ``expected`` what to write instead.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}" if _is_table(self.file) else self.column)
        return f"{', '.join(place)}: {self.found}. {self.expected}".rstrip()


class InputError(Exception):
    """The input is wrong: all problems at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class NotPlannedError(Exception):
    """Some scenarios have no plan; the others were planned, and are written.

    ``findings`` has one entry per scenario; ``explanations`` says the same at length, line by line.
    ``collided`` is whether rules collided somewhere; if not, it was the time. ``done`` says in a
    sentence what was made of the others and where it is; empty where there is no more than plans.
    """

    def __init__(
        self,
        findings: Iterable[Finding],
        explanations: Iterable[str],
        *,
        collided: bool,
        done: str = "",
    ) -> None:
        self.findings = tuple(findings)
        self.explanations = tuple(explanations)
        self.collided = collided
        self.done = done
        super().__init__("\n".join(self.explanations))


class UnreadableError(ValueError):
    """A cell that cannot be read; the message says what to write instead."""


def quoted(text: str, longest: int = 60) -> str:
    """A cell's text as a message shows it: on one line, control characters escaped, cut short."""
    shown = repr(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 2]}…{shown[-1]}"


def on_one_line(text: str) -> str:
    """Text that cannot break the line or move the cursor: names may hold anything."""
    return "".join(c if c.isprintable() else " " for c in text)


def _is_table(file: str) -> bool:
    return file.endswith((".csv", ".xlsx", ".parquet"))
