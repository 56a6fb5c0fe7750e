"""The nearest known name, for whoever mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, whatever the case; None where none is near."""
    folded = {other.casefold(): str(other) for other in known}
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence with a blank before it, or nothing."""
    near = nearest(name, known)
    return "" if near is None else f" Did you mean {near!r}?"
