"""What values and targets need of the other files: margins, something to reach, columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from models.history import History
from reallot.errors import Finding, quoted
from reallot.project.policy import Policy
from reallot.project.toml_file import Key, TomlFile

# Which results of the history a channel's key counts, any one of them.
_COUNTED = {
    "lifetime_value": ("new_customers",),
    "cac_ceiling": ("new_customers", "conversions"),
    "exposure_value": ("exposures",),
}


def check_values(
    policy: Policy,
    file: TomlFile,
    planned: Collection[str] | None,
    has_history: bool,
    history: History | None,
) -> Iterator[Finding]:
    """Problems of objective, values and targets; arguments as in `check_policy`.

    ``history`` is None where there is none, or where it cannot be read.
    """
    yield from _objective(policy, file, planned)
    if history is not None or not has_history:
        yield from _results(policy, file, history)


def _objective(
    policy: Policy, file: TomlFile, planned: Collection[str] | None
) -> Iterator[Finding]:
    """Profit needs margins; least money needs something to reach."""
    key = ("plan", "objective")
    if policy.plan.objective == "profit" and policy.plan.margin is None and planned is not None:
        without = [name for name in planned if policy.says_of(name).margin is None]
        if without:
            found = f"the profit of {', '.join(map(quoted, without))} is not known without a margin"
            expected = (
                "Write margin = 0.35 in [plan] (1 where the results are profit already), or a "
                "margin for each channel."
            )
            yield file.finding(key, found, expected)
    if policy.plan.objective == "spend" and policy.plan.caution is not None:
        found = "the least money is no matter of what the curves may bring at worst"
        expected = 'Delete caution, or write objective = "response" or "profit".'
        yield file.finding(("plan", "caution"), found, expected)
    if policy.plan.objective == "spend" and not policy.target.named:
        found = "there is no target that the least money should meet"
        yield file.finding(key, found, "Write one: [target] with response = 1_000_000, say.")


def _results(policy: Policy, file: TomlFile, history: History | None) -> Iterator[Finding]:
    """Columns of the history that the policy counts on."""
    if policy.target.growth is not None and history is None:
        expected = "Give history.csv, or write response = … instead."
        yield file.finding(("target", "growth"), "there is no last year to grow on", expected)
    if policy.target.new_customers is not None:
        yield from _column(file, ("target", "new_customers"), history, ("new_customers",), None)
    for channel in policy.channel:
        for name, metrics in _COUNTED.items():
            if getattr(channel, name) is not None:
                key = (*file.entry("channel", channel.name), name)
                yield from _column(file, key, history, metrics, channel.name)


def _column(
    file: TomlFile,
    key: Key,
    history: History | None,
    metrics: tuple[str, ...],
    channel: str | None,
) -> Iterator[Finding]:
    """The history has one of these metrics, for the channel where one is named."""
    if history is not None and any(history.shows(metric, channel) for metric in metrics):
        return
    either = " or ".join(metrics)
    whose = "" if channel is None else f" of {quoted(channel)}"
    found = f"the history shows no {either}{whose}"
    yield file.finding(key, found, f"Add a column {either} to history.csv, or delete this key.")
