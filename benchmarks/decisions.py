"""Models judged by the decisions that they lead to, on worlds whose truth is known.

Run ``python benchmarks/decisions.py`` for the published table: seeds from 10,000 on, about half an
hour on one core. Other seeds, kinds and views can be chosen to work with; seeds below 1,000 are for
tuning. Every answer is written to build/benchmarks/decisions.jsonl as soon as it is there, and what
stands there is not asked again: a run that was stopped, by ``--minutes`` or by hand, goes on where
it was. ``--again TOOL`` forgets what a tool has answered. ``--samplers`` asks other tools' models
as well, which takes minutes for each world.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.captured import Answer, line, read, show, summaries
from benchmarks.judge import Case
from benchmarks.tools import (
    ROOT,
    SAMPLERS,
    Estimate,
    NoAnswer,
    Tool,
    average_return,
    ceiling,
    linear_model,
    reallot,
    sampler,
)
from models.saturation import Floats
from models.simulate import KINDS, Results, world

# Nobody has tuned on these.
PUBLISHED = (10_000, 10_016)
EVERY_CHANNEL = 1_000


@dataclass(frozen=True)
class View:
    """What the history shows, with lift tests on so many channels, and the kinds where it matters.

    Bias of attribution makes no difference to totals, and only biased attribution needs anything
    beside it.
    """

    results: Results
    tests: int = 0
    kinds: tuple[str, ...] = ("biased",)


VIEWS = {
    "totals": View("totals", kinds=tuple(kind for kind in KINDS if kind != "biased")),
    "attributed": View("attributed", kinds=tuple(KINDS)),
    "both": View("both"),
    "attributed, tested": View("attributed", EVERY_CHANNEL),
    "both, tested": View("both", EVERY_CHANNEL),
}
OWN: dict[str, Tool] = {
    "reallot": reallot,
    "ceiling": ceiling,
    "average return": average_return,
    "linear model": linear_model,
}
# These see totals only.
TOTALS = ("ceiling", *SAMPLERS)


def main() -> int:
    """Ask every tool about every world, then print and write the table."""
    chosen = _chosen()
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "decisions.jsonl"
    answers = {answer.key: answer for answer in read(book) if answer.tool not in chosen.again}
    if chosen.again:
        book.write_text("".join(map(line, answers.values())))
    until = time.monotonic() + 60 * chosen.minutes
    with book.open("a") as out, threadpool_limits(1):
        for question in _questions(chosen):
            if time.monotonic() > until:
                break
            if question not in answers:
                answers[question] = answer(*question)
                out.write(line(answers[question]))
                out.flush()
    table = summaries(answers[q] for q in _questions(chosen) if q in answers)
    show(table)
    (folder / "decisions.json").write_text(json.dumps([asdict(row) for row in table], indent=1))
    return 0


def answer(view: str, kind: str, seed: int, tool: str) -> Answer:
    """Have one world fitted and planned, and judge the plan."""
    case = Case(world(kind, seed, VIEWS[view].results, VIEWS[view].tests))
    try:
        made = OWN[tool](case) if tool in OWN else sampler(tool)(case)
    except NoAnswer as why:
        return Answer(view, kind, seed, tool, note=str(why))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    brought, marginal = case.reads(case.world.truths)
    return Answer(
        view,
        kind,
        seed,
        tool,
        channels=len(case.current),
        periods=len(case.world.history.starts),
        possible=case.possible,
        gain=case.gain(made.curves),
        seconds=made.seconds,
        megabytes=memory,
        roi=_errors(made.brought, brought),
        marginal=_errors(made.marginal, marginal),
        covered=_covered(made, brought, marginal),
        disagreement=made.disagreement,
    )


def _errors(estimate: Floats, truth: Floats) -> tuple[float, ...]:
    """Relative errors of the channels of which something is said."""
    said = np.isfinite(estimate)
    return tuple(np.round(estimate[said] / truth[said] - 1, 4).tolist())


def _covered(made: Estimate, brought: Floats, marginal: Floats) -> tuple[int, int, int]:
    """How many 80 % intervals of each hold the truth, and of how many."""
    if made.draws is None:
        return 0, 0, 0
    held, said = [], np.isfinite(made.draws[0]).all(axis=1)
    for draws, truth in zip(made.draws, (brought, marginal), strict=True):
        low, high = np.quantile(draws[said], (0.1, 0.9), axis=1)
        held.append(int(np.count_nonzero((low <= truth[said]) & (truth[said] <= high))))
    return held[0], held[1], int(said.sum())


def _questions(chosen: Namespace) -> Iterator[tuple[str, str, int, str]]:
    """One seed of everything after the other, so that whatever is there is of every kind."""
    tools = [*chosen.tools, *(SAMPLERS if chosen.samplers else ())]
    for seed in range(*chosen.seeds):
        for view in chosen.views:
            for kind in VIEWS[view].kinds:
                for tool in tools:
                    if kind in chosen.kinds and (view == "totals" or tool not in TOTALS):
                        yield view, kind, seed, tool


def _chosen() -> Namespace:
    parser = ArgumentParser(description="Models judged by the decisions that they lead to.")
    parser.add_argument("--seeds", nargs=2, type=int, default=PUBLISHED, metavar=("FROM", "TO"))
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--views", nargs="+", default=list(VIEWS), choices=list(VIEWS))
    parser.add_argument("--tools", nargs="*", default=list(OWN), choices=list(OWN))
    parser.add_argument("--samplers", action="store_true", help="ask other tools' models too")
    parser.add_argument("--again", nargs="+", default=[], choices=[*OWN, *SAMPLERS])
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
