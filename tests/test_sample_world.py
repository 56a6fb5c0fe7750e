"""The sample project is what its generator says it is."""

import csv
import tomllib

import pytest

from tests import sample_world
from tests.sample_world import SAMPLE


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
