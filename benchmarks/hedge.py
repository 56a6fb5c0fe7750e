"""How long a hedge over several scenarios takes, and how tight its proof is.

A year with weekly carry-over at ±30 %, the pool released where that pays; scenarios of their own
demand, prices and budgets. Seconds are those of the processor, for the whole hedge:
the joint proof, every future alone, the average's plan, the playbook and the reserve's worth.

Run ``python benchmarks/hedge.py`` (``--quick`` leaves out the larger one): prints a table and
writes build/benchmarks/hedge.json.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.instances import QUARTERS, instance
from models.period import Period
from optimizer.problem import AllocationProblem
from scenarios.hedge import Terms, hedge
from scenarios.scenario import Scenario, apply
from scenarios.staged import Future

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Size:
    """So many scenarios and channels; the gap is None where what is reached is only told."""

    scenarios: int
    channels: int
    most_seconds: float
    most_gap: float | None


@dataclass(frozen=True)
class Measured:
    """One hedge beside its limits; what it brings and what could be had, as shares of the former.

    ``gain`` is against the same money as approved, ``vss`` against planning for the average (None
    where that does not fit), ``evpi`` what knowing the future would add.
    """

    name: str
    seconds: float
    most_seconds: float
    gap: float
    most_gap: float | None
    gain: float
    vss: float | None
    evpi: float

    @property
    def reached(self) -> bool:
        """Whether the limits are kept."""
        tight = self.most_gap is None or self.gap <= self.most_gap
        return self.seconds <= self.most_seconds and tight


SIZES = (Size(3, 20, 15.0, 1e-4), Size(10, 50, 180.0, None))


def futures(policy: AllocationProblem, count: int) -> list[Future]:
    """Scenarios drawn from a seed: every quarter's demand ±15 %, a third of the channels' own."""
    rng = np.random.default_rng(1)
    found = []
    for number in range(count):
        demand = tuple(np.exp(rng.normal(0, 0.15, len(QUARTERS))).tolist())
        chosen = rng.choice(len(policy.channels), len(policy.channels) // 3, replace=False)
        own = {
            policy.names[c]: tuple(np.exp(rng.normal(0, 0.2, len(QUARTERS))).tolist())
            for c in chosen.tolist()
        }
        scenario = Scenario(
            f"scenario {number + 1}",
            demand=demand,
            media_price=(float(np.exp(rng.normal(0, 0.05))),),
            budget=(float(np.exp(rng.normal(0, 0.08))),),
            channel_demand=own,
        )
        found.append(Future(apply(scenario, policy), 1 / count))
    return found


def measured(size: Size) -> Measured:
    """The hedge of one size."""
    policy = replace(instance(size.channels, Period.WEEK, carryover=True), time_limit=60.0)
    of = futures(policy, size.scenarios)
    start = time.process_time()
    found = hedge(policy, of, Terms())
    seconds = time.process_time() - start
    name = f"{size.scenarios} scenarios, {size.channels} x {len(QUARTERS)}, weekly carry-over"
    return Measured(
        name=name,
        seconds=seconds,
        most_seconds=size.most_seconds,
        gap=found.gap,
        most_gap=size.most_gap,
        gain=found.gain / found.objective,
        vss=None if found.vss is None else found.vss / found.objective,
        evpi=found.evpi / found.objective,
    )


def main() -> int:
    """Measure; exit code 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smaller one only")
    sizes = SIZES[:1] if parser.parse_args().quick else SIZES
    table = Table("", "seconds", "gap", "gain", "over the average's plan", "if known", "reached")
    results = []
    for size in sizes:
        result = measured(size)
        results.append(result)
        goal = "" if result.most_gap is None else f" of {result.most_gap:.0e}"
        table.add_row(
            result.name,
            f"{result.seconds:.1f} of {result.most_seconds:g}",
            f"{result.gap:.1e}{goal}",
            f"{result.gain:.2%}",
            "-" if result.vss is None else f"{result.vss:.3%}",
            f"{result.evpi:.3%}",
            "yes" if result.reached else "NO",
        )
    Console().print(table)
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(result), "reached": result.reached} for result in results]
    (folder / "hedge.json").write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
