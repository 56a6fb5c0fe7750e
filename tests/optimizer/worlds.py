"""Small planners' worlds to test the engine in."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from models import Period, ResponseCurve
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.problem import Allocation, AllocationProblem
from optimizer.rules import Band, Budget, Elasticity, Floor, Part, Reserve, Share
from optimizer.rules.rule import Rule


def channel(
    name: str,
    top: float = 900.0,
    half: float = 400.0,
    slope: float = 1.0,
    carryover: float = 0.0,
    period: Period = Period.QUARTER,
    form: Form = Form.HILL,
    unit: str | None = None,
    tags: tuple[str, ...] = (),
) -> Channel:
    curve = ResponseCurve(name, form, top, half, slope, carryover, period)
    return Channel(name, curve, unit, frozenset(tags))


def problem(
    channels: tuple[Channel, ...],
    current: Any,
    rules: tuple[Rule, ...] = (),
    pool: Any = 0.0,
    budget: Any = None,
    **fields: Any,
) -> AllocationProblem:
    """A problem whose budget is spent in full; the pool stays unless a Reserve rule is given."""
    spend = np.array(current, dtype=float).reshape(len(channels), -1)
    quarters = spend.shape[1]
    pools = np.full(quarters, 1.0) * pool
    if not any(isinstance(rule, Reserve) for rule in rules):
        rules = (*rules, Reserve())
    values: dict[str, Any] = {
        "scenario": "base",
        "currency": "CNY",
        "first_day": date(2027, 1, 1),
        "quarters": tuple(f"2027Q{q + 1}" for q in range(quarters)),
        "channels": channels,
        "current": spend,
        "current_pool": pools,
        "budget": spend.sum(axis=0) + pools if budget is None else np.full(quarters, 1.0) * budget,
        "demand": np.ones_like(spend),
        "media_price": np.ones_like(spend),
        "pacing": (None,) * len(channels),
        "rules": (Budget(), *rules),
    }
    return AllocationProblem(**{**values, **fields})


def with_rules(base: AllocationProblem, *rules: Rule) -> AllocationProblem:
    """The same problem under other rules, a budget spent in full and an unmoved pool first."""
    given = (Budget(), *rules)
    if not any(isinstance(rule, Reserve) for rule in rules):
        given = (*given, Reserve())
    return replace(base, rules=given)


def allocation(base: AllocationProblem, spend: Any, pool: Any = None) -> Allocation:
    amounts = np.array(spend, dtype=float).reshape(base.current.shape)
    pools = base.current_pool if pool is None else np.full(len(base.quarters), 1.0) * pool
    return Allocation.of(base, amounts, pools)


@st.composite
def worlds(draw: st.DrawFn, most_channels: int = 4, most_quarters: int = 3) -> AllocationProblem:
    """Random problems that their current budget solves, so that a plan always exists."""
    count = draw(st.integers(1, most_channels))
    quarters = draw(st.integers(1, most_quarters))
    scale = 10.0 ** draw(st.integers(1, 9))
    period = draw(st.sampled_from(list(Period)))
    share = st.floats(0.01, 1.0)
    current = np.round(
        scale * np.array([[draw(share) for _ in range(quarters)] for _ in range(count)]), 2
    )
    if draw(st.booleans()):
        current[draw(st.integers(0, count - 1))] = 0.0
    channels = []
    for c in range(count):
        form = draw(st.sampled_from(list(Form)))
        carryover = draw(st.sampled_from([0.0, 0.3, 0.7]))
        slope = draw(st.floats(0.4, 5.0)) if form is Form.HILL else draw(st.floats(0.4, 1.6))
        typical = scale / 2 / period.per_quarter / (1 - carryover)
        channels.append(
            channel(
                f"channel {c}",
                top=typical * draw(st.floats(0.0, 10.0)),
                half=typical * draw(st.floats(0.2, 4.0)),
                slope=slope,
                carryover=carryover,
                period=period,
                form=form,
                unit=draw(st.sampled_from(["ecommerce", "offline"])),
                tags=tuple(draw(st.sets(st.sampled_from(["core", "brand"])))),
            )
        )
    pool = np.round(0.1 * current.sum(axis=0) + 0.01, 2)
    return problem(
        tuple(channels),
        current,
        rules=_rules(draw, tuple(channels), current, pool),
        pool=pool,
        demand=np.full(current.shape, draw(st.floats(0.5, 1.5))),
        media_price=np.full(current.shape, draw(st.floats(0.8, 1.3))),
        time_limit=20.0,
    )


def _rules(
    draw: st.DrawFn, channels: tuple[Channel, ...], current: np.ndarray, pool: np.ndarray
) -> tuple[Rule, ...]:
    """Rules that the current budget keeps."""
    rules: list[Rule] = []
    width = draw(st.sampled_from([0.0, 0.1, 0.3, 1.0]))
    unit = {"offline": Band(0.05, 0.05)} if draw(st.booleans()) else {}
    rules.append(Elasticity(default=Band(width, 2 * width), unit=unit))
    if draw(st.booleans()):
        rules.append(Floor({channels[0].name: float(current[0].min()) / 2}))
    core = Part(tags=frozenset({"core"}))
    members = [c for c, channel in enumerate(channels) if core.has(channel)]
    if members and draw(st.booleans()):
        part = current[members].sum() / (current.sum() + pool.sum())
        rules.append(Share("core", core, (max(0.0, part - 0.1), min(1.0, part + 0.1))))
    if draw(st.booleans()):
        held = pool.sum() / (current.sum() + pool.sum())
        rules.append(Reserve((held / 2, min(1.0, held * 1.5))))
    return tuple(rules)
