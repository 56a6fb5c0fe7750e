"""What must fit together where money is kept: the pool's layers, and the lines of reserves."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reallot.errors import Finding, quoted
from reallot.project.cells import Cells
from reallot.project.names import check_part, members, unknown_name
from reallot.project.policy import NamedReserve, Policy, StrategicReserve
from reallot.project.toml_file import Key, TomlFile


def check_reserve(policy: Policy, file: TomlFile) -> Iterator[Finding]:
    """The emergency layer has room in the pool."""
    reserve = policy.reserve
    if reserve is None or reserve.share is None or reserve.emergency is None:
        return
    if reserve.emergency > reserve.share[1]:
        found = f"the emergency layer, {reserve.emergency:g}, is more than the pool may hold"
        expected = f"Write at most {reserve.share[1]:g}, or let the pool's share end higher."
        yield file.finding(("reserve", "emergency"), found, expected)


def check_reserves(
    policy: Policy, file: TomlFile, planned: Cells, with_curve: Collection[str]
) -> Iterator[Finding]:
    """Reserves have lines of their own, and refer to parts that are there.

    ``with_curve`` are the channels that have a history or a curve.
    """
    lines: set[str] = set()
    for fund in policy.funds:
        key = _key(fund, file)
        line = (*key, "channel")
        if fund.channel not in planned:
            yield unknown_name(file, line, "channel", fund.channel, planned)
        elif fund.channel in with_curve:
            found = f"{quoted(fund.channel)} has a history or a curve: it is spent, not kept"
            expected = "Name a line of budget.csv that has neither, or add one."
            yield file.finding(line, found, expected)
        if fund.channel in lines:
            found = f"{quoted(fund.channel)} holds another reserve already"
            yield file.finding(line, found, "Give each reserve a line of its own in budget.csv.")
        lines.add(fund.channel)
        if policy.says_of(fund.channel).elasticity is not None:
            own = (*file.entry("channel", fund.channel), "elasticity")
            found = f"{quoted(fund.channel)} holds a reserve, which has no elasticity"
            yield file.finding(own, found, "Delete it: the reserve's share says what it may hold.")
        if isinstance(fund, NamedReserve):
            yield from _inside_a_line(fund, (*key, "of"), policy, file, planned)
    if policy.operating is not None and policy.operating.of is not None:
        part = policy.operating.of
        yield from check_part(part, ("operating", "of"), policy, file, planned)


def _inside_a_line(
    fund: NamedReserve, key: Key, policy: Policy, file: TomlFile, planned: Cells
) -> Iterator[Finding]:
    yield from check_part(fund.of, key, policy, file, planned)
    if members(fund.of, policy, planned) == [fund.channel]:
        expected = "Name the channels for which it is kept."
        yield file.finding(key, "the reserve itself is all that this names", expected)


def _key(fund: StrategicReserve | NamedReserve, file: TomlFile) -> Key:
    if isinstance(fund, NamedReserve):
        return file.entry("named_reserve", fund.name)
    return ("strategic_reserve",)
