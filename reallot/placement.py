"""The packages of this distribution lie side by side; another one's may have taken their place."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from reallot.errors import Finding, InputError

# Every package, with a module that only ours has.
PACKAGES = {"models": "curve.py", "optimizer": "reallocate.py", "scenarios": "scenario.py"}


def check_placement() -> None:
    """InputError, with the remedy, where a package that Python would import is not ours."""
    home = Path(__file__).resolve().parents[1]
    findings = []
    for name, module in PACKAGES.items():
        spec = find_spec(name)
        places = [] if spec is None else list(spec.submodule_search_locations or ())
        place = Path(places[0]).resolve() if places else None
        if place != home / name or not (place / module).is_file():
            found = f"Python finds the package {name} {f'in {place}' if place else 'nowhere'}"
            expected = (
                f"It must lie in {home}: install reallot in an environment of its own "
                "(python -m venv), where no other distribution brings a package of that name."
            )
            findings.append(Finding(name, None, None, found, expected))
    if findings:
        raise InputError(findings)
