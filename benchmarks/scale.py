"""How time and memory grow with the size of a plan, beside what they have to stay under.

Hill curves with slopes from 0.7 to 6, so most are S-shaped; the budget and the elasticity hold.

Run ``python benchmarks/scale.py`` (``--quick`` leaves out the largest): prints a table and the
fitted growth, and writes build/benchmarks/scale.json. Every size is planned in a process of its
own, so that memory is its own; seconds are those of the processor, on one thread, without imports.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024 if sys.platform == "linux" else 1024**2  # in ru_maxrss: kB, on macOS bytes
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Size:
    """A size with its goals; ``spread`` is the elasticity, ``grows`` puts it into the fit."""

    channels: int
    quarters: int
    spread: float
    weekly: bool
    most_seconds: float | None
    most_megabytes: float | None = None
    grows: bool = False

    @property
    def name(self) -> str:
        """The size in words."""
        curves = "weekly carry-over" if self.weekly else "quarterly"
        return f"{self.channels} x {self.quarters}, +-{self.spread:.0%}, {curves}"


SIZES = (
    Size(20, 1, 0.3, False, 0.05),
    Size(200, 1, 0.3, False, 0.1),
    Size(1000, 1, 0.3, False, 0.5),
    Size(60, 4, 1.0, False, 1.5),
    Size(100, 4, 0.3, False, None, grows=True),
    Size(300, 4, 0.3, False, None, grows=True),
    Size(1000, 4, 0.3, False, 2.5, grows=True),
    Size(3000, 4, 0.3, False, None, grows=True),
    Size(10000, 4, 0.3, False, 25.0, 2000.0, grows=True),
    Size(1000, 4, 1.0, False, 10.0),
    Size(20, 4, 0.3, True, 0.5),
    Size(60, 4, 0.3, True, 3.0),
    Size(200, 4, 0.3, True, 15.0),
    Size(20, 4, 1.0, True, None),
    Size(60, 4, 1.0, True, None),
)
SEEDS = (0, 1, 2)
GAP = 1e-4


@dataclass(frozen=True)
class Measured:
    """The median over seeds, the worst gap, and the most memory."""

    name: str
    seconds: float
    slowest: float
    megabytes: float
    gap: float
    reached: bool


def main() -> int:
    """Measure every size; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out 3,000 channels and more")
    parser.add_argument("--one", nargs=2, type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(plan_one(SIZES[arguments.one[0]], arguments.one[1])))
        return 0
    sizes = [size for size in SIZES if not (arguments.quick and size.channels >= 3000)]
    results = [measure(size) for size in sizes]
    show(results)
    growing = [r for r, size in zip(results, sizes, strict=True) if size.grows]
    counts = [4 * size.channels for size in sizes if size.grows]
    for word, values in (
        ("seconds", [r.seconds for r in growing]),
        ("megabytes", [r.megabytes for r in growing]),
    ):
        power, _ = np.polyfit(np.log(counts), np.log(values), 1)
        print(f"{word} grow with the number of amounts to the power of {power:.2f}")
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scale.json").write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n")
    return 0 if all(r.reached for r in results) else 1


def measure(size: Size) -> Measured:
    """Plan a size for every seed (the largest for one), each in its own process."""
    seeds = SEEDS if size.channels < 3000 else SEEDS[:1]
    runs = [_in_a_process(SIZES.index(size), seed) for seed in seeds]
    seconds = float(np.median([run["seconds"] for run in runs]))
    megabytes = max(run["megabytes"] for run in runs)
    gap = max(run["gap"] for run in runs)
    reached = gap <= GAP
    reached &= size.most_seconds is None or seconds <= size.most_seconds
    reached &= size.most_megabytes is None or megabytes <= size.most_megabytes
    goal = "" if size.most_seconds is None else f" (goal {size.most_seconds:g} s)"
    slowest = max(run["seconds"] for run in runs)
    return Measured(size.name + goal, seconds, slowest, megabytes, gap, bool(reached))


def plan_one(size: Size, seed: int) -> dict[str, float]:
    """Plan one instance in this process."""
    from benchmarks.instances import bare
    from models.period import Period
    from optimizer.reallocate import reallocate
    from optimizer.rules import Band

    problem = bare(
        size.channels,
        size.quarters,
        Period.WEEK if size.weekly else Period.QUARTER,
        carryover=size.weekly,
        band=Band(size.spread, size.spread),
        seed=seed,
    )
    start = time.process_time()
    plan = reallocate(problem)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    return {"seconds": seconds, "megabytes": peak, "gap": plan.gap}


def show(results: list[Measured]) -> None:
    """One row per size."""
    table = Table("channels x quarters", "seconds", "slowest", "MB", "gap", "reached")
    for r in results:
        table.add_row(
            r.name,
            f"{r.seconds:.3g}",
            f"{r.slowest:.3g}",
            f"{r.megabytes:.0f}",
            f"{r.gap:.1e}",
            "yes" if r.reached else "NO",
        )
    Console(width=110).print(table)


def _in_a_process(number: int, seed: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(number), str(seed)]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    sys.exit(main())
