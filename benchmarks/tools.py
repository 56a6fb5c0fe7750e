"""Who is judged: each makes of a case the curves to plan with, and what it thinks of today's money.

The samplers of `SAMPLERS` are scripts in benchmarks/peers/, run by subprocess in environments of
their own (build/peers/NAME, of what NAME.txt lists) with the totals alone and their own defaults.
What they say of next quarter is read at multiples of the current amounts and planned by our engine
like everybody else's curves, so that models are compared and not optimisers.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.ceiling import posterior
from benchmarks.judge import MULTIPLES, Case, possible_curves, through
from benchmarks.rivals import by_average_return, by_linear_model
from models.curve import Member, ResponseCurve
from models.fit import fit
from models.period import Period
from models.saturation import Floats
from models.simulate import world

ROOT = Path(__file__).parents[1]
SAMPLERS = {
    "PyMC-Marketing": "pymc-marketing",
    "Google Meridian": "google-meridian",
    "mmm-framework": "mmm-framework",
}
PATIENCE = 1800.0  # seconds by the clock for one world
_ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
} | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True)
class Estimate:
    """What a tool makes of a case, in ``seconds`` of the processor.

    ``brought`` and ``marginal`` (C,) are the response to the current amounts and what one more unit
    of money would bring, NaN where it has no opinion; ``draws`` the same for (C, M) possible truths
    where it gives any. ``disagreement`` is a sampler's own doubt in itself.
    """

    curves: tuple[ResponseCurve, ...]
    brought: Floats
    marginal: Floats
    seconds: float
    draws: tuple[Floats, Floats] | None = None
    disagreement: float | None = None


class NoAnswer(Exception):
    """A tool that is not installed, or failed; says why."""


Tool = Callable[[Case], Estimate]


def reallot(case: Case) -> Estimate:
    """Our own fit, with its members for intervals."""
    start = time.process_time()
    curves = fit(case.world.history).curves
    seconds = time.process_time() - start
    brought, marginal = case.reads(curves)
    silent = np.array([not curve.known for curve in curves])
    brought[silent] = marginal[silent] = np.nan
    return Estimate(curves, brought, marginal, seconds, _draws(case, curves))


def ceiling(case: Case) -> Estimate:
    """The mean of what may be, by one who knows how worlds are drawn."""
    start = time.process_time()
    found = posterior(case.world)
    seconds = time.process_time() - start
    pairs = zip(case.world.truths, found.members, strict=True)
    curves = tuple(replace(truth, members=members) for truth, members in pairs)
    possible = possible_curves(case.world.history, curves)
    draws = case.reads(possible)
    brought, marginal = (draw.mean(axis=1) for draw in draws)
    apart = float(found.disagreement.max())
    return Estimate(case.averaged(possible), brought, marginal, seconds, draws, apart)


def average_return(case: Case) -> Estimate:
    """As in a spreadsheet, on attributed revenue even where the others see totals."""
    drawn = case.world
    start = time.process_time()
    curves = by_average_return(
        world(drawn.kind, drawn.seed, "both", len(drawn.history.tests)).history
    )
    return _straight(case, curves, time.process_time() - start)


def linear_model(case: Case) -> Estimate:
    """Regression on adstocked spend."""
    start = time.process_time()
    curves = by_linear_model(case.world.history)
    return _straight(case, curves, time.process_time() - start)


def sampler(name: str) -> Tool:
    """One of `SAMPLERS`.

    Raises NoAnswer where it is not installed, fails, or takes too long.
    """
    environment = SAMPLERS[name]
    python = ROOT / "build" / "peers" / environment / "bin" / "python"
    script = ROOT / "benchmarks" / "peers" / f"fit-{environment}.py"

    def ask(case: Case) -> Estimate:
        if not python.exists():
            raise NoAnswer("not installed")
        try:
            done = subprocess.run(
                [python, script],
                input=json.dumps(_told(case)),
                env=os.environ | _ONE_THREAD,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise NoAnswer(f"no answer in {PATIENCE:.0f} s") from None
        if done.returncode:
            raise NoAnswer(f"failed: {done.stderr.strip().splitlines()[-1:]}")
        answer = json.loads(done.stdout.splitlines()[-1])
        brought = np.array(answer["brought"])
        each = zip(case.world.history.channels, brought.T, case.current, strict=True)
        middle = len(MULTIPLES) // 2
        step = (MULTIPLES[middle + 1] - MULTIPLES[middle - 1]) * case.current
        return Estimate(
            tuple(through(*one) for one in each),
            brought[middle],
            (brought[middle + 1] - brought[middle - 1]) / step,
            answer["seconds"],
        )

    return ask


def _draws(case: Case, curves: tuple[ResponseCurve, ...]) -> tuple[Floats, Floats] | None:
    """Readings of every member, NaN for curves that have none; None where no curve has any."""
    number = max(len(curve.members) for curve in curves)
    if not number:
        return None
    none = np.array([not curve.members for curve in curves])
    alone = tuple(
        curve if curve.members else replace(curve, members=number * (_itself(curve),))
        for curve in curves
    )
    brought, marginal = case.reads(possible_curves(case.world.history, alone))
    brought[none] = marginal[none] = np.nan
    return brought, marginal


def _itself(curve: ResponseCurve) -> Member:
    return Member(curve.top, curve.half, curve.slope, curve.carryover)


def _straight(case: Case, curves: tuple[ResponseCurve, ...], seconds: float) -> Estimate:
    brought, marginal = case.reads(curves)
    return Estimate(curves, brought, marginal, seconds)


def _told(case: Case) -> dict[str, object]:
    """A world's totals, weeks without rows left out, and the quarter to be planned."""
    history = case.world.history
    if history.outcome is None or history.period is not Period.WEEK:
        raise NoAnswer("asked for weekly totals only")
    return {
        "starts": [day.isoformat() for day in history.starts],
        "channels": list(history.channels),
        "spend": history.spend.tolist(),
        "outcome": [None if np.isnan(y) else y for y in history.outcome.tolist()],
        "controls": {name: values.tolist() for name, values in history.controls.items()},
        "current": case.current.tolist(),
        "multiples": MULTIPLES.tolist(),
        "quarter": history.period.per_quarter,
    }
