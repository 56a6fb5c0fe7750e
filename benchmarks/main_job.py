"""How long the main job takes, how much memory, and how tight the proof is.

Run ``python benchmarks/main_job.py``: prints a table and writes build/benchmarks/main_job.json.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.instances import CERTIFICATES

ROOT = Path(__file__).parents[1]
REALLOT = [sys.executable, "-m", "reallot"]
MEGABYTE = 1024 if sys.platform == "linux" else 1024**2  # in ru_maxrss: kB, on macOS bytes


@dataclass(frozen=True)
class Result:
    """One measurement beside what it has to reach; gaps and limits may be None."""

    name: str
    seconds: float
    most_seconds: float
    megabytes: float | None = None
    most_megabytes: float | None = None
    gap: float | None = None
    most_gap: float | None = None

    @property
    def reached(self) -> bool:
        """Whether every limit is kept."""
        pairs = (
            (self.seconds, self.most_seconds),
            (self.megabytes, self.most_megabytes),
            (self.gap, self.most_gap),
        )
        return all(value is None or most is None or value <= most for value, most in pairs)


def main() -> int:
    """Measure everything; exit code 1 where a limit is missed."""
    results = [help_text(), sample_project(), *certificates()]
    show(results)
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(result), "reached": result.reached} for result in results]
    (folder / "main_job.json").write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if all(result.reached for result in results) else 1


def help_text() -> Result:
    """The best of five, after one that warms the disk."""
    seconds = [_run(["--help"])[0] for _ in range(6)]
    return Result("reallot --help", min(seconds[1:]), 0.4)


def sample_project() -> Result:
    """fit and plan of the three scenarios, reports included."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "sample"
        shutil.copytree(ROOT / "reallot" / "sample", project)
        fit, plan = (_run([command, str(project)]) for command in ("fit", "plan"))
    return Result("sample: fit + plan of 3", fit[0] + plan[0], 10.0, max(fit[1], plan[1]), 500.0)


def certificates() -> Iterator[Result]:
    """The planner alone, without files."""
    from optimizer.reallocate import reallocate

    for name, (instance, most) in CERTIFICATES.items():
        problem = instance()
        start = time.perf_counter()
        plan = reallocate(problem)
        seconds = time.perf_counter() - start
        yield Result(name, seconds, most, gap=plan.gap, most_gap=1e-4)


def show(results: list[Result]) -> None:
    """One row per measurement."""
    table = Table("", "seconds", "MB", "gap", "reached")
    for r in results:
        table.add_row(
            r.name,
            f"{r.seconds:.2f} of {r.most_seconds:g}",
            "" if r.megabytes is None else f"{r.megabytes:.0f} of {r.most_megabytes:g}",
            "" if r.gap is None else f"{r.gap:.1e} of {r.most_gap:.0e}",
            "yes" if r.reached else "NO",
        )
    Console().print(table)


def _run(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one command."""
    start = time.perf_counter()
    with subprocess.Popen([*REALLOT, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"reallot {' '.join(arguments)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / MEGABYTE


if __name__ == "__main__":
    sys.exit(main())
