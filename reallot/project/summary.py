"""What a check says of a project in which nothing is wrong."""

from __future__ import annotations

from reallot.project.project import Project


def lines(project: Project) -> list[str]:
    """Its money, history and scenarios, and what should be known of them."""
    budget, history = project.budget, project.history
    money = f"{sum(budget.totals):,} {project.policy.plan.currency}"
    said = [
        f"{project.name}: nothing is wrong.",
        f"Budget: {money} in {', '.join(budget.quarters)}, {len(budget.channels)} channels",
    ]
    if history is not None:
        first, last = history.starts[0], history.starts[-1]
        results = [*history.attributed, *(["total revenue"] if history.outcome is not None else [])]
        said.append(
            f"History: {len(history.starts)} {history.period}s, {first} to {last}, "
            f"{len(history.channels)} channels, with {', '.join(results) or 'no results'}"
        )
    if project.given:
        said.append(f"Curves given: {', '.join(curve.channel for curve in project.given)}")
    said.append(f"Scenarios: {', '.join(project.scenarios)}")
    return [*said, *(f"Note: {warning}" for warning in project.warnings)]


def document(project: Project) -> dict[str, object]:
    """The same for programs: that there are no errors, and what should be known."""
    return {"errors": [], "warnings": project.warnings}
