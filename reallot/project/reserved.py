"""Names that no scenario may have: something else is called so, or it could not be found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reallot.errors import Finding, quoted

TOML = ".toml"
# What stands beside the scenarios' plans: in the cross table, in simulations, in messages.
_TAKEN = {
    "current": "the approved budget is called",
    "hedge": "the plan over all scenarios is called",
    "policy": "the policy without a scenario is called",
}
# What stands in out/ beside the scenarios' folders.
FILES = frozenset(
    {
        "curves.json",
        "curves.html",
        "forecast.csv",
        *(f"compare.{kind}" for kind in ("csv", "json", "html")),
        "hedge_inputs.json",
        *(f"hedge.{kind}" for kind in ("json", "html")),
        *(f"simulate.{kind}" for kind in ("csv", "json", "html")),
        *(f"sensitivity.{kind}" for kind in ("csv", "json", "html")),
    }
)


def check_name(path: Path, file: str) -> Iterator[Finding]:
    """A scenario's name, which is its file's, is not taken; upper and lower case are alike.

    The file is one that everybody sees, and that ends as other scenarios do.
    """
    name = path.stem.casefold()
    taken = "a file in out/ is called" if name in FILES else _TAKEN.get(name)
    if taken is not None:
        found = f"a scenario cannot have the name {quoted(path.stem)}: {taken} so"
        yield Finding(file, None, None, found, "Give the file another name.")
    if path.name.startswith("."):
        found = "the name of a scenario's file cannot begin with a dot"
        yield Finding(file, None, None, found, "Give the file another name, or delete it.")
    if not path.name.endswith(TOML):
        found = f"a scenario's file ends in {TOML}, and this one in {path.name[-len(TOML) :]}"
        yield Finding(file, None, None, found, f"Write {TOML} in small letters.")
