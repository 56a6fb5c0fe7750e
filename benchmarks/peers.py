"""Our plans beside those of other tools: same instances, same curves, one run.

Run ``python benchmarks/peers.py`` (``--quick`` for fewer seeds): prints a table and writes
build/benchmarks/peers.json. Every peer is a script in benchmarks/peers/, run by subprocess with
JSON in and out. Those of SciPy run in this environment; NAME.txt beside a script means that it
needs one of its own, build/peers/NAME, and the table says how to make it where it is missing.
Everybody has one thread, and seconds are those of the processor, which other work on the machine
does not disturb.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.cases import REGIMES, SIZES, SMALL, Case, Regime, Size, Task, draw
from models.saturation import Floats
from optimizer.certificate import certify
from optimizer.decision import decision_of
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import reallocate
from optimizer.relaxation import Relaxation

ROOT = Path(__file__).parents[1]
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
} | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3"}
PATIENCE = 900.0  # seconds by the clock for one peer on all seeds of a regime and size


@dataclass(frozen=True)
class Peer:
    """A script, its arguments and, unless it runs in ours, its environment's name."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    environment: str | None = None
    carryover: bool = False
    """Whether it can plan quarters together whose money works on into the next."""

    @property
    def python(self) -> Path:
        """The interpreter it runs on."""
        if self.environment is None:
            return Path(sys.executable)
        return ROOT / "build" / "peers" / self.environment / "bin" / "python"


@dataclass(frozen=True)
class Outcome:
    """One plan: seconds, response, and in shares of the budget what it breaks and leaves."""

    seconds: float
    objective: float
    out_of_bounds: float
    overspent: float
    unspent: float


@dataclass(frozen=True)
class Row:
    """One tool on one regime and size, over all seeds; shares, not per cent.

    ``to_ours`` and ``worst`` are objective / ours - 1, on average and of the worst seed, and
    ``to_bound`` the average against our bound. ``note`` stands where nothing could be measured.
    """

    regime: str
    size: str
    tool: str
    seconds: float | None = None
    to_ours: float | None = None
    worst: float | None = None
    to_bound: float | None = None
    broken: float | None = None
    unspent: float | None = None
    note: str = ""


PEERS = (
    Peer("SciPy SLSQP, 1 start", "slsqp.py", ("1",), carryover=True),
    Peer("SciPy SLSQP, 20 starts", "slsqp.py", ("20",), carryover=True),
    Peer("SciPy trust-constr", "trust_constr.py", carryover=True),
    Peer("greedy grid", "greedy.py"),
    Peer("PyMC-Marketing", "pymc-marketing.py", environment="pymc-marketing"),
    Peer("Google Meridian", "google-meridian.py", environment="google-meridian"),
    Peer("mmm-framework", "mmm-framework.py", environment="mmm-framework"),
)
NOT_COMPARABLE = (
    "claro-engine plans from one return per platform, falling in three brackets that are the same "
    "for all (1, 0.65 and 0.35), and knows floors but no ceilings: it cannot be given these curves "
    "or bounds.",
)


def main() -> int:
    """Measure every regime and size, then print and write the table."""
    parser = ArgumentParser(description="Our plans beside those of other tools.")
    parser.add_argument("--quick", action="store_true", help="two instances of each size")
    quick = parser.parse_args().quick
    our_plan(draw(REGIMES[0], SMALL, 0))  # loads what loads late
    rows: list[Row] = []
    for regime in REGIMES:
        for size in SIZES:
            rows += measure(regime, size, 2 if quick else size.seeds)
            print(f"{regime.name}, {size}: done", file=sys.stderr)
    show(rows)
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peers.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


def measure(regime: Regime, size: Size, seeds: int) -> Iterator[Row]:
    """Ours first, then every peer."""
    cases = [draw(regime, size, seed) for seed in range(seeds)]
    where = (regime.name, str(size))
    ours = [our_plan(case) for case in cases]
    yield compared(*where, "reallot", [(outcome, outcome, bound) for outcome, bound in ours])
    alone = median(certificate_seconds(case.problem) for case in cases)
    yield Row(*where, "reallot, the proof alone", alone)
    tasks = [case.task for case in cases]
    for peer in PEERS:
        if size.carryover and not peer.carryover:
            yield Row(*where, peer.name, note="plans one quarter at a time")
            continue
        answers, note = ask(peer, tasks)
        plans = [
            (judged(case, *case.charged(answer["spend"]), answer["seconds"]), *our)
            for case, answer, our in zip(cases, answers, ours, strict=True)
            if "spend" in answer
        ]
        yield compared(*where, peer.name, plans, note)


