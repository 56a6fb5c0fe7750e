"""What some files say and a plan does not use, as the others do not fit it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from models.curve import ResponseCurve
from models.history import History
from reallot.project.budget import Budget
from reallot.project.cells import by_its_cells
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Policy


def of_channels_apart(
    policy: Policy, budget: Budget, with_curve: Collection[str], from_zero: Collection[str]
) -> Iterator[str]:
    """Channels that stand in the budget or have a curve (or will have one), but not both."""
    kept = {fund.channel for fund in policy.funds}
    like = {entry.name for entry in policy.channel if entry.like}
    for channel in with_curve:
        if channel not in budget.channels:
            near = by_its_cells(budget.cells, channel) or did_you_mean(
                channel, set(budget.channels) - set(with_curve)
            )
            yield (
                f"{channel} has a history or a curve but no row in budget.csv: "
                f"it is not planned.{near}"
            )
    for channel in budget.channels:
        if channel in from_zero:
            yield (
                f"{channel} is planned from zero by its packages: what its approved budget "
                "brings is not known, and counts as nothing."
            )
        elif channel not in with_curve and channel not in kept and channel not in like:
            near = did_you_mean(channel, set(with_curve) - set(budget.channels))
            yield (
                f"{channel} is in budget.csv but has neither history nor curve: "
                f"it is held at its budget.{near}"
            )


def of_unused_tests(history: History | None, given: Sequence[ResponseCurve]) -> Iterator[str]:
    """Lift tests of channels whose curves are given."""
    known = {curve.channel for curve in given}
    tests = () if history is None else history.tests
    for channel in dict.fromkeys(test.channel for test in tests if test.channel in known):
        yield f"{channel}: its lift tests are not used, as curves.csv says what it brings."
