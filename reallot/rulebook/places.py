"""Places: where a project's files say the rules that collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reallot.project import Project
from reallot.project import policy as said
from reallot.project.bends import LIMITS, Named, paths
from reallot.project.cells import cells_of
from reallot.project.project import POLICY, SCENARIOS
from reallot.project.toml_file import Key, TomlFile, row_of, written
from reallot.rulebook.rows import rows_of

# Where each rule stands, as in `LIMITS`. An entry with a name is one rule, whatever of it is said;
# a channel's entry and a table without names hold several, each at its value.
_PLACES: Mapping[Named, tuple[str, str]] = {
    ("tiers", "out"): ("tiers", "out {channel}"),
    ("earmark", "to"): ("earmark", "{line}"),
    ("capacity", "*"): ("capacity", "{name}"),
    **{("channel", "*", rule): (rule, "{name}") for rule in ("committed", "stop", "freeze")},
    **{("channel", "*", rule): (rule, "{name}") for rule in ("fixed_cost", "cost_of_result")},
    **{
        path[:2] if path[0] != "channel" and path[1] == "*" else path: row
        for path, row in LIMITS.items()
    },
}


def place_of(
    project: Project, scenario: str, names: Sequence[tuple[str, str]]
) -> tuple[str, int | None, str | None]:
    """File, line and key of the first of these rules (rule, key) that a scenario's own file says.

    Where it says none of them, of the first that the policy says. The line is None where none of
    them is written anywhere: what a history shows and what packages cost are rules as well.
    """
    known = scenario in project.scenarios
    policy = project.policy_in(scenario) if known else project.policy
    for name in (f"{SCENARIOS}/{scenario}.toml", POLICY):
        file = project.files.get(name)
        key = None if file is None else _key_of(file, policy, project.budget.channels, names)
        if file is not None and key is not None:
            return name, row_of(file.text, key), written(key)
    return POLICY, None, None


def _key_of(
    file: TomlFile,
    policy: said.Policy,
    channels: Sequence[str],
    names: Sequence[tuple[str, str]],
) -> Key | None:
    found: dict[tuple[str, str], Key] = {}
    for path, key in _said(file).items():
        for row in rows_of(path, _PLACES, policy, channels):
            found.setdefault(row, key)
    return next((found[name] for name in names if name in found), None)


def _said(file: TomlFile) -> dict[Named, Key]:
    """What a file says, by path; what it says of a channel, it says of its cells.

    What it says of a cell itself goes before that.
    """
    own = dict(paths(file.data))
    of_cells = {
        (table, cell, *value): key
        for (table, name, *value), key in ((p, k) for p, k in own.items() if len(p) > 2)
        if table == "channel"
        for cell in cells_of(file.cells, name)
    }
    return of_cells | own
