"""Small plans for what people open, planned by the real optimizer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from models import Period, ResponseCurve
from models.curve import FitDiagnostics, Member
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.plan import Plan
from optimizer.problem import AllocationProblem
from optimizer.reallocate import reallocate
from optimizer.rules import Band, Budget, Elasticity, Floor, Held, Reserve

ORDINARY = ("Search", "TV", "Short Video", "Radio")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1 (a) & \"b\", 'c'",
    "-2; <script>alert(1)</script>",
    "@SUM(A1:A9)",
    "\tTab and\nnewline",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} ${x}",
    "抖音直播，品牌 🎬",
    "长" * 200,
)
QUARTERS = ("2027Q1", "2027Q2")


def problem_of(names: tuple[str, ...] = ORDINARY, **fields: Any) -> AllocationProblem:
    """Channels of different worth, a pool of 100 a quarter, ±20 %; the last one is held."""
    count = len(names)
    channels = tuple(
        Channel(name, _curve(name, number, known=number < count - 1), f"unit {number % 2}")
        for number, name in enumerate(names)
    )
    current = np.array([[1000.0 + 137.35 * c, 1200.0 - 50.0 * (c % 9)] for c in range(count)])
    pool = np.array([100.0, 100.0])
    cells = current.shape
    rules = (
        Budget(),
        Reserve(None),
        Elasticity(Band(0.2, 0.2)),
        Held(frozenset(names[-1:])),
    )
    problem = AllocationProblem(
        scenario="base",
        currency="CNY",
        first_day=date(2027, 1, 1),
        quarters=QUARTERS,
        channels=channels,
        current=current,
        current_pool=pool,
        budget=current.sum(axis=0) + pool,
        demand=np.ones(cells),
        media_price=np.ones(cells),
        pacing=(None,) * count,
        rules=rules,
        warnings=(f"{names[-1]} is held: its history holds no signal.",),
    )
    return replace(problem, **fields)


@cache
def plan_of(names: tuple[str, ...] = ORDINARY, scenario: str = "base") -> Plan:
    """The plan of `problem_of` these channels."""
    return reallocate(problem_of(names, scenario=scenario))


@cache
def bent_plan() -> Plan:
    """A plan in which the elasticity of TV gave way to its floor in both quarters."""
    rules = (Budget(), Reserve(None), Elasticity(Band(0.2, 0.2)), Floor({"TV": 1500.0}))
    bends = {("elasticity", "TV"): 4, ("elasticity", "Search"): 4}
    return reallocate(problem_of(rules=rules, bends=bends))


@cache
def unsure_plan(names: tuple[str, ...] = ORDINARY, scenario: str = "base") -> Plan:
    """A plan of curves with 100 members each; that of the second channel is weak."""
    problem = problem_of(names, scenario=scenario)
    chance = np.random.default_rng(1)
    channels = []
    for number, channel in enumerate(problem.channels):
        curve = channel.curve
        assert curve is not None
        wide = 0.6 if number == 1 else 0.1
        members = tuple(
            Member(float(factor * curve.top), curve.half, curve.slope, curve.carryover)
            for factor in chance.lognormal(0.0, wide, 100)
        )
        flags = ("weak",) if number == 1 else ()
        diagnostics = replace(curve.diagnostics, flags=flags)
        unsure = replace(curve, members=members, diagnostics=diagnostics)
        channels.append(replace(channel, curve=unsure))
    return reallocate(replace(problem, channels=tuple(channels)))


def _curve(name: str, number: int, *, known: bool) -> ResponseCurve:
    return ResponseCurve(
        channel=name,
        form=Form.HILL,
        top=400.0 + 350.0 * number,
        half=120.0,
        slope=1.0 + 0.2 * number,
        carryover=0.1 * (number % 3),
        period=Period.WEEK,
        known=known,
        observed=(20.0, 300.0),
        diagnostics=FitDiagnostics("attributed", 104, 0.91, 0.084, 0.2, (f"{name}: a note.",)),
    )
