"""What must fit together in mixes: every channel in one layer, and a stage that can be met."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.rules.lifecycle import STAGES
from reallot.errors import Finding, quoted
from reallot.project.cells import Cells
from reallot.project.names import check_part, members
from reallot.project.nearest import did_you_mean
from reallot.project.policy import Layers, Lifecycle, Part, Policy
from reallot.project.toml_file import Key, TomlFile


def check_mixes(policy: Policy, file: TomlFile, planned: Cells) -> Iterator[Finding]:
    """Layers and stages of a policy."""
    for layers in policy.layers:
        yield from _layers(layers, policy, file, planned)
    yield from _given_twice(file)
    for lifecycle in policy.lifecycle:
        yield from _lifecycle(lifecycle, policy, file, planned)


def _layers(layers: Layers, policy: Policy, file: TomlFile, planned: Cells) -> Iterator[Finding]:
    """Every channel of the line is in one layer, and every layer has a channel."""
    key = file.entry("layers", layers.name)
    unsound = list(check_part(layers.of, (*key, "of"), policy, file, planned))
    yield from unsound
    if unsound:
        return
    line = members(layers.of, policy, planned)
    tags = ", ".join(layers.shares)
    for name in line:
        own = [tag for tag in policy.says_of(name).tags if tag in layers.shares]
        if len(own) != 1:
            has = f"has both {' and '.join(own)}" if own else f"has none of {tags}"
            found = f"{quoted(name)} of {quoted(layers.name)} {has}"
            expected = "Give each channel of the line exactly one of these tags."
            yield file.finding((*key, "of"), found, expected)
    there = {tag for name in line for tag in policy.says_of(name).tags}
    for tag, share in layers.shares.items():
        if tag not in there and share > layers.leeway:
            found = f"no channel of {quoted(layers.name)} has the tag {quoted(tag)}"
            expected = f"Tag one, or correct the name.{did_you_mean(tag, there)}"
            yield file.finding((*key, "shares", tag), found, expected)


def _lifecycle(
    lifecycle: Lifecycle, policy: Policy, file: TomlFile, planned: Cells
) -> Iterator[Finding]:
    """The product has channels, some of which the stage can ask for."""
    key = _entry(file, lifecycle.of)
    unsound = list(check_part(lifecycle.of, (*key, "of"), policy, file, planned))
    yield from unsound
    if unsound:
        return
    tag = STAGES[lifecycle.stage][0] if lifecycle.tag is None else lifecycle.tag
    product = members(lifecycle.of, policy, planned)
    there = {other for name in product for other in policy.says_of(name).tags}
    if tag not in there:
        found = f"no channel of this product has the tag {quoted(tag)}"
        near = did_you_mean(tag, there)
        expected = f"Tag one, or name the tag that the {lifecycle.stage} asks for: tag = ….{near}"
        yield file.finding((*key, "stage" if lifecycle.tag is None else "tag"), found, expected)


def _given_twice(file: TomlFile) -> Iterator[Finding]:
    """Entries of a lifecycle go by their product."""
    products = _products(file)
    for earlier, (position, product) in enumerate(products):
        if product in [other for _, other in products[:earlier]]:
            found = "there are two [[lifecycle]] of the same product"
            key = ("lifecycle", position, "of")
            yield file.finding(key, found, "A product has one stage: delete one of them.")


def _entry(file: TomlFile, product: Part) -> Key:
    """The key of the entry of this product, as far as the file has it."""
    own = {kind: names for kind, names in product.model_dump().items() if names}
    for position, other in _products(file):
        if other == own:
            return ("lifecycle", position)
    return ("lifecycle",)


def _products(file: TomlFile) -> list[tuple[int, dict[str, tuple[str, ...]]]]:
    """Position and product of every entry, with one name as a tuple of one."""
    entries = file.data.get("lifecycle")
    listed = enumerate(entries if isinstance(entries, list) else [])
    return [
        (i, {k: tuple(v) if isinstance(v, list) else (v,) for k, v in e["of"].items()})
        for i, e in listed
        if isinstance(e, dict) and isinstance(e.get("of"), dict)
    ]
