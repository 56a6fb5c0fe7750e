"""Rules about lines that are planned from zero."""

from __future__ import annotations

from optimizer import rules
from reallot.project import Project
from reallot.project import policy as said


def packages(project: Project, policy: said.Policy) -> tuple[rules.Packages, ...]:
    """The rule over the packages of packages.csv, or none where there is no such file."""
    if not project.packages:
        return ()
    protect = policy.packages.protect
    protected = None if protect is None else rules.Protection(protect.class_, protect.conversion)
    return (rules.Packages(project.packages, protected),)