def our_plan(case: Case) -> tuple[Outcome, float]:
    """The whole of it, prices, reasons and rounding included; and the bound."""
    with threadpool_limits(1):
        start = time.process_time()
        plan = reallocate(case.problem)
        seconds = time.process_time() - start
    amounts = plan.allocation.spend
    return judged(case, amounts, amounts, seconds), plan.bound


def certificate_seconds(problem: AllocationProblem) -> float:
    """Building the program, and proving the best plan to within the tolerance."""
    with threadpool_limits(1):
        start = time.process_time()
        program = Program(problem)
        current = decision_of(
            program, Allocation.of(problem, problem.current, problem.current_pool)
        )
        scale = program.objective.at(current)
        deadline = time.monotonic() + problem.time_limit
        certify(Relaxation(program), current, problem.tolerance, scale, deadline)
        return time.process_time() - start


def ask(peer: Peer, tasks: list[Task]) -> tuple[list[dict[str, Any]], str]:
    """A peer's answers, empty ones where it has none, and what is to be said about that."""
    none: list[dict[str, Any]] = [{} for _ in tasks]
    if not peer.python.exists():
        return none, "not installed"
    first = draw(REGIMES[0], SMALL, 0).task  # loads what loads late
    asked = json.dumps([task.write() for task in (first, *tasks)])
    try:
        done = run(peer, asked)
    except subprocess.TimeoutExpired:
        return none, f"no answer in {PATIENCE:.0f} s"
    if done.returncode:
        return none, f"failed: {done.stderr.strip().splitlines()[-1:]}"
    answers = json.loads(done.stdout)[1:]
    errors = [answer["error"] for answer in answers if "error" in answer]
    return answers, f"{len(errors)} of {len(tasks)} failed: {errors[0]}" if errors else ""


@cache
def run(peer: Peer, asked: str) -> subprocess.CompletedProcess[str]:
    """Run it once; where being active costs something, the peers are asked what they were before.

    Raises TimeoutExpired.
    """
    return subprocess.run(
        [peer.python, ROOT / "benchmarks" / "peers" / peer.script, *peer.arguments],
        input=asked,
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def judged(case: Case, planned: Floats, paid: Floats, seconds: float) -> Outcome:
    """How a plan keeps to the bounds and the budget, and what it brings as it is then paid."""
    task, whole = case.task, case.problem.budget.sum()
    outside = np.maximum(task.lower - planned, 0) + np.maximum(planned - task.upper, 0)
    over = planned.sum(axis=0) - task.budget
    return Outcome(
        seconds,
        case.response.value(np.maximum(paid, 0)),
        float(outside.sum() / whole),
        float(np.maximum(over, 0).sum() / whole),
        float(np.maximum(-over, 0).sum() / whole),
    )


def compared(
    regime: str,
    size: str,
    tool: str,
    plans: list[tuple[Outcome, Outcome, float]],
    note: str = "",
) -> Row:
    """All seeds of one tool in one row; each plan beside ours and our bound."""
    if not plans:
        return Row(regime, size, tool, note=note)
    to_ours = [plan.objective / our.objective - 1 for plan, our, _ in plans]
    return Row(
        regime,
        size,
        tool,
        median(plan.seconds for plan, _, _ in plans),
        mean(to_ours),
        min(to_ours),
        mean(plan.objective / bound - 1 for plan, _, bound in plans),
        max(plan.out_of_bounds + plan.overspent for plan, _, _ in plans),
        mean(plan.unspent for plan, _, _ in plans),
        note,
    )


def show(rows: list[Row]) -> None:
    """One line per tool; differences in per cent, money in per cent of the budget."""
    columns = ("seconds", "to ours", "worst", "to our bound", "rules broken", "unspent", "")
    table = Table("regime", "size", "tool", *columns)
    for row in rows:
        table.add_row(
            row.regime,
            row.size,
            row.tool,
            "" if row.seconds is None else f"{row.seconds:.3g}",
            *("" if x is None else f"{x:+.3%}" for x in (row.to_ours, row.worst, row.to_bound)),
            *("" if x is None else f"{x:.3%}" for x in (row.broken, row.unspent)),
            row.note,
        )
    Console(width=200).print(table)
    missing = {peer.environment for peer in PEERS if not peer.python.exists()}
    for name in sorted(filter(None, missing)):
        print(
            f"{name} is not installed: python3.12 -m venv build/peers/{name} && "
            f"build/peers/{name}/bin/pip install -r benchmarks/peers/{name}.txt"
        )
    print(*NOT_COMPARABLE, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
