"""Similar channels: their curves stand in where a history does not show what a channel brings."""

from __future__ import annotations

from dataclasses import replace

from models.curve import Curves, ResponseCurve
from models.similar import assumed
from reallot.errors import Finding, InputError
from reallot.project import Project
from reallot.project import policy as said
from reallot.project.project import POLICY
from reallot.project.similar_checks import similar_to


def with_assumed(project: Project, curves: Curves) -> Curves:
    """The curves, with those that are assumed in place of those that are not known.

    A channel whose own curve is known keeps it; one that is like channels of which none is known
    stays as it is. InputError where the curves of similar channels have no mean.
    """
    by_name = {curve.channel: curve for curve in curves.curves}
    found = dict(by_name)
    warnings = list(curves.warnings)
    findings: list[Finding] = []
    for entry in (entry for entry in project.policy.channel if entry.like):
        own = by_name.get(entry.name)
        if own is not None and own.known:
            warnings.append(f"{entry.name}: like is not used, as it has a curve of its own.")
            continue
        named = similar_to(entry.like, project.budget.cells)
        known = [by_name[name] for name in named if _shows(by_name[name])]
        if unknown := [name for name in named if not _shows(by_name[name])]:
            warnings.append(
                f"{entry.name} cannot be like {', '.join(unknown)}: what they bring is not known."
            )
        if not known:
            continue
        try:
            found[entry.name] = assumed(entry.name, known)
        except ValueError as error:
            findings.append(_unlike(entry, error))
            continue
        warnings = _instead(warnings, own, found[entry.name])
    if findings:
        raise InputError(findings)
    return replace(curves, curves=tuple(found.values()), warnings=tuple(warnings))


def _shows(curve: ResponseCurve) -> bool:
    return curve.known and curve.top > 0


def _instead(warnings: list[str], own: ResponseCurve | None, stand_in: ResponseCurve) -> list[str]:
    """The warnings, with those about the curve that stands in for those about the unknown one."""
    name = stand_in.channel
    rest, why = warnings, []
    if own is not None:
        notes = {f"{name}: {note}" for note in own.diagnostics.notes}
        rest = [warning for warning in warnings if warning not in notes]
        why = [f"{name}: its own history does not show what it brings, and is not used."]
    return [*rest, *why, *(f"{name}: {note}" for note in stand_in.diagnostics.notes)]


def _unlike(entry: said.Channel, error: ValueError) -> Finding:
    expected = "Name channels whose curves have the same form and period."
    return Finding(POLICY, None, f"like of {entry.name}", str(error), expected)
