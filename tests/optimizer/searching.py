"""A search for plans by trial and error: what it finds must not exceed a bound."""

from __future__ import annotations

import numpy as np

from optimizer.problem import AllocationProblem
from optimizer.rules import Elasticity, FixedCost, Launch, Moves, Reserve
from tests.optimizer.oracles import Table, World


class Search:
    """Money moved about between channels, pool and what stays unspent, kept where it helps."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.problem: AllocationProblem = world.problem
        self.random = np.random.default_rng(seed)
        self.free_pool = any(
            isinstance(rule, Reserve) and rule.share is not None for rule in self.problem.rules
        )
        self.marks = self._marks()

    def best(self, starts: list[tuple[Table, Table]], tries: int) -> tuple[float, Table, Table]:
        """The best plan found from these starts within the rules; minus infinity where none."""
        found = (-np.inf, *starts[0])
        for start in starts:
            value, spend, pool = self._climb(*start, tries // len(starts))
            if value > found[0]:
                found = (value, spend, pool)
        return found

    def _judge(self, spend: Table, pool: Table) -> tuple[float, float]:
        """How much is broken (negative), then the objective: larger is better."""
        broken = -sum(self.world.broken(spend, pool).values())
        return broken, self.world.objective(spend)

    def _climb(self, spend: Table, pool: Table, tries: int) -> tuple[float, Table, Table]:
        spend, pool = spend.copy(), pool.copy()
        here = self._judge(spend, pool)
        reach = 1.0
        for _ in range(tries):
            moved = self._moved(spend, pool, reach)
            if moved is None:
                continue
            there = self._judge(*moved)
            if there > here:
                (spend, pool), here = moved, there
                reach = min(1.0, 2 * reach)
            else:
                reach = max(1e-4, 0.97 * reach)
        return (here[1] if here[0] == 0 else -np.inf), spend, pool

    def _moved(self, spend: Table, pool: Table, reach: float) -> tuple[Table, Table] | None:
        """Some money taken from one place and given to another."""
        random, problem = self.random, self.problem
        channels, quarters = spend.shape
        places = np.vstack([spend, pool, problem.budget - spend.sum(axis=0) - pool])
        rows = [*range(channels)]
        if self.free_pool:
            rows.append(channels)
        if problem.objective != "response":
            rows.append(channels + 1)
        q = p = int(random.integers(quarters))
        if problem.shift > 0 and random.random() < 0.3:
            p = int(random.integers(quarters))
        give, take = (int(random.choice(rows)) for _ in range(2))
        if (give, q) == (take, p):
            return None
        amount = self._amount(places, (give, q), (take, p), reach)
        if amount <= 0:
            return None
        places[give, q] -= amount
        places[take, p] += amount
        places[np.abs(places) < 1e-12 * problem.budget.sum()] = 0.0
        return places[:channels], places[channels]

    def _amount(
        self, places: Table, give: tuple[int, int], take: tuple[int, int], reach: float
    ) -> float:
        random = self.random
        have = float(places[give])
        kind = random.random()
        if kind < 0.5:
            return have * reach * float(random.random())
        if kind < 0.6:
            return have
        if kind < 0.8:
            marks = self.marks.get(give, [])
            return have - float(random.choice(marks)) if marks else have
        marks = self.marks.get(take, [])
        return float(random.choice(marks)) - float(places[take]) if marks else have / 2

    def _marks(self) -> dict[tuple[int, int], list[float]]:
        """Amounts at which something about a channel changes."""
        marks: dict[tuple[int, int], list[float]] = {}
        for c, channel in enumerate(self.problem.channels):
            for q in range(len(self.problem.quarters)):
                base = float(self.world.base[c, q])
                at = [0.0, base]
                for rule in self.problem.rules:
                    if isinstance(rule, Elasticity) and rule.default:
                        at += [base * (1 - rule.default.down), base * (1 + rule.default.up)]
                    if isinstance(rule, Launch) and channel.name in rule.amounts:
                        at.append(rule.amounts[channel.name])
                    if isinstance(rule, Moves) and rule.least is not None:
                        at += [base + rule.least, max(base - rule.least, 0.0)]
                    if isinstance(rule, FixedCost):
                        at.append(channel.fixed_cost)
                marks[c, q] = at
        return marks


def best_by_lots(world: World, count: int) -> Table:
    """(C, 1) the best split of one quarter's channel money in equal lots, other rules aside.

    Dynamic programming over channels; each channel's own rules are asked of it alone.
    """
    problem = world.problem
    money = float(problem.budget[0] - problem.current_pool[0])
    lots = np.arange(count + 1) * money / count
    best, choice = np.full(count + 1, -np.inf), []
    best[0] = 0.0
    for c in range(len(problem.channels)):
        gain = np.array([world.worth_alone(c, lot) for lot in lots])
        reached = np.full(count + 1, -np.inf)
        taken = np.zeros(count + 1, dtype=int)
        for k in np.flatnonzero(gain > -np.inf).tolist():
            through = best[: count + 1 - k] + gain[k]
            better = through > reached[k:]
            reached[k:] = np.where(better, through, reached[k:])
            taken[k:] = np.where(better, k, taken[k:])
        best = reached
        choice.append(taken)
    left = count if problem.objective == "response" else int(np.argmax(best))
    split = np.zeros((len(problem.channels), 1))
    for c in reversed(range(len(problem.channels))):
        split[c, 0] = lots[choice[c][left]]
        left -= int(choice[c][left])
    return split
