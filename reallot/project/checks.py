"""What must fit together across the files: names, bands, amounts, pacing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from itertools import combinations

from models.period import Period
from optimizer.rules import Package
from reallot.errors import Finding, quoted
from reallot.project.bends import Bends
from reallot.project.cells import Cells
from reallot.project.contradictions import contradictions
from reallot.project.currency import minor_unit
from reallot.project.headings import KNOWN
from reallot.project.mix_checks import check_mixes
from reallot.project.names import check_part, tags_of, units_of, unknown_name
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Channel, Part, Policy
from reallot.project.reserve_checks import check_reserve, check_reserves
from reallot.project.scenario_file import ScenarioFile
from reallot.project.similar_checks import check_similar, check_similar_in, period_of
from reallot.project.tables import Table
from reallot.project.toml_file import Key, TomlFile, quoted_value

_TABLES_BY_NAME = (
    "channel",
    "change",
    "share",
    "ratio",
    "resource",
    "capacity",
    "named_reserve",
    "layers",
    "event",
)
PROBABILITY_SLACK = 1e-6
PACING_SLACK = 1e-6


def check_policy(
    policy: Policy,
    file: TomlFile,
    bends: Bends,
    planned: Cells | None,
    periods: Mapping[str, Period],
    has_history: bool,
) -> Iterator[Finding]:
    """Problems of a policy that its file alone does not show.

    ``file`` is where it was said: reallot.toml, or the scenario whose changes are in ``policy``.
    ``bends`` are the levels of the values that give way. ``planned`` are the cells of the
    budget, None where it cannot be read; ``periods`` are the curves' periods by channel, as far as
    there is a curve.
    """
    yield from _named_twice(file)
    yield from _money(policy, file)
    yield from check_reserve(policy, file)
    if planned is not None:
        yield from _names(policy, file, planned)
        yield from check_reserves(policy, file, planned, periods)
        yield from check_mixes(policy, file, planned)
        yield from check_similar(policy, file, planned, periods)
    for channel in policy.channel:
        key = file.entry("channel", channel.name)
        signed = channel.contracted
        if signed is not None and len(signed) not in (1, policy.plan.quarters):
            found = f"found {len(signed)} amounts for {policy.plan.quarters} quarters"
            yield file.finding((*key, "contracted"), found, "Write one amount, or one per quarter.")
        period = period_of(channel, {} if planned is None else planned, periods)
        yield from _pacing(channel, (*key, "pacing"), file, period)
    yield from _tiers(policy, file, has_history)
    yield from contradictions(policy, file, bends)


def check_scenario(scenario: ScenarioFile, file: TomlFile, policy: Policy) -> Iterator[Finding]:
    """Problems of a scenario that its file alone does not show, before it goes over the policy."""
    quarters = policy.plan.quarters
    factors: list[tuple[Key, tuple[float, ...] | None]] = [
        (("demand",), scenario.demand),
        (("media_price",), scenario.media_price),
        (("budget",), scenario.budget),
    ]
    for i, channel in enumerate(scenario.channel):
        factors += [
            (("channel", i, "demand"), channel.demand),
            (("channel", i, "media_price"), channel.media_price),
        ]
    entries = (*policy.channel, *scenario.channel)
    bought_in = {entry.buys_in for entry in entries if entry.buys_in is not None}
    for currency, rates in scenario.exchange.items():
        factors.append((("exchange", currency), rates))
        if currency not in bought_in:
            found = f"no channel is bought in {quoted(currency)}"
            near = did_you_mean(currency, bought_in)
            expected = f'Write buys_in = "{currency}" in its [[channel]], or delete this.{near}'
            yield file.finding(("exchange", currency), found, expected)
    for key, values in factors:
        if values is not None and len(values) not in (1, quarters):
            found = f"found {len(values)} numbers for {quarters} quarters"
            yield file.finding(key, found, "Write one number, or one per quarter.")
    yield from check_similar_in(scenario, file)
    known = {share.name for share in policy.share}
    for i, share in enumerate(scenario.share):
        if share.name not in known and (share.of is None or share.band is None):
            found = f"reallot.toml has no share {quoted(share.name)}, and this one is not whole"
            expected = (
                f"Write name, of and band, or correct the name.{did_you_mean(share.name, known)}"
            )
            yield file.finding(("share", i), found, expected)
    if not any(scenario.budget):
        expected = "Write factors above 0: with nothing to spend there is nothing to plan."
        yield file.finding(("budget",), "the scenario's budget is 0", expected)


def check_probabilities(
    scenarios: Mapping[str, ScenarioFile], files: Mapping[str, TomlFile]
) -> Iterator[Finding]:
    """Probabilities are given in all scenarios or in none, and add to 1.

    One that was refused, and so is left out, is said all the same.
    """
    said = [name for name in scenarios if "probability" in files[name].data]
    without = [name for name in scenarios if name not in said]
    if not said:
        return
    for name in without:
        found = f"there is no probability, but one in {', '.join(said)}"
        yield files[name].finding(("probability",), found, "Write it in all scenarios or in none.")
    given = [one.probability for one in scenarios.values() if one.probability is not None]
    total = sum(given)
    if len(given) == len(scenarios) and abs(total - 1) > PROBABILITY_SLACK:
        found = f"the probabilities of {', '.join(said)} add to {total:.9g}"
        expected = "Write probabilities that add to 1."
        yield files[said[0]].finding(("probability",), found, expected)


def check_columns(policy: Policy, file: TomlFile, tables: Collection[Table]) -> Iterator[Finding]:
    """[columns] names headings that are there."""
    headings = [heading for table in tables for heading in table.headings]
    for field, names in policy.columns.items():
        if field not in KNOWN:
            expected = f"Correct or delete it.{did_you_mean(field, KNOWN)}"
            yield file.finding(("columns", field), "this is no field of a table", expected)
            continue
        for name in names:
            if name not in headings:
                found = f"no table has a heading {quoted(name)}"
                expected = f"Correct or delete it.{did_you_mean(name, headings)}"
                yield file.finding(("columns", field), found, expected)


def check_packages(
    policy: Policy, file: TomlFile, packages: Collection[Package]
) -> Iterator[Finding]:
    """[packages] fits the file, and nothing else settles a channel that is planned from zero."""
    protect, classes = policy.packages.protect, {package.class_ for package in packages}
    if protect is not None and not packages:
        expected = "Write packages.csv, or delete this."
        yield file.finding(("packages", "protect"), "there are no packages", expected)
    elif protect is not None and protect.class_ not in classes:
        found = f"no package is of the class {quoted(protect.class_)}"
        near = did_you_mean(protect.class_, classes)
        expected = f"Write one of {', '.join(sorted(classes))}.{near}"
        yield file.finding(("packages", "protect", "class"), found, expected)
    from_zero = {package.channel for package in packages}
    for channel in policy.channel:
        if channel.name in from_zero:
            settled = {
                "committed": channel.committed,
                "freeze": channel.freeze,
                "elasticity": channel.elasticity is not None,
                "like": bool(channel.like),
            }
            for key in (key for key, said in settled.items() if said):
                found = f"{channel.name} is planned from zero by its packages"
                expected = "Delete this, or take its packages out of packages.csv."
                yield file.finding((*file.entry("channel", channel.name), key), found, expected)


def _named_twice(file: TomlFile) -> Iterator[Finding]:
    for table in _TABLES_BY_NAME:
        names = file.named(table)
        for earlier, (position, name) in enumerate(names):
            if name in [other for _, other in names[:earlier]]:
                found = f"there are two [[{table}]] with the name {quoted_value(name)}"
                expected = "Put them together, or rename one."
                yield file.finding((table, position, "name"), found, expected)


def _money(policy: Policy, file: TomlFile) -> Iterator[Finding]:
    """Amounts are whole numbers of what the plan rounds to."""
    smallest = minor_unit(policy.plan.currency)
    rounding = policy.plan.rounding
    if rounding is not None and Decimal(str(rounding)) % smallest:
        found = f"found {rounding:g}; the smallest amount of {policy.plan.currency} is {smallest:f}"
        expected = f"Write a multiple of {smallest:f}, or 0 to turn rounding off."
        yield file.finding(("plan", "rounding"), found, expected)
        return
    step = Decimal(str(rounding)) if rounding else smallest
    amounts: list[tuple[Key, float | None]] = [(("plan", "budget"), policy.plan.budget)]
    if policy.pilots is not None:
        amounts.append((("pilots", "cap"), policy.pilots.cap))
    for channel in policy.channel:
        key = file.entry("channel", channel.name)
        amounts += [
            ((*key, name), getattr(channel, name))
            for name in ("floor", "cap", "launch_at", "fixed_cost")
        ]
        amounts += [((*key, "contracted"), amount) for amount in channel.contracted or ()]
    amounts.append((("moves", "least"), policy.moves.least))
    for key, amount in amounts:
        if amount is not None and Decimal(str(amount)) % step:
            expected = f"Write a whole number of {step:f} {policy.plan.currency}."
            yield file.finding(key, f"found {amount:.15g}", expected)


def _names(policy: Policy, file: TomlFile, planned: Cells) -> Iterator[Finding]:
    """Channels, units and tags that the policy names are there."""
    for channel in policy.channel:
        if channel.name not in planned:
            key = (*file.entry("channel", channel.name), "name")
            yield unknown_name(file, key, "channel", channel.name, planned)
    units = units_of(policy)
    for unit in policy.elasticity.unit:
        if unit not in units:
            yield unknown_name(file, ("elasticity", "unit", unit), "unit", unit, units)
    tags = tags_of(policy)
    for tag in policy.weights:
        if tag not in tags:
            yield unknown_name(file, ("weights", tag), "tag", tag, tags)
    for resource in policy.resource:
        key = (*file.entry("resource", resource.name), "per_unit")
        for name in resource.per_unit:
            if name not in planned:
                yield unknown_name(file, (*key, name), "channel", name, planned)
    for event in policy.event:
        for i, hit in enumerate(event.channel):
            if hit.name not in planned:
                key = (*file.entry("event", event.name), "channel", i, "name")
                yield unknown_name(file, key, "channel", hit.name, planned)
    if policy.pilots is not None and policy.pilots.tag not in tags:
        yield unknown_name(file, ("pilots", "tag"), "tag", policy.pilots.tag, tags)
    for key, part in _parts(policy, file):
        yield from check_part(part, key, policy, file, planned)


def _parts(policy: Policy, file: TomlFile) -> Iterator[tuple[Key, Part]]:
    """Every part of the budget that a rule names, with its key."""
    for share in policy.share:
        key = file.entry("share", share.name)
        yield (*key, "of"), share.of
        if share.within is not None:
            yield (*key, "within"), share.within
    for change in policy.change:
        yield (*file.entry("change", change.name), "of"), change.of
    for ratio in policy.ratio:
        key = file.entry("ratio", ratio.name)
        yield (*key, "of"), ratio.of
        yield (*key, "to"), ratio.to
    for capacity in policy.capacity:
        yield (*file.entry("capacity", capacity.name), "of"), capacity.of


def _pacing(channel: Channel, key: Key, file: TomlFile, period: Period | None) -> Iterator[Finding]:
    if channel.pacing is None:
        return
    total = sum(channel.pacing)
    if abs(total - 1) > PACING_SLACK:
        yield file.finding(key, f"the shares add to {total:.9g}", "Write shares that add to 1.")
    if period is not None and len(channel.pacing) != period.per_quarter:
        found = f"found {len(channel.pacing)} shares"
        expected = f"Write {period.per_quarter}: its curve goes by the {period}."
        yield file.finding(key, found, expected)


def _tiers(policy: Policy, file: TomlFile, has_history: bool) -> Iterator[Finding]:
    named = policy.tiers.named
    if named and not has_history:
        expected = "Give history.csv, or delete [tiers]."
        yield file.finding(("tiers",), "there is no history to grade channels by", expected)
    for (a, first), (b, second) in combinations(named.items(), 2):
        apart = first.roi[1] <= second.roi[0] or second.roi[1] <= first.roi[0]
        if "out" not in (a, b) and not apart:
            expected = f"Let {b} end where {a} begins."
            yield file.finding(("tiers", b, "roi"), f"{a} and {b} overlap", expected)
    wanted: list[tuple[Key, str]] = []
    if policy.exploration is not None:
        wanted.append((("exploration", "tier"), policy.exploration.tier))
    if policy.earmark is not None:
        wanted += [(("earmark", "to"), tier) for tier in policy.earmark.to]
    for key, tier in wanted:
        if tier not in named:
            expected = f"Write {tier} = {{ roi = [1.0, 2.0] }} in [tiers], or name another tier."
            yield file.finding(key, f"the policy has no tier {tier}", expected)
