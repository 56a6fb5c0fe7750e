"""How long many futures take, beside what they have to stay under.

20 channels x 4 quarters, +-30 %, weekly curves with carry-over and 100 members each; futures with
the usual spreads and one event.

Run ``python benchmarks/futures.py`` (``--quick`` plans fewer futures anew): prints a table and
writes build/benchmarks/futures.json. Seconds are those of the processor, on one thread and in one
process, without imports: two cores take about half of them where plans are made.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.instances import instance
from models.curve import MEMBERS, Member
from models.period import Period
from optimizer.channel import Channel
from optimizer.problem import Allocation, AllocationProblem
from optimizer.reallocate import reallocate
from scenarios.futures import Event, Futures, Spread, draw
from scenarios.judging import Contender
from scenarios.reoptimise import GAP, reoptimise
from scenarios.replan import Answer
from scenarios.scenario import Scenario, apply
from scenarios.sensitivity import sensitivity
from scenarios.simulate import simulate, worlds_of

ROOT = Path(__file__).parents[1]
SCENARIOS = (
    Scenario("flat"),
    Scenario("growth", demand=(1.05,), media_price=(1.03,)),
    Scenario("recession", demand=(0.9,), media_price=(0.97,)),
)
EVENT = Event("price cut", 0.15, quarters=2, demand=0.8)


@dataclass(frozen=True)
class Measured:
    """One job: its seconds, the most it may take (None: no goal), and what to know of it."""

    job: str
    seconds: float
    goal: float | None
    remark: str

    @property
    def reached(self) -> bool:
        """Whether it stayed under its goal."""
        return self.goal is None or self.seconds <= self.goal


def main() -> int:
    """Measure every job; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="plan 50 futures anew, not 500")
    anew = 50 if parser.parse_args().quick else 500
    base = with_members(instance(20, Period.WEEK, carryover=True))
    plans = [reallocate(apply(scenario, base)) for scenario in SCENARIOS]
    now = Allocation.of(base, base.current, base.current_pool)
    ways = tuple(plan.allocation for plan in plans)
    contenders = [
        Contender("current budget", "current", (now,)),
        *(Contender(f"plan {n}", "plan", (way,)) for n, way in enumerate(ways)),
        Contender("hedge", "hedge", ways),
    ]

    def judge() -> str:
        found = simulate(base, contenders, "plan 0", futures(base, 1000), [EVENT.name])
        return f"{len(found.contenders)} plans"

    def plan_anew() -> str:
        answers = reoptimise(base, worlds_of(base, futures(base, anew)), jobs=1)
        gaps = [one.gap for one in answers if isinstance(one, Answer)]
        return f"{len(gaps)} planned, largest gap {max(gaps):.1e} (asked for {GAP:g})"

    def move() -> str:
        return f"{len(sensitivity(plans[0], jobs=1).effects)} inputs"

    results = [
        measured("1,000 futures judged", 2.0, judge),
        measured(f"{anew} futures planned anew", 180.0 * anew / 500, plan_anew),
        measured("sensitivity of a plan", None, move),
    ]
    show(results)
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "futures.json").write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n")
    return 0 if all(r.reached for r in results) else 1


def with_members(base: AllocationProblem) -> AllocationProblem:
    """The problem with curves that may be otherwise by a tenth."""
    random = np.random.default_rng(0)

    def unsure(channel: Channel) -> Channel:
        curve = channel.curve
        if curve is None:
            return channel
        draws = np.exp(0.1 * random.standard_normal((MEMBERS, 3)))
        members = tuple(
            Member(*(draw * [curve.top, curve.half, curve.slope]).tolist(), curve.carryover)
            for draw in draws
        )
        return replace(channel, curve=replace(curve, members=members))

    return replace(base, channels=tuple(map(unsure, base.channels)))


def futures(base: AllocationProblem, count: int) -> Futures:
    """So many futures around the problem."""
    return draw(base.channels, len(base.quarters), Spread(), [EVENT], MEMBERS, count, 1)


def measured(job: str, goal: float | None, run: Callable[[], str]) -> Measured:
    """Do a job and take its time."""
    with threadpool_limits(1):
        start = time.process_time()
        remark = run()
        return Measured(job, time.process_time() - start, goal, remark)


def show(results: list[Measured]) -> None:
    """One row per job."""
    table = Table("20 x 4, weekly carry-over", "seconds", "goal", "reached", "")
    for r in results:
        goal = "-" if r.goal is None else f"{r.goal:g}"
        table.add_row(r.job, f"{r.seconds:.3g}", goal, "yes" if r.reached else "NO", r.remark)
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
