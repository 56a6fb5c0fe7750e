"""[packages]: which decision packages are funded in any case."""

from __future__ import annotations

from pydantic import Field

from reallot.project.policy.types import Fraction, Section


class Protect(Section):
    """Packages of a class that convert above a rate (a share) are funded in any case."""

    class_: str = Field(alias="class")
    conversion: Fraction


class Packages(Section):
    """[packages]: what holds for all of packages.csv."""

    protect: Protect | None = None
