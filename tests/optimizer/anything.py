"""Anything a planner may ask for: random small problems over every curve, rule and objective."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models import Period
from models.saturation import Form
from optimizer.channel import Channel
from optimizer.problem import AllocationProblem, Objective
from optimizer.rules import (
    Band,
    CacCeiling,
    Cap,
    Ceiling,
    Committed,
    CostOfResult,
    Elasticity,
    FixedCost,
    Floor,
    Held,
    Launch,
    Moves,
    Part,
    Reserve,
    RoiFloor,
    RoiTarget,
    Share,
    Target,
    Tier,
    Tiers,
)
from optimizer.rules.rule import Rule
from tests.optimizer.oracles import World
from tests.optimizer.worlds import channel, problem

SLOPES = (0.4, 0.7, 1.0, 1.5, 2.0, 4.0, 6.0, 9.0)


def any_problem(seed: int, most_channels: int = 4, most_quarters: int = 3) -> AllocationProblem:
    """A random problem; most have a plan, some cannot have one."""
    return _Dice(seed, most_channels, most_quarters).problem()


class _Dice:
    def __init__(self, seed: int, most_channels: int, most_quarters: int) -> None:
        self.random = np.random.default_rng(seed)
        self.count = int(self.random.integers(1, most_channels + 1))
        self.quarters = int(self.random.choice([1, 1, *range(1, most_quarters + 1)]))
        self.minor = 0.01
        self.scale = 10.0 ** float(self.random.integers(3, 8))
        if self.often(0.2):
            self.scale, self.minor = 10.0 ** float(self.random.integers(-2, 13)), 0.0
        self.period = self.one(*Period)
        self.objective: Objective = self.one("response", "response", "profit", "spend")

    def often(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def one(self, *things: Any) -> Any:
        return things[int(self.random.integers(len(things)))]

    def near(self, low: float, high: float) -> float:
        return float(self.random.uniform(low, high))

    def money(self, share: float) -> float:
        return float(np.round(self.scale * share, 2)) if self.minor else self.scale * share

    def problem(self) -> AllocationProblem:
        current = self._current()
        channels = self._channels()
        pool = np.round(self.near(0, 0.2) * current.sum(axis=0), 2) if self.often(0.5) else 0.0
        total = current.sum(axis=0) + pool
        budget = None
        if self.often(0.25):
            budget = np.round(total * self.one(0.8, 0.95, 1.1, 1.3), 2)
        pacing = tuple(self._pacing(one) for one in channels)
        ones = np.ones_like(current)
        bare = problem(
            channels,
            current,
            pool=pool,
            budget=budget,
            objective=self.objective,
            shift=self.one(0.0, 0.0, 0.1) if self.quarters > 1 else 0.0,
            demand=ones * (self.random.uniform(0.5, 1.5, ones.shape) if self.often(0.4) else 1.0),
            media_price=ones * (self.near(0.8, 1.3) if self.often(0.4) else 1.0),
            pacing=pacing,
            minor_unit=self.minor,
            time_limit=60.0,
        )
        rules = [rule for rule in bare.rules if not isinstance(rule, Reserve)]
        return replace(bare, rules=(*rules, *self._rules(bare)))

    def _current(self) -> np.ndarray:
        share = self.random.uniform(0.05, 1.0, (self.count, self.quarters))
        current = self.scale * share
        if self.minor:
            current = np.round(current, 2)
        if self.often(0.3):
            current[int(self.random.integers(self.count))] = 0.0
        if self.often(0.005):
            current[:] = 0.0
        return current

    def _channels(self) -> tuple[Channel, ...]:
        channels: list[Channel] = []
        rho = self.one(0.0, 0.0, 0.3, 0.8)
        for c in range(self.count):
            name = f"c{c}"
            unit, tags = self.one("online", "offline"), (self.one("core", "brand"),)
            if channels and self.often(0.15):
                twin = channels[-1]
                channels.append(replace(twin, name=name))
                continue
            if self.often(0.05):
                channels.append(Channel(name, None, unit, frozenset(tags)))
                continue
            form = self.one(*[Form.HILL] * 5, *Form)
            slope = self.one(*SLOPES) if form is Form.HILL else self.one(0.4, 0.8, 1.0, 1.5)
            typical = self.scale / 2 / self.period.per_quarter / (1 - rho)
            one = channel(
                name,
                top=0.0 if self.often(0.05) else typical * (1 - rho) * self.near(0.3, 12),
                half=typical * self.near(0.1, 4.0),
                slope=slope,
                carryover=rho,
                period=self.period,
                form=form,
                unit=unit,
                tags=tags,
            )
            extra = {}
            if self.often(0.15):
                extra["fixed_cost"] = self.money(self.near(0.02, 0.3))
            if self.often(0.15):
                extra["cost_of_result"] = self.near(0.02, 0.3)
            if self.often(0.3):
                extra["value"] = self.one(0.35, 1.2, 3.0)
            channels.append(replace(one, **extra))
        return tuple(channels)

    def _pacing(self, of: Channel) -> tuple[float, ...] | None:
        if of.curve is None or not self.often(0.2):
            return None
        shares = np.zeros(of.curve.period.per_quarter)
        shares[: max(1, len(shares) // 4)] = 1.0
        if self.often(0.5):
            shares = self.random.uniform(0, 1, len(shares)) ** 3
        return tuple((shares / shares.sum()).tolist())

    def _rules(self, bare: AllocationProblem) -> list[Rule]:
        world = World(bare)
        names, total = bare.names, float(bare.budget.sum())
        rules: list[Rule] = [FixedCost(), CostOfResult()]
        pool = float(bare.current_pool.sum()) / total if total else 0.0
        low = self.near(0.3, 1.0) * pool
        rules.append(Reserve((low, low + self.near(0, 0.2)) if self.often(0.3) else None))
        fixed: frozenset[str] = frozenset()
        if self.often(0.12):
            fixed = frozenset({self.one(*names)})
            rules.append(Committed(fixed) if self.often(0.5) else Held(fixed))
        if self.often(0.65):
            width = self.one(0.0, 0.1, 0.3, 0.6, 1.0)
            unit = {"offline": Band(0.05, 0.05)} if self.often(0.3) else {}
            own = {self.one(*names): Band(0.5, 0.1)} if self.often(0.3) else {}
            rules.append(Elasticity(Band(width, self.one(1, 2) * width), unit, own))
        if self.often(0.15):
            name = self.one(*names)
            least = float(bare.current[names.index(name)].min())
            rules.append(Floor({name: least * self.near(0.2, 1)}))
        if self.often(0.15):
            name = self.one(*names)
            most = float(bare.current[names.index(name)].max())
            rules.append(Cap({name: most * self.near(1, 1.5) + self.money(0.01)}))
        if self.often(0.25):
            amounts = {name: self.money(self.near(0.05, 0.5)) for name in names if self.often(0.5)}
            rules.append(Launch(amounts))
        if self.often(0.2):
            least = self.money(self.near(0.02, 0.2)) if self.often(0.5) else None
            most = int(self.random.integers(1, self.count + 1)) if self.often(0.7) else None
            rules.append(Moves(most, least))
        if self.often(0.2):
            tag, each = self.one("core", "brand"), self.often(0.3)
            members = [c for c, one in enumerate(bare.channels) if tag in one.tags]
            if members:
                part = float(world.base[members].sum()) / total if total else 0.0
                within = Part(units=frozenset({"online"})) if self.often(0.2) else None
                band = max(0.0, part - self.near(0, 0.2)), min(1.0, part + self.near(0, 0.2))
                rules.append(Share(tag, Part(tags=frozenset({tag})), band, within, each))
        if self.often(0.12):
            grades = {name: self.one("S", "A", "out") for name in names}
            tiers = {"S": Tier((5, np.inf), (0.0, self.near(0.3, 1))), "A": Tier((1, 5))}
            if self.often(0.3):
                tiers["out"] = Tier((0, 1))
            rules.append(Tiers(tiers, grades, fixed))
        rules += self._returns(world)
        return rules

    def _returns(self, world: World) -> list[Rule]:
        """Rules about what money brings, near what it brings now."""
        rules: list[Rule] = []
        brought = world.responses(world.base).sum(axis=1)
        spent, names = world.base.sum(axis=1), world.problem.names
        if self.objective == "spend" or self.often(0.12):
            rules.append(Target("response", float(brought.sum()) * self.near(0.6, 1.15), "CNY"))
        if self.often(0.1) and spent.sum() > 0:
            rules.append(RoiTarget(float(brought.sum() / spent.sum()) * self.near(0.6, 1.15)))
        paid = [c for c in range(len(names)) if brought[c] > 1e-3 * spent[c] > 0]
        if paid and self.often(0.15):
            c = self.one(*paid)
            rules.append(RoiFloor({names[c]: float(brought[c] / spent[c]) * self.near(0.6, 1.2)}))
        if paid and self.often(0.15):
            c = self.one(*paid)
            cost = 10 * float(spent[c] / brought[c]) * self.near(0.8, 1.4)
            rules.append(CacCeiling({names[c]: Ceiling(cost, 0.1)}))
        return rules
