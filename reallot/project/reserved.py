"""Names that no scenario may have: something else is called so in the results."""

from __future__ import annotations

from collections.abc import Iterator

from reallot.errors import Finding, quoted

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


def check_name(scenario: str, file: str) -> Iterator[Finding]:
    """A scenario's name, which is its file's, is not taken; upper and lower case are alike."""
    name = scenario.casefold()
    taken = "a file in out/ is called" if name in FILES else _TAKEN.get(name)
    if taken is not None:
        found = f"a scenario cannot have the name {quoted(scenario)}: {taken} so"
        yield Finding(file, None, None, found, "Give the file another name.")
