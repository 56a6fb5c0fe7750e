"""The table of decisions: answers, one per tool and world, and what they come to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

# A plan that loses more than this part of the response did harm.
HARM = 1e-3
ALL = "all"


@dataclass(frozen=True)
class Answer:
    """What a tool made of one world.

    ``gain`` and ``possible`` are shares of what staying put truly brings. ``roi`` and ``marginal``
    are the relative errors of the returns that it gives for the current amounts, by channel;
    ``covered`` says how many of the 80 % intervals of response and of marginal return hold the
    truth, and of how many. ``megabytes`` is the most that the process had used by then. ``note``
    says why there is no answer.
    """

    view: str
    kind: str
    seed: int
    tool: str
    channels: int = 0
    periods: int = 0
    possible: float = 0.0
    gain: float = 0.0
    seconds: float = 0.0
    megabytes: float = 0.0
    roi: tuple[float, ...] = ()
    marginal: tuple[float, ...] = ()
    covered: tuple[int, int, int] = (0, 0, 0)
    disagreement: float | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str, int, str]:
        """The question."""
        return self.view, self.kind, self.seed, self.tool


@dataclass(frozen=True)
class Row:
    """One tool on the worlds of one kind (or all) in one view; shares, not per cent.

    ``captured`` is the sum of gains over the sum of what was possible, ``mean`` and ``tenth`` are
    the mean and the 10th percentile of the share captured in each world, ``harm`` is the share of
    plans that lose. Errors are medians over all channels. ``to_ceiling`` is captured over what the
    ceiling captured of the same worlds. Seconds are the median, megabytes the most.
    """

    view: str
    kind: str
    tool: str
    worlds: int
    possible: float
    captured: float
    mean: float
    tenth: float
    harm: float
    to_ceiling: float | None
    roi: float | None
    marginal: float | None
    covered: float | None
    covered_marginal: float | None
    seconds: float
    megabytes: float
    disagreement: float | None
    unanswered: int
    note: str


def read(book: Path) -> list[Answer]:
    """The answers of a file that may not be there."""
    if not book.exists():
        return []
    return [Answer(**_tuples(json.loads(line))) for line in book.read_text().splitlines()]


def line(answer: Answer) -> str:
    """One line of the file."""
    return json.dumps(asdict(answer)) + "\n"


def summaries(answers: Iterable[Answer]) -> list[Row]:
    """One row per view, tool and kind, and one over all kinds."""
    groups: dict[tuple[str, str, str], list[Answer]] = {}
    ceilings = {}
    for answer in answers:
        for kind in (ALL, answer.kind):
            groups.setdefault((answer.view, kind, answer.tool), []).append(answer)
        if answer.tool == "ceiling":
            ceilings[answer.view, answer.kind, answer.seed] = answer.gain
    return [_row(*key, of, ceilings) for key, of in groups.items()]


def show(rows: list[Row]) -> None:
    """Every view and tool over all kinds; then what each captured of every kind."""
    console = Console(width=160)
    columns = ("possible", "captured", "mean", "10th", "harm", "of ceiling", "roi", "marginal")
    table = Table("view", "tool", "worlds", *columns, "covered", "seconds", "MB", "")
    for row in rows:
        if row.kind == ALL:
            table.add_row(row.view, row.tool, str(row.worlds), *_figures(row))
    console.print(table)
    for view in dict.fromkeys(row.view for row in rows):
        console.print(_by_kind(view, [row for row in rows if row.view == view]))


def _figures(row: Row) -> list[str]:
    shares = (row.captured, row.mean, row.tenth)
    missing = row.unanswered and f"{row.unanswered} unanswered: {row.note}"
    covered = "" if row.covered is None else f"{row.covered:.0%} {row.covered_marginal:.0%}"
    return [
        f"{row.possible:.1%}",
        *(f"{x:.2f}" for x in shares),
        f"{row.harm:.1%}",
        *("" if x is None else f"{x:.2f}" for x in (row.to_ceiling, row.roi, row.marginal)),
        covered,
        f"{row.seconds:.3g}",
        f"{row.megabytes:.0f}",
        missing or "",
    ]


def _by_kind(view: str, rows: list[Row]) -> Table:
    """Captured by kind and tool, with harm in brackets where there is some."""
    tools = list(dict.fromkeys(row.tool for row in rows))
    table = Table(view, "worlds", *tools)
    found = {(row.kind, row.tool): row for row in rows if row.worlds}
    for kind in dict.fromkeys(row.kind for row in rows):
        cells = [found.get((kind, tool)) for tool in tools]
        worlds = max((row.worlds for row in cells if row is not None), default=0)
        table.add_row(kind, str(worlds), *map(_cell, cells))
    return table


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    return f"{row.captured:.2f}" + (f" ({row.harm:.0%})" if row.harm else "")


def _row(
    view: str,
    kind: str,
    tool: str,
    asked: list[Answer],
    ceilings: dict[tuple[str, str, int], float],
) -> Row:
    of = [answer for answer in asked if not answer.note]
    gain = np.array([answer.gain for answer in of])
    possible = np.array([answer.possible for answer in of])
    share = gain / possible if of else np.array([np.nan])
    best = [ceilings.get((a.view, a.kind, a.seed)) for a in of]
    highest = sum(g for g in best if g is not None) if of and None not in best else None
    held = np.sum([answer.covered for answer in of], axis=0) if of else np.zeros(3)
    doubts = [a.disagreement for a in of if a.disagreement is not None]
    return Row(
        view,
        kind,
        tool,
        len(of),
        float(possible.mean()) if of else 0.0,
        float(gain.sum() / possible.sum()) if of else 0.0,
        float(share.mean()),
        float(np.quantile(share, 0.1)),
        float(np.mean(gain < -HARM)) if of else 0.0,
        None if highest is None else float(gain.sum() / highest),
        _median(error for answer in of for error in answer.roi),
        _median(error for answer in of for error in answer.marginal),
        float(held[0] / held[2]) if held[2] else None,
        float(held[1] / held[2]) if held[2] else None,
        float(np.median([a.seconds for a in of])) if of else 0.0,
        max((a.megabytes for a in of), default=0.0),
        max(doubts, default=None),
        len(asked) - len(of),
        next((answer.note for answer in asked if answer.note), ""),
    )


def _median(errors: Iterable[float]) -> float | None:
    found = np.abs(np.fromiter(errors, float))
    return float(np.median(found)) if found.size else None


def _tuples(data: dict[str, object]) -> dict[str, object]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
