"""Grading: which tier each channel's returns put it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.curve import Curves
from models.returns import monthly_returns
from optimizer import rules
from optimizer.channel import Channel
from optimizer.rules.tiers import OUT
from reallot.project import Project
from reallot.project.policy import Policy

# The window of the graded multiple, in months.
YEAR = 12


@dataclass(frozen=True)
class Grades:
    """The tiers that a policy names and the grade of every channel that has one, by name."""

    tiers: Mapping[str, rules.Tier] = field(default_factory=dict)
    by_channel: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def of(self, tier: str) -> frozenset[str]:
        """The channels with this grade."""
        return frozenset(name for name, grade in self.by_channel.items() if grade == tier)

    @property
    def stopped(self) -> frozenset[str]:
        """Channels whose grade stops them."""
        return self.of(OUT)


def graded(
    project: Project, policy: Policy, channels: tuple[Channel, ...], curves: Curves
) -> Grades:
    """The channels' grades, and which of them rest on few months."""
    named = policy.tiers.named
    if not named or project.history is None:
        return Grades()
    tiers = {name: rules.Tier(tier.roi, tier.share, tier.months) for name, tier in named.items()}
    returns = monthly_returns(project.history, curves)
    monthly: dict[str, tuple[float, ...]] = {}
    year: dict[str, float] = {}
    warnings = []
    for channel in (channel for channel in channels if channel.name not in project.from_zero):
        months = returns.months(channel.name)
        if not months:
            continue
        monthly[channel.name] = returns.monthly_roi(channel.name, months)
        year[channel.name] = returns.roi(channel.name, min(YEAR, months))
        if months < YEAR:
            warnings.append(f"{channel.name} is graded on {months} months: it has no more.")
    return Grades(tiers, rules.grade(tiers, monthly, year), tuple(warnings))
