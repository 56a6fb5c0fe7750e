"""The rulebook: the rules that a project's policy names, from the general to the particular."""

from __future__ import annotations

from dataclasses import dataclass

from models.curve import Curves
from optimizer.problem import Channel
from optimizer.rules import Budget
from optimizer.rules.rule import Rule
from reallot.project import Project
from reallot.project.policy import Policy
from reallot.rulebook.amounts import amounts
from reallot.rulebook.elasticity import elasticity
from reallot.rulebook.grading import graded
from reallot.rulebook.mixes import layers, lifecycle
from reallot.rulebook.reserves import reserve, reserves
from reallot.rulebook.shares import shares, tiers


@dataclass(frozen=True)
class Rulebook:
    """The rules of one scenario, and what to know about them."""

    rules: tuple[Rule, ...]
    warnings: tuple[str, ...]


def rules_of(
    project: Project, policy: Policy, channels: tuple[Channel, ...], curves: Curves
) -> Rulebook:
    """The rules that the policy names; without a key, there is no rule."""
    grades = graded(project, policy, channels, curves)
    named: tuple[Rule, ...] = (
        Budget(),
        *reserve(policy),
        *reserves(policy),
        *elasticity(policy, channels),
        *amounts(policy, channels, grades),
        *shares(policy),
        *tiers(policy, channels, grades),
        *layers(policy),
        *lifecycle(policy),
    )
    return Rulebook(named, grades.warnings)
