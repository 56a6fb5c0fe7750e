"""The sample project is what its generator says it is."""

import csv
import tomllib

import pytest

from models.fit import fit
from reallot.project import read_project
from tests import sample_world
from tests.sample_world import CHANNELS, EVENTS, SAMPLE


@pytest.mark.parametrize(
    ("name", "content"),
    [("history.csv", sample_world.history()), ("budget.csv", sample_world.budget())],
)
def test_the_generator_writes_the_shipped_bytes(name: str, content: str) -> None:
    assert (SAMPLE / name).read_bytes() == content.encode()


def test_the_approved_budget_is_48_million_with_a_tenth_in_the_pool() -> None:
    with (SAMPLE / "budget.csv").open() as file:
        rows = [(row["channel"], int(row["amount"])) for row in csv.DictReader(file)]
    assert sum(amount for _, amount in rows) == 48_000_000
    assert sum(amount for channel, amount in rows if channel == "reserve") == 4_800_000


def test_the_policy_and_the_budget_name_the_same_channels() -> None:
    policy = tomllib.loads((SAMPLE / "reallot.toml").read_text())
    named = [channel["name"] for channel in policy["channel"]]
    assert named == [truth.name for truth in sample_world.EVERY]


def test_the_fitted_curves_are_near_the_truth_around_the_budget() -> None:
    """Response within 5 %, and what a step from -20 % to +20 % brings within 40 %."""
    history = read_project(SAMPLE).history
    assert history is not None
    curves = fit(history)
    for truth in CHANNELS:
        curve = curves[truth.name]
        weekly = [factor * truth.week for factor in (0.8, 1.0, 1.2)]
        fitted = [float(curve.at(money / (1 - curve.carryover))) for money in weekly]
        true = [truth.steady_response(money) for money in weekly]
        assert fitted == pytest.approx(true, rel=0.05), truth.name
        assert fitted[2] - fitted[0] == pytest.approx(true[2] - true[0], rel=0.4), truth.name


def test_what_nobody_can_know_is_said_to_be_a_guess() -> None:
    history = read_project(SAMPLE).history
    assert history is not None
    curves = fit(history).curves
    assert [curve.channel for curve in curves if curve.diagnostics.flags] == [EVENTS.name]
