"""[exploration]: money set aside for a tier."""

from __future__ import annotations

from typing import Literal

from reallot.project.policy.types import Fraction, Section


class Exploration(Section):
    """[exploration]: the least share of the whole budget for the channels of a tier."""

    share: Fraction
    tier: Literal["S", "A", "B"] = "B"
