"""The rulebook: the rules that a project's policy names, from the general to the particular."""

from __future__ import annotations

from dataclasses import dataclass

from models.curve import Curves
from optimizer.channel import Channel
from optimizer.rules import Budget
from optimizer.rules.rule import Rule
from reallot.project import Project
from reallot.project.policy import Policy
from reallot.rulebook.amounts import amounts
from reallot.rulebook.changes import changes
from reallot.rulebook.elasticity import elasticity, moves
from reallot.rulebook.grading import graded
from reallot.rulebook.mixes import layers, lifecycle
from reallot.rulebook.order import order_of
from reallot.rulebook.packages import packages
from reallot.rulebook.pilots import pilots
from reallot.rulebook.reserves import reserve, reserves
from reallot.rulebook.resources import resources
from reallot.rulebook.shares import capacities, ratios, shares
from reallot.rulebook.targets import returns, target_warnings, targets
from reallot.rulebook.tiers import earmark, exploration, tiers
from reallot.values import Results


@dataclass(frozen=True)
class Rulebook:
    """The rules of one scenario, and what to know about them."""

    rules: tuple[Rule, ...]
    warnings: tuple[str, ...]


def rules_of(
    project: Project,
    policy: Policy,
    channels: tuple[Channel, ...],
    curves: Curves,
    results: Results,
) -> Rulebook:
    """The rules that the policy names; without a key, there is no rule."""
    grades = graded(project, policy, channels, curves)
    order = order_of(policy, channels, grades, project.from_zero)
    named: tuple[Rule, ...] = (
        Budget(),
        *reserve(policy),
        *reserves(policy),
        *elasticity(policy, channels),
        *changes(policy, order),
        *moves(policy),
        *amounts(policy, channels, order),
        *returns(policy, channels, results),
        *shares(policy),
        *ratios(policy),
        *resources(policy),
        *capacities(policy),
        *tiers(grades, order),
        *exploration(policy, grades),
        *earmark(policy, grades, order),
        *pilots(policy),
        *layers(policy),
        *lifecycle(policy),
        *targets(project, policy, curves, results),
        *packages(project, policy),
    )
    warnings = (*grades.warnings, *order.warnings)
    return Rulebook(named, (*warnings, *target_warnings(project, policy, channels, results)))
