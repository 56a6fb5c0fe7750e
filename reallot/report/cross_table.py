"""The cross table as people read it: plans down, futures across, the best of each marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from scenarios.compare import Comparison
from scenarios.cross import CURRENT, Crossing

# What differs by this share only differs in its last digits.
_NOISE = 1e-6


@dataclass(frozen=True)
class Cell:
    """One plan in one future; ``share`` is its regret as a share of the future's own plan.

    A regret that the proof of the future's own plan cannot tell from none is 0.
    ``best`` is the least regret of those that break no rule of the future. ``note`` is the number
    under which the table says which rules it breaks, None where it breaks none.
    """

    entry: Crossing
    regret: float | None
    share: float | None
    best: bool
    note: int | None


def by_plan(comparison: Comparison) -> Iterator[tuple[str, list[Crossing]]]:
    """Every plan's entries, in the order of the futures."""
    for plan, entries in groupby(comparison.cross, key=lambda entry: entry.plan):
        yield plan, list(entries)


def cross_rows(comparison: Comparison) -> list[tuple[str, list[Cell]]]:
    """What each plan is called, and its cells."""
    best = _best(comparison)
    notes = _notes(comparison)
    own = {outcome.scenario: abs(outcome.objective) for outcome in comparison.outcomes}
    unseen = {outcome.scenario: max(outcome.gap, _NOISE) for outcome in comparison.outcomes}
    return [
        (
            "Approved budget" if plan == CURRENT else f"Plan for {plan}",
            [
                Cell(
                    entry,
                    _told(entry.regret, own[entry.future], unseen[entry.future]),
                    _share(entry.regret, own[entry.future]),
                    best.get(entry.future) is entry,
                    notes.get(_place(entry)),
                )
                for entry in entries
            ],
        )
        for plan, entries in by_plan(comparison)
    ]


def broken_rules(comparison: Comparison) -> list[tuple[int, str, list[str]]]:
    """Per note its number, which plan in which future, and what of that future's rules it breaks.

    One sentence per rule: its first place, and how many more there are.
    """
    notes = _notes(comparison)
    found = []
    for entry in comparison.cross:
        if entry.broken_rules:
            plan = "The approved budget" if entry.plan == CURRENT else f"The plan for {entry.plan}"
            rules: dict[str, list[str]] = {}
            for broken in entry.broken_rules:
                rules.setdefault(broken.rule, []).append(broken.text)
            found.append(
                (
                    notes[_place(entry)],
                    f"{plan} in {entry.future}",
                    [_said(rule, texts) for rule, texts in rules.items()],
                )
            )
    return found


def _said(rule: str, texts: list[str]) -> str:
    more = len(texts) - 1
    rest = f" (and {more} more)" if more else ""
    return f"{rule.replace('_', ' ')}: {texts[0]}{rest}"


def _best(comparison: Comparison) -> dict[str, Crossing]:
    """By future, the entry with the least regret of those that break no rule."""
    best: dict[str, Crossing] = {}
    for entry in comparison.cross:
        if entry.regret is None or entry.broken_rules:
            continue
        other = best.get(entry.future)
        if other is None or other.regret is None or entry.regret < other.regret:
            best[entry.future] = entry
    return best


def _notes(comparison: Comparison) -> dict[tuple[str, str], int]:
    broken = (entry for entry in comparison.cross if entry.broken_rules)
    return {_place(entry): number for number, entry in enumerate(broken, start=1)}


def _place(entry: Crossing) -> tuple[str, str]:
    return entry.plan, entry.future


def _told(regret: float | None, own: float, unseen: float) -> float | None:
    return 0.0 if regret is not None and abs(regret) <= unseen * own else regret


def _share(regret: float | None, own: float) -> float | None:
    return regret / own if regret is not None and own else None
