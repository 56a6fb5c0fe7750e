"""Targets: what was asked for, and what the plan reaches."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.plan import Plan

TARGET = "target"


@dataclass(frozen=True)
class Reached:
    """One target; ``asked`` and ``reached`` in ``unit``, ``met`` unless it had to give way."""

    key: str
    asked: float
    reached: float
    unit: str
    met: bool

    @property
    def name(self) -> str:
        """The target in words."""
        return self.key.replace("_", " ")


def targets_of(plan: Plan) -> tuple[Reached, ...]:
    """The plan's targets, in the policy's order."""
    missed = {bent.key for bent in plan.bent if bent.rule == TARGET}
    return tuple(
        Reached(entry.key, entry.limit, entry.used, entry.unit, entry.key not in missed)
        for entry in plan.rules
        if entry.rule == TARGET
    )
